"""Everything an HDF5 file says, in a form that can be compared."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np

#: What may differ between two files made from equal sources (the identity of objects, and when the file was made).
PASSING = ("object_id", "file_create_date")


def contents(path: Path, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return all attributes, datasets and links of a file by path; references as the paths they lead to."""
    found: dict[str, Any] = {}
    with h5py.File(path) as file:

        def note(name: str, item: Any) -> None:
            if name.startswith("specifications") or name in without:
                return
            for key, value in item.attrs.items():
                if key not in without:
                    found[f"{name}@{key}"] = plain(file, value)
            if isinstance(item, h5py.Dataset):
                found[name] = (item.shape, item.dtype.str, plain(file, item[()]))
            else:
                found.update({f"{name}/{key}": link_of(item, key) for key in item})

        note("", file["/"])
        file.visititems(note)
        if "@.specloc" in found:  # a source has none
            found[".specloc"] = found.pop("@.specloc")
    return found


def link_of(group: h5py.Group, key: str) -> str:
    """Return what kind of link a member of a group is, and where it leads."""
    link = group.get(key, getlink=True)
    return f"{type(link).__name__} {getattr(link, 'filename', '')} {getattr(link, 'path', '')}"


def plain(file: h5py.File, value: Any) -> Any:
    """Return a value as bytes, texts and paths."""
    if isinstance(value, h5py.Reference):
        return file[value].name
    if isinstance(value, np.ndarray) and (value.dtype.kind == "O" or value.dtype.names):
        return [plain(file, item) for item in value.tolist()]
    if isinstance(value, tuple | list):
        return [plain(file, item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return (value.dtype.str, value.tobytes())
    return value
