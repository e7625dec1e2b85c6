"""What an NWB file holds, to be compared with what another holds."""

import hashlib
from pathlib import Path

import h5py
import numpy as np


def content(path: Path) -> dict[str, str]:
    """Return every dataset and attribute as text, apart from ids, dates and the cached specifications."""
    found: dict[str, str] = {}

    def keep(name: str, thing: h5py.Group | h5py.Dataset) -> None:
        if name.startswith("specifications") or name == "file_create_date":
            return
        values = {key: str(value) for key, value in thing.attrs.items() if key != "object_id"}
        if isinstance(thing, h5py.Dataset):
            data = np.asarray(thing)
            values["data"] = str(data.tolist() if data.dtype == object else hashlib.sha256(data.tobytes()).hexdigest())
        found[name] = str(values)  # a reference is only said to be one

    with h5py.File(path) as file:
        file.visititems(keep)
    return found
