"""Open files as PyNWB objects, apart from reading, which imports no PyNWB."""

import h5py
from pynwb import NWBHDF5IO, NWBFile


def read_nwbfile(file: h5py.File) -> NWBFile:
    """Return the PyNWB object of an open HDF5 file, which must stay open."""
    nwbfile: NWBFile = NWBHDF5IO(file=file, mode="r", load_namespaces=True).read()
    return nwbfile
