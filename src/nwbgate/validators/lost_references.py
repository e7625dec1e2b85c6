"""Attributes of an HDF5 file that refer to objects which it does not have."""

from contextlib import suppress
from pathlib import Path

import h5py

from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding


def lost_reference_findings(file: h5py.File, path: Path) -> list[Finding]:
    """Return a finding for each attribute whose reference leads nowhere.

    HDMF stops at the first, and names neither object nor attribute.

    Parameters
    ----------
    file : h5py.File
        The open file.
    path : pathlib.Path
        Its path.
    """
    lost: list[tuple[str, str]] = []

    def look(name: str, found: h5py.Group | h5py.Dataset) -> None:
        with suppress(Exception):  # h5py raises anything on damaged attributes, which are not our subject
            lost.extend((name, key) for key, value in found.attrs.items() if _is_lost(file, value))

    with suppress(Exception):  # as it does on a damaged tree
        file.visititems(look)
    return [
        file_finding("file.broken_link", path, f"the attribute {key} refers to an absent object", location=f"/{name}")
        for name, key in lost
    ]


def _is_lost(file: h5py.File, value: object) -> bool:
    """Return whether a value is a reference, and its object cannot be opened."""
    if not isinstance(value, h5py.Reference):
        return False
    try:
        return not value or file[value] is None
    except (KeyError, ValueError, OSError, RuntimeError):
        return True
