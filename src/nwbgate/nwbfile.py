"""Open files as PyNWB objects, apart from reading, which imports no PyNWB."""

import h5py
from pynwb import NWBHDF5IO, NWBFile

from nwbgate.errors import SourceError


def read_nwbfile(file: h5py.File) -> NWBFile:
    """Return the PyNWB object of an open HDF5 file, which must stay open.

    Raises
    ------
    SourceError
        If PyNWB cannot read the file.
    """
    try:
        nwbfile: NWBFile = NWBHDF5IO(file=file, mode="r", load_namespaces=True).read()
    except Exception as error:  # PyNWB, HDMF and h5py raise errors of any kind for damaged files
        raise SourceError(
            "PyNWB cannot read the file",
            where=str(file.filename),
            got=f"{type(error).__name__}: {error}",
            expected="a file that follows the NWB schema",
            fix="nwbgate check names what is wrong in it",
        ) from error
    return nwbfile
