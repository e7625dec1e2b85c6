"""Session texts: shipped metadata completed from the file."""

import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nwbgate.errors import MetadataError, SourceError, SourceWarning
from nwbgate.interfaces.dataset_metadata import shipped_metadata
from nwbgate.interfaces.visual_behavior.release.file import ReleasedFile

#: Folder of the recipe, and name of the specification.
DATASET = "visual_behavior"
#: HDF5 path of each text of the release that goes into the same field of ours.
_COPIED = {
    "experiment_description": "/general/experiment_description",
    "session_description": "/session_description",
}
_SUBJECT = {name: f"/general/subject/{name}" for name in ("subject_id", "species", "sex", "genotype", "age")}


def released_metadata(source: ReleasedFile) -> dict[str, Any]:
    """Return the shipped metadata, completed with session and mouse of a released file.

    Raises
    ------
    SourceError
        If the start of the session is not a time with its zone.

    Warns
    -----
    SourceWarning
        If the file lacks a text that every file of the release has; the shipped one, or none, stands in its place.
    """
    metadata = shipped_metadata(DATASET)
    _warn_of_unsaid(source, _COPIED | _SUBJECT)
    metadata["NWBFile"] |= _stated_text(source, _COPIED) | {
        "session_id": str(source.behavior_session_id),
        "session_start_time": published_start(source).isoformat(),
    }
    metadata["Subject"] |= _stated_text(source, _SUBJECT)
    return metadata


def published_start(source: ReleasedFile) -> datetime:
    """Return the published session start, time zero of every stream.

    Raises
    ------
    SourceError
        If the file says none, one without a time zone, or another time zero.
    """
    said = source.text("/session_start_time")
    try:
        start = datetime.fromisoformat(said)
    except ValueError:
        start = datetime.min
    if start.tzinfo is None:
        raise SourceError(
            "the session start is missing",
            where=f"{source.path}:/session_start_time",
            got=said or "nothing",
            expected="ISO 8601 date, time and zone",
            fix="download the file again",
        )
    zero = source.text("/timestamps_reference_time")
    if zero not in ("", said):
        raise SourceError(
            "the file's times do not start at the session start",
            where=f"{source.path}:/timestamps_reference_time",
            got=zero,
            expected=f"{said}, as session_start_time",
            fix="download the file again; if it is as released, leave this session out",
        )
    return start


def description(metadata: Mapping[str, Any], name: str) -> str:
    """Return the description of an object, from section Descriptions.

    Raises
    ------
    MetadataError
        If the section has no such entry.
    """
    texts = metadata.get("Descriptions", {})
    if name not in texts:
        raise MetadataError(
            f"metadata has no Descriptions.{name}",
            where=f"metadata: Descriptions.{name}",
            got=", ".join(texts),
            expected=name,
            fix="add the entry, or leave the section out to get the shipped one",
        )
    return str(texts[name])


def _warn_of_unsaid(source: ReleasedFile, paths: Mapping[str, str]) -> None:
    unsaid = ", ".join(path for path in paths.values() if not source.text(path))
    if unsaid:
        warnings.warn(SourceWarning(f"{source.path} lacks values that every released file has: {unsaid}"), stacklevel=3)


def _stated_text(source: ReleasedFile, paths: Mapping[str, str]) -> dict[str, str]:
    return {name: said for name, path in paths.items() if (said := source.text(path))}
