"""The state of a file, by which a change is noticed."""

import os
import stat
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

#: Nanoseconds within which two changes may give a file the same times: file systems of the FAT family count in 2 s.
GRANULARITY = 2 * 10**9


@dataclass(frozen=True)
class FileStamp:
    """Size, times and inode of a file.

    The time of the last change (ctime) is set by the system and cannot be set back, unlike that of the last
    modification. So a change that keeps size and time of modification is noticed, and a folder that comes from
    elsewhere with a cache in it matches none of its entries.

    Parameters
    ----------
    size : int
        Bytes.
    modified, changed : int
        Times of the last modification and the last change of the inode (ns).
    inode : int
        Number of the inode.
    seen : int
        When the stamp was taken (ns); not compared.
    """

    size: int
    modified: int
    changed: int
    inode: int
    seen: int = field(default=0, compare=False)

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Return the stamp of a regular file, None of anything else.

        A folder, such as a Zarr store, has none: its contents may change without it.
        """
        seen = time.time_ns()
        try:
            status = path.stat()
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, seen)

    @property
    def is_settled(self) -> bool:
        """Whether every later change will give a different stamp."""
        return self.seen - self.changed > GRANULARITY

    def __str__(self) -> str:
        """Return the compared parts as one text."""
        return f"{self.size} {self.modified} {self.changed} {self.inode}"


def clock_lag(folder: Path) -> int:
    """Return the lag of a file server's clock in ns; 0 if unknown."""
    now = time.time_ns()
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return max(0, now - os.fstat(file.fileno()).st_ctime_ns)
    except OSError:
        return 0
