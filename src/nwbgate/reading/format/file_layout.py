"""How a file is laid out, told by a value in it."""

from typing import Literal

import h5py

from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import at
from nwbgate.storage.values import text_attribute

#: Layout of a file: one of the two that are described, or an NWB file of somebody else.
FileLayout = Literal["standard", "released", "other"]


def file_layout(file: h5py.File) -> FileLayout:
    """Return the layout of an open NWB file; ``other`` for a file of somebody else, which may hold standard tables."""
    for name, layout in session_tables().layouts.items():
        path, _, attribute = layout.recognised_by.value.partition("@")
        item = at(file, path)
        if item is not None and text_attribute(item, attribute) in layout.recognised_by.is_:
            return name
    return "other"
