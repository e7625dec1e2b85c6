"""Levels kept on disk between runs, found by the identity of their file."""

import hashlib
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nwbgate.errors import WriteError
from nwbgate.storage.safe_files.atomic import write_whole
from nwbgate.storage.safe_files.file_errors import is_url

Array = np.ndarray[Any, np.dtype[Any]]

#: Version of what is kept; another one is never read.
_VERSION = "nwbgate browse 2"
#: Bytes of the checksum before the numbers.
_CHECKSUM = 4
#: Bytes that all kept levels may take; the longest unused ones go first.
MOST = 2 * 2**30


def identity(path: Path | str) -> str:
    """Return a file's identity: path, size and time, or its address."""
    if is_url(path):
        return str(path)
    status = Path(path).stat()
    return f"{Path(path).resolve()}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ino}"


def default_folder() -> Path:
    """Return the folder of kept levels, below the user's cache folder."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "nwbgate" / "browse"


@dataclass(frozen=True)
class DiskCache:
    """Arrays of one file, kept on disk.

    A file in the cache is whole or absent: it is renamed when it is finished, and its checksum is compared when it is
    read. Two processes may write the same one; both write the same bytes. A full disk costs only the next start time.

    Parameters
    ----------
    folder : Path or None
        Folder of all kept arrays; None keeps nothing.
    of : str
        Identity of the NWB file (`identity`).
    """

    folder: Path | None
    of: str

    def path(self, name: str) -> Path | None:
        """Return the place of an array, by the name of its trace."""
        digest = hashlib.sha256("\0".join((_VERSION, self.of, name)).encode()).hexdigest()
        return None if self.folder is None else self.folder / f"{digest}.levels"

    def load(self, name: str, shape: tuple[int, ...], dtype: str = "<f8") -> Array | None:
        """Return a kept array, or None where there is none that is whole."""
        path = self.path(name)
        size = int(np.prod(shape))
        try:
            if path is None or path.stat().st_size != _CHECKSUM + size * np.dtype(dtype).itemsize:
                return None
            with path.open("rb") as stream:
                checksum = int.from_bytes(stream.read(_CHECKSUM), "little")
                found = np.fromfile(stream, dtype, size)
            os.utime(path)  # the longest unused are forgotten first
        except OSError:
            return None
        return found.reshape(shape) if len(found) == size and zlib.crc32(found.data) == checksum else None

    def save(self, name: str, array: Array) -> None:
        """Keep an array; a full disk keeps nothing and stops nothing."""
        path = self.path(name)
        if path is None:
            return
        content = np.ascontiguousarray(array).data.cast("B")
        with suppress(WriteError, OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, [zlib.crc32(content).to_bytes(_CHECKSUM, "little"), content])
            forget_oldest(path.parent, MOST)


def forget_oldest(folder: Path, most: int) -> None:
    """Remove the arrays unused for longest until the others take at most `most` bytes."""
    kept = sorted(((path.stat(), path) for path in folder.glob("*.levels")), key=lambda pair: -pair[0].st_mtime_ns)
    total = 0
    for status, path in kept:
        total += status.st_size
        if total > most:
            path.unlink(missing_ok=True)
