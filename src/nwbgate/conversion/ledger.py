"""Ledger of an output folder: a hidden file with one JSON line per session."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nwbgate
from nwbgate.conversion.outcome import SessionOutcome
from nwbgate.json_text import parse_json

#: Name of the ledger in the output folder. Hidden, for DANDI's tools pass over hidden files; NWB Inspector does not,
#: and opens whatever has ".nwb" in its name.
FILE_NAME = ".conversion-ledger.jsonl"


def append(folder: Path, outcome: SessionOutcome) -> None:
    """Add one line about a session.

    The line is written in one go at the end of the file: runs that share an output folder do not mix their lines, and
    a run that is killed leaves at most one cut line, which the next one ends.

    Parameters
    ----------
    folder : Path
        Output folder. Where it does not exist nothing was written, and no folder is made to say so.
    outcome : SessionOutcome
        What became of the session.

    Raises
    ------
    OSError
        If the folder cannot be written to, or a link has the ledger's name.
    """
    if not folder.is_dir():
        return
    line = json.dumps(_entry(folder, outcome), sort_keys=True) + "\n"
    descriptor = os.open(folder / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
    try:
        os.write(descriptor, (_end_of_cut_line(descriptor) + line).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the entries of an output folder, oldest first, skipping truncated lines.

    Each has ``time`` (UTC, ISO 8601), ``session_id``, ``status``, ``path`` (relative to the folder), ``sources``
    (absolute), ``seconds``, ``bytes``, ``reason``, ``remarks`` and ``nwbgate`` (the version).
    """
    try:
        lines = (folder / FILE_NAME).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [entry for entry in map(_parse_line, lines) if entry]


def _entry(folder: Path, outcome: SessionOutcome) -> dict[str, Any]:
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


def _end_of_cut_line(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    return "\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else ""


def _parse_line(line: str) -> dict[str, Any]:
    try:
        entry = parse_json(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
