"""Import and read once, in the fork server, what every worker needs.

Measured with 40 small files in 2 processes (`benchmarks/check_files.py`): imports without garbage collection take
1.08 s of computing instead of 1.29 s, and frozen objects save the workers 8 % of all computing. Without pyarrow, an
extra that pandas imports where it is installed, the imports take 6 % less, and rules about frames of a few rows a
quarter less: pandas then keeps texts in Python's own objects. A worker that searches for garbage at each 20,000 new
objects instead of 700 computes 2 % less (4 % if it never did). Remembered types of arguments save 15 % of the computing
for each file (`nwbgate.validators.remembered_arguments`).

NWB Inspector imports hdmf_zarr and the models of dandischema, pandas imports numexpr and SciPy all of NumPy; a check
of files (stores too, which are read as HDF5) uses nothing of that. Workers wait a quarter less for this module without
it. HDMF keeps zarr, because its messages name the types that it accepts.

A check of one file at the command line imports this module in its own process: a small file then takes 15 % less
computing and 44 MB less memory.
"""

import gc

from nwbgate.processes.garbage import not_collecting
from nwbgate.processes.late_imports import left_out, put_off
from nwbgate.validators.experimenter_pattern import know_pattern

with not_collecting(), left_out("pyarrow", "numexpr", "hdmf_zarr"):
    put_off("numpy.f2py", "numpy.testing", "numpy.polynomial")
    know_pattern()
    from nwbgate.reading.facts import files
    from nwbgate.reading.format.layouts import session_tables
    from nwbgate.validators.file_findings import warm
    from nwbgate.validators.remembered_arguments import remember_arguments

    assert files
    session_tables()
    warm()
    remember_arguments()
gc.freeze()
gc.set_threshold(20_000, 50, 100)
