"""Ledgers: hidden files of JSON lines, appended whole."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nwbgate.json_text import parse_json
from nwbgate.storage.safe_files.locks import CAREFULLY


def append_line(file: Path, entry: Mapping[str, Any]) -> None:
    """Add one line to a ledger.

    The line is written in one go at the end of the file: runs that share a folder do not mix their lines, and a run
    that is killed leaves at most one cut line, which the next one ends.

    Parameters
    ----------
    file : Path
        The ledger. Where its folder does not exist nothing was written, and no folder is made to say so.
    entry : mapping
        What JSON can hold.

    Raises
    ------
    OSError
        If the folder cannot be written to, or a link has the ledger's name.
    """
    if not file.parent.is_dir():
        return
    line = json.dumps(entry, sort_keys=True) + "\n"
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | CAREFULLY, 0o666)
    try:
        os.write(descriptor, (_end_of_cut_line(descriptor) + line).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_lines(file: Path) -> list[dict[str, Any]]:
    """Return a ledger's entries, oldest first, without truncated lines."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [entry for entry in map(_parse_line, lines) if entry]


def _end_of_cut_line(descriptor: int) -> str:
    if not os.fstat(descriptor).st_size:
        return ""
    os.lseek(descriptor, -1, os.SEEK_END)
    return "" if os.read(descriptor, 1) == b"\n" else "\n"


def _parse_line(line: str) -> dict[str, Any]:
    try:
        entry = parse_json(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
