"""Imaging planes and their segmentations."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import h5py
import numpy as np

from nwbgate.errors import UsageError, nearest
from nwbgate.reading.format.layouts import LayoutName
from nwbgate.storage.hdf5 import address, at, dataset_at, group_at, neurodata_type
from nwbgate.storage.values import one_text, text_attribute, whole_numbers

if TYPE_CHECKING:
    from nwbgate.reading.planes.plane import Plane

Key = TypeVar("Key")

_PLANES = "/general/optophysiology"


def plane_names(file: h5py.File, layout: LayoutName) -> dict[str, str]:
    """Return the name of each imaging plane by the HDF5 path of its ImagingPlane.

    In layout ``standard`` it is the name of the object. A released file calls its only plane ``imaging_plane_1``; here
    it is ``<targeted_structure>_<targeted_imaging_depth>``, as in our own files.
    """
    group = group_at(file, _PLANES)
    found = {} if group is None else {name: at(group, name) for name in group}
    names = [name for name, item in found.items() if item is not None and neurodata_type(item) == "ImagingPlane"]
    if layout == "released" and len(names) == 1:
        return {f"{_PLANES}/{names[0]}": _released_name(file, names[0])}
    return {f"{_PLANES}/{name}": name for name in names}


def _released_name(file: h5py.File, name: str) -> str:
    location = dataset_at(file, f"{_PLANES}/{name}/location")
    metadata = group_at(file, "/general/metadata")
    depth = text_attribute(metadata, "targeted_imaging_depth") if metadata is not None else ""
    return f"{one_text(location) if location is not None else name}_{depth}".rstrip("_")


@dataclass(frozen=True)
class Segmentation:
    """One PlaneSegmentation: the table of a plane's ROIs.

    Parameters
    ----------
    group : h5py.Group
        The table.
    plane : str
        Name of its imaging plane; empty when it links none.
    ids : array of int
        Row ids, cell_roi_id of each row.
    """

    group: h5py.Group
    plane: str
    ids: np.ndarray[Any, np.dtype[np.int64]]


def segmentation(group: h5py.Group, names: dict[str, str]) -> Segmentation:
    """Return a PlaneSegmentation with its plane's name and its ids.

    Parameters
    ----------
    group : h5py.Group
        The table.
    names : dict
        What `plane_names` returned.
    """
    ids = dataset_at(group, "id")
    plane = group_at(group, "imaging_plane")
    by_address = {address(group.file[path]): name for path, name in names.items()}
    name = "" if plane is None else by_address.get(address(plane), "")
    return Segmentation(group, name, np.empty(0, np.int64) if ids is None else whole_numbers(ids))


class Planes(dict[Key, "Plane"]):
    """The imaging planes of a session by name or number, with helpful key errors.

    Parameters
    ----------
    where : path or str
        The file.
    planes : dict
        Name or number to `nwbgate.reading.planes.plane.Plane`.
    """

    def __init__(self, where: Path | str, planes: "dict[Key, Plane]") -> None:
        super().__init__(planes)
        self._where = where

    def __missing__(self, key: Key) -> "Plane":
        """Raise an error that lists the planes.

        Raises
        ------
        UsageError
            Always.
        """
        names = [str(name) for name in self]
        raise UsageError(
            "no such plane in the session",
            where=str(self._where),
            got=repr(key),
            expected=f"one of {', '.join(names)}" if names else "a session with imaging; this one has none",
            fix=nearest(str(key), names) or ("use one of these names" if names else "open a session with imaging"),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with the file's name."""
        return type(self), (self._where, dict(self))
