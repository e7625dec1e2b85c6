"""Reproducible identifier and origin of a file in memory."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pynwb import NWBFile

import nwbgate
from nwbgate.writing import provenance


def identify(
    metadata: dict[str, Any], session_id: str, sources: Iterable[Path], algorithm: str = "sha256"
) -> dict[str, Any]:
    """Return metadata with an identifier from session and source content, unless present.

    Parameters
    ----------
    metadata : dict
        Complete metadata; the identifier is added to it.
    session_id : str
        The session.
    sources : iterable of Path
        Its files.
    algorithm : str
        How they are digested, one of `provenance.ALGORITHMS`.
    """
    if not metadata["NWBFile"].get("identifier"):
        described = provenance.describe(sources, algorithm)
        metadata["NWBFile"]["identifier"] = provenance.identifier(session_id, described)
    return metadata


def mark_generated(nwbfile: NWBFile) -> NWBFile:
    """Return the file with the name and version of its maker, unless present."""
    if nwbfile.was_generated_by is None:
        nwbfile.was_generated_by = [["nwbgate", nwbgate.__version__]]
    return nwbfile
