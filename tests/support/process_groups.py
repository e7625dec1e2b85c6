"""Process groups, for tests that kill processes."""

import os
import time
from pathlib import Path


def is_gone(group: int, seconds: float) -> bool:
    """Wait for the end of all processes of a group; return whether it came in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def fork_server(group: int) -> int | None:
    """Return the fork server among the processes of a group, where there is one."""
    found = [number for number in _members(group) if b"multiprocessing.forkserver" in _command(number)]
    parents = {_stat(number)[1] for number in found}
    return next((number for number in found if number in parents), None)


def workers(group: int) -> list[int]:
    """Return the children of the fork server of a group."""
    server = fork_server(group)
    return [number for number in _members(group) if server is not None and _stat(number)[1] == server]


def _members(group: int) -> list[int]:
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [number for number in numbers if _stat(number)[2] == group]


def _stat(number: int) -> tuple[str, int, int]:
    """Return state, parent and group of a process; zeros where it is gone."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", 0, 0
    return fields[0], int(fields[1]), int(fields[2])


def _command(number: int) -> bytes:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return b""
