"""Links and references of hdmf-zarr: a store and a path in it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from nwbgate.errors import OutsideError


@dataclass(frozen=True)
class Link:
    """An entry of the attribute `zarr_link` of a group.

    Attributes
    ----------
    name : str
        Name of the link in its group.
    target : dict
        ``source``, the store relative to this one, and ``path`` in it.
    """

    name: str
    target: dict[str, Any]

    def hdf5_link(self, store: Path) -> "h5py.SoftLink | h5py.ExternalLink":
        """Return the link of HDF5, external if it leads out."""
        path = _path(self.target)
        return h5py.SoftLink(path) if _is_inside(self.target, store) else h5py.ExternalLink(_source(self.target), path)


def link_of(entry: Any) -> Link:
    """Return a link from its entry.

    Raises
    ------
    ValueError
        If it has no name or leads to no path.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or "/" in entry["name"]:
        raise ValueError(f"{entry!r} in place of a link with name, source and path")
    return Link(entry["name"], entry)


def inner_path(reference: Any, store: Path) -> str:
    """Return the path in this store to which a reference leads.

    Raises
    ------
    ValueError
        If it has no path.
    OutsideError
        If it leads to another store.
    """
    path = _path(reference)
    if not _is_inside(reference, store):
        raise OutsideError(
            "a reference leads to another store, which is not followed",
            where=str(store),
            got=f"{_source(reference)}:{path}",
            expected="references to objects of this store",
            fix="export the store with its data (NWBZarrIO.export)",
        )
    return path


def _path(target: Any) -> str:
    """Return the absolute path of a target."""
    if not isinstance(target, dict) or not isinstance(target.get("path"), str):
        raise ValueError(f"{target!r} in place of a source and a path")
    return "/" + str(target["path"]).strip("/")


def _source(target: dict[str, Any]) -> str:
    return str(target.get("source") or ".")


def _is_inside(target: dict[str, Any], store: Path) -> bool:
    """Return whether a target lies in this store."""
    return os.path.normpath(store.absolute() / _source(target)) == os.path.normpath(store.absolute())
