"""Detection of a file's layout from its content."""

from typing import Literal

import h5py

from nwbgate.json_text import parse_json
from nwbgate.reading.format.layouts import Recognition, session_tables
from nwbgate.storage.hdf5 import at, dataset_at
from nwbgate.storage.values import one_text, text_attribute

#: Layout of a file: one of the two that are described, or an NWB file of somebody else.
FileLayout = Literal["standard", "released", "other"]

#: Where the provenance is, and how many bytes of it are looked at.
_PROVENANCE, _LONGEST = "/general/source_script", 2**24


def file_layout(file: h5py.File) -> FileLayout:
    """Return the layout of an open NWB file; ``other`` if unknown."""
    for name, layout in session_tables().layouts.items():
        if _is_recognised(file, layout.recognised_by):
            return name
    return "other"


def _is_recognised(file: h5py.File, known: Recognition) -> bool:
    path, _, attribute = known.value.partition("@")
    item = at(file, path) if path else None
    if item is not None and text_attribute(item, attribute) in known.is_:
        return True
    if known.recipes and _recipe(file) in known.recipes:
        return True
    return any(at(file, place) is not None for place in known.holds)


def is_described_by_provenance(file: h5py.File) -> bool:
    """Return whether the provenance of a file names a recipe whose tables are described."""
    return any(_recipe(file) in layout.recognised_by.recipes for layout in session_tables().layouts.values())


def _recipe(file: h5py.File) -> str:
    """Return the recipe in a file's provenance, or empty."""
    script = dataset_at(file, _PROVENANCE)
    if script is None or script.shape != () or script.id.get_storage_size() > _LONGEST:
        return ""
    try:
        content = parse_json(one_text(script))
        return str(content["parameters"]["recipe"])
    except (ValueError, TypeError, KeyError):
        return ""
