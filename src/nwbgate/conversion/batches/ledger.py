"""Ledger of an output folder: a hidden file with one JSON line per session."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nwbgate
from nwbgate.conversion.batches.outcome import SessionOutcome
from nwbgate.json_lines import append_line, read_lines

#: Name of the ledger in the output folder. Hidden, for DANDI's tools pass over hidden files; NWB Inspector does not,
#: and opens whatever has ".nwb" in its name.
FILE_NAME = ".conversion-ledger.jsonl"

_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("time", "nwbgate", "status", "path", "reason", "key", "stream", "etag"), (str,)),
    **dict.fromkeys(("sources", "remarks", "unknown"), (list,)),
    "session_id": (str, type(None)), "seconds": (int, float), "bytes": (int,), "files": (dict,),
    "file": (list, type(None)),
}  # fmt: skip


def append(folder: Path, outcome: SessionOutcome, facts: Mapping[str, Any] | None = None) -> None:
    """Add one line about a session; see `nwbgate.json_lines.append_line`.

    Parameters
    ----------
    folder : Path
        Output folder.
    outcome : SessionOutcome
        What became of the session.
    facts : mapping, optional
        What the next run decides by; see `nwbgate.conversion.batches.done_sessions`.

    Raises
    ------
    OSError
        If the folder cannot be written to, or a link has the ledger's name.
    """
    append_line(folder / FILE_NAME, {**entry(folder, outcome), **(facts or {})})


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the entries of an output folder, oldest first, skipping damaged lines.

    Each has ``time`` (UTC, ISO 8601), ``session_id``, ``status``, ``path`` (relative to the folder), ``sources``
    (absolute), ``seconds``, ``bytes``, ``reason``, ``remarks`` and ``nwbgate`` (the version). Lines about sessions that
    are done also have ``key`` (digest of plan, metadata and recipe), ``files`` (size and time of each source), ``file``
    (those of the session's file) and ``unknown``.
    """
    return [each for each in read_lines(folder / FILE_NAME) if _is_sound(each)]


def _is_sound(entry: Mapping[str, Any]) -> bool:
    """Return whether a line has values of the right kinds."""
    if not all(isinstance(entry[name], kinds) for name, kinds in _KINDS.items() if name in entry):
        return False
    paths = [entry.get("path", ""), *entry.get("sources", ()), *entry.get("files", ())]
    return all(isinstance(path, str) and "\0" not in path for path in paths)


def entry(folder: Path, outcome: SessionOutcome) -> dict[str, Any]:
    """Return the line about a session as plain data; see `read`."""
    path = outcome.path
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "nwbgate": nwbgate.__version__,
        "session_id": outcome.session_id,
        "status": outcome.status.value,
        "path": path.relative_to(folder).as_posix() if path and path.is_relative_to(folder) else str(path or ""),
        "sources": [str(source.absolute()) for source in outcome.sources],
        "seconds": round(outcome.seconds, 3),
        "bytes": outcome.bytes,
        "reason": outcome.reason,
        "remarks": list(outcome.remarks),
    }
