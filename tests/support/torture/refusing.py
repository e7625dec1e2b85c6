"""The library that refuses calls of the system, and the block of memory by which it is told which one."""

import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path

#: Kinds of calls, in the order of `enum kind` in refusing.c.
KINDS = ("open to read", "open to write", "read", "write", "fsync", "rename", "close", "mkdir", "truncate")
#: Kinds that need room on the disk: a full disk refuses no other.
TAKE_ROOM = {"open to write", "write", "fsync", "rename", "mkdir", "truncate"}
_HEAD, _TEXT, _MOST = struct.Struct("6q"), 1024, 1_000_000


def build_library(folder: Path) -> Path:
    """Compile the library.

    Raises
    ------
    RuntimeError
        Where there is no C compiler.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise RuntimeError("the tests of reliability need a C compiler: install gcc (apt-get install gcc libc6-dev)")
    library = folder / "refusing.so"
    source = Path(__file__).with_name("refusing.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


class Control:
    """What the library is to refuse, and what it has seen.

    Parameters
    ----------
    path : Path
        File of the block; processes that have it in ``REFUSING_CONTROL`` when they begin share it.
    """

    def __init__(self, path: Path) -> None:
        size = _HEAD.size + 2 * _TEXT + _MOST
        if not path.exists():
            path.write_bytes(bytes(size))
        with path.open("r+b") as file:
            self._block = mmap.mmap(file.fileno(), size)

    def aim(self, root: Path, *, at: int = -1, error: int = 0, stays: bool = False) -> None:
        """Count calls about files below a folder from now on, and answer one with an error, or with a signal (-N)."""
        self._block[_HEAD.size : _HEAD.size + 2 * _TEXT] = os.fsencode(root).ljust(2 * _TEXT, b"\0")
        self._block[: _HEAD.size] = _HEAD.pack(0, 0, at, error, stays, os.getpid())

    def arm(self) -> None:
        """Begin to count."""
        self._block[:8] = struct.pack("q", 1)

    def disarm(self) -> None:
        """Let every call through."""
        self._block[:8] = bytes(8)

    def calls(self) -> list[str]:
        """Return the kind of each call that was counted."""
        number = min(_HEAD.unpack(self._block[: _HEAD.size])[1], _MOST)
        start = _HEAD.size + 2 * _TEXT
        return [KINDS[kind] for kind in self._block[start : start + number]]

    def refused(self) -> str:
        """Return kind and file of the call that was refused; empty where it did not come."""
        text = self._block[_HEAD.size + _TEXT : _HEAD.size + 2 * _TEXT].rstrip(b"\0").decode(errors="replace")
        kind, _, path = text.partition(" ")
        return f"{KINDS[int(kind)]} of {Path(path).name}" if kind else ""
