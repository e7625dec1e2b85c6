"""Paths of the objects that references lead to."""

import h5py

from nwbgate.storage.values import text

#: Paths that HDF5 is asked for before all objects are visited.
_FEW = 8


class ReferencedPaths:
    """Paths of what the references of a file lead to.

    HDF5 searches the whole file for each path. After a few of them, every object is visited once instead.

    Parameters
    ----------
    file : h5py.File
        An open file.
    """

    def __init__(self, file: h5py.File) -> None:
        self._file = file.id
        self._asked = 0
        self._paths: dict[int, str] = {}

    def of(self, reference: h5py.Reference | h5py.RegionReference) -> str:
        """Return the path of a reference, empty for null and deleted objects.

        Raises
        ------
        ValueError, RuntimeError, OSError
            If the reference cannot be followed.
        """
        if not reference:
            return ""
        try:
            address = _address(h5py.h5r.dereference(reference, self._file))
        except KeyError:  # the object was deleted, and has no path
            return text(h5py.h5r.get_name(reference, self._file))
        self._asked += 1
        if self._asked == _FEW:
            h5py.h5o.visit(self._file, self._note, info=True)
        if address not in self._paths:
            self._paths[address] = text(h5py.h5r.get_name(reference, self._file))
        return self._paths[address]

    def _note(self, name: bytes, found: h5py.h5o.ObjInfo) -> None:
        self._paths.setdefault(int(found.addr), "/" if name == b"." else f"/{text(name)}")


def _address(item: h5py.h5g.GroupID | h5py.h5d.DatasetID) -> int:
    return int(h5py.h5o.get_info(item).addr)
