"""What a run left behind, in a form in which equal runs are equal."""

import json
import re
from hashlib import sha256
from pathlib import Path

from support.contents import PASSING, contents

#: Times, durations and speeds, which no two runs have in common.
_TIMES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(\+00:00|Z| UTC)?|\d+(\.\d+)? ?(s|ms|min|[kMG]B/s)\b")
#: Values of ledgers of their own run.
_OWN = {"time", "seconds", "bytes", "mtime_ns", "ctime_ns", "inode", "etag", "dandi_etag", "sha256", "file", "files"}
#: What a ledger says of a session whose file is whole: that of a run whose ledger was refused is skipped by the next.
_DONE = ("converted", "skipped")
#: Longest text in which times are looked for.
_TEXT = 100_000


def outputs(folder: Path) -> dict[str, str]:
    """Return what each file in ``out`` holds, by its name."""
    paths = [path for path in sorted((folder / "out").rglob("*")) if path.is_file() or path.is_symlink()]
    return {path.relative_to(folder).as_posix(): held(path) for path in paths}


def held(path: Path) -> str:
    """Return what a file holds, apart from times and identities; what is damaged is said to be."""
    if path.suffix in (".nwb", ".h5"):
        return _held_by_hdf5(path)
    data = path.read_bytes()
    if path.name.endswith("ledger.jsonl"):
        return _last_words(data.decode(errors="replace"))
    if path.suffix == ".json" and not _is_json(data):
        return "damaged: not JSON"
    try:
        return sha256(without_times(data.decode()).encode()).hexdigest()
    except UnicodeDecodeError:
        return sha256(data).hexdigest()


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def without_times(text: str) -> str:
    """Return a text without times."""
    return _TIMES.sub("#", text)


def _held_by_hdf5(path: Path) -> str:
    try:
        found = contents(path, without=PASSING)
    except (OSError, RuntimeError, KeyError) as error:
        return f"damaged: {error}"
    digest = sha256()
    for name, value in sorted(found.items()):
        text = repr(value)
        digest.update(f"{name} {without_times(text) if len(text) < _TEXT else text}\n".encode())
    return digest.hexdigest()


def _last_words(text: str) -> str:
    """Return the last line of a ledger about each session or file; a line that is cut says nothing."""
    last: dict[str, object] = {}
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if not isinstance(entry, dict):
            continue
        about = str(entry.get("session_id") or entry.get("path"))
        last[about] = {name: value for name, value in entry.items() if name not in _OWN}
        if entry.get("status") in _DONE:
            last[about] = "done"
    return json.dumps(last, sort_keys=True)
