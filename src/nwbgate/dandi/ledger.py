"""Ledger of a published folder: checked digests and the fate of each upload."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nwbgate
from nwbgate.dandi.files.digests import Digests, State
from nwbgate.json_lines import append_line, read_lines
from nwbgate.storage.safe_files.refusals import explain_refusals

#: Name of the ledger in the folder; dandi-cli passes over hidden files.
FILE_NAME = ".dandi-ledger.jsonl"
#: Event of a file that was judged.
CHECKED = "checked"


class Ledger:
    """The ledger of one folder.

    Parameters
    ----------
    folder : Path
        The folder that is published.

    Attributes
    ----------
    file : Path
        The ledger itself.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE_NAME
        self._checked: dict[str, dict[str, Any]] = {}
        self._rates: list[tuple[int, float]] = []
        for entry in read_lines(self.file):
            self._take(entry)

    def add(self, event: str, path: str, **values: Any) -> None:
        """Write one event about a file.

        Parameters
        ----------
        event : str
            Such as `CHECKED` or the outcome of an upload.
        path : str
            Path of the file in the folder.
        **values
            Plain values.

        Raises
        ------
        WriteError
            If the ledger cannot be written.
        """
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = {"time": time, "nwbgate": nwbgate.__version__, "event": event, "path": path, **values}
        with explain_refusals(self.file):
            append_line(self.file, entry)
        self._take(entry)

    def add_check(
        self, path: str, state: State, digests: Digests, identifier: str, *, passed: bool, settings: str
    ) -> None:
        """Write that a file was checked.

        Parameters
        ----------
        path : str
            Path of the file in the folder.
        state, digests
            Of the file when it was checked.
        identifier : str
            Its NWB identifier.
        passed : bool
            Whether it may be published.
        settings : str
            Digest of what the verdict depends on besides the file.
        """
        verdict = {"identifier": identifier, "passed": passed, "settings": settings}
        self.add(CHECKED, path, **verdict, **asdict(state), **asdict(digests))

    def known_digests(self, path: str, state: State) -> Digests | None:
        """Return a file's digests if its size and times are unchanged."""
        entry = self._checked.get(path)
        if entry is None or any(entry.get(name) != value for name, value in asdict(state).items()):
            return None
        return _digests(entry)

    def known_identifier(self, path: str) -> str:
        """Return the NWB identifier found at the last check; empty before."""
        return str(self._checked.get(path, {}).get("identifier", ""))

    def last_check(self, path: str) -> tuple[str, Digests] | None:
        """Return time and digests of the last check of a file, or None."""
        entry = self._checked.get(path)
        digests = None if entry is None else _digests(entry)
        return None if entry is None or digests is None else (str(entry.get("time")), digests)

    def has_passed(self, path: str, digests: Digests, settings: str) -> bool:
        """Return whether this very content passed under these settings and this version."""
        entry = self._checked.get(path, {})
        wanted = {**asdict(digests), "settings": settings, "passed": True, "nwbgate": nwbgate.__version__}
        return all(entry.get(name) == value for name, value in wanted.items())

    @property
    def rate(self) -> float:
        """Bytes per second of the last uploads; 0 before the first."""
        recent = self._rates[-20:]
        seconds = sum(taken for _, taken in recent)
        return sum(size for size, _ in recent) / seconds if seconds else 0.0

    def _take(self, entry: Mapping[str, Any]) -> None:
        path, size, seconds = entry.get("path"), entry.get("bytes"), entry.get("seconds")
        if entry.get("event") == CHECKED and isinstance(path, str):
            self._checked[path] = dict(entry)
        elif isinstance(size, int) and isinstance(seconds, int | float) and entry.get("sent"):
            self._rates.append((size, float(seconds)))


def _digests(entry: Mapping[str, Any]) -> Digests | None:
    etag, sha256 = entry.get("dandi_etag"), entry.get("sha256")
    return Digests(etag, sha256) if isinstance(etag, str) and isinstance(sha256, str) else None
