"""Memory available to this process."""

import os
from pathlib import Path

#: Files in which a container or a cluster job finds the limit of its memory and what is used of it, in bytes.
_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
#: Bytes that are said to be free where the system does not tell.
_UNKNOWN = 2**33


def available_memory() -> int:
    """Return the bytes available without swapping, in the machine or container.

    Linux tells what is free; elsewhere it is half of what the machine has.
    """
    return min([_of_machine(), *_of_groups()])


def _of_machine() -> int:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (OSError, ValueError, AttributeError):
        return _UNKNOWN


def _of_groups() -> list[int]:
    found = []
    for limit, used in _GROUPS:
        try:
            found.append(max(int(Path(limit).read_text()) - int(Path(used).read_text()), 0))
        except (OSError, ValueError):  # no such group, or "max": no limit
            continue
    return found
