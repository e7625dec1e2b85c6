"""References and links of an HDF5 file that lead to no object."""

from contextlib import suppress
from pathlib import Path

import h5py

from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding


def lost_reference_findings(file: h5py.File, path: Path) -> list[Finding]:
    """Return a finding per reference to nothing, and per link to itself.

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
    references = [(name, f"the attribute {key} refers to an absent object") for name, key in lost]
    circles = [(name, "the link leads to itself") for name in _circular_links(file)]
    return [file_finding("file.broken_link", path, got, location=f"/{name}") for name, got in references + circles]


def _circular_links(file: h5py.File) -> list[str]:
    """Return the soft links that HDF5 follows without end."""
    soft: list[str] = []

    def note(name: str, link: object) -> None:
        if isinstance(link, h5py.SoftLink):
            soft.append(name)

    with suppress(Exception):  # as above
        file.visititems_links(note)
    return [name for name in soft if _is_circular(file, name)]


def _is_circular(file: h5py.File, name: str) -> bool:
    try:
        file.get(name)
    except (KeyError, OSError, RuntimeError) as error:
        return "too many links" in str(error)
    return False


def _is_lost(file: h5py.File, value: object) -> bool:
    """Return whether a value is a reference, and its object cannot be opened."""
    if not isinstance(value, h5py.Reference):
        return False
    try:
        return not value or file[value] is None
    except (KeyError, ValueError, OSError, RuntimeError):
        return True
