"""Memory available to this process."""

from pathlib import Path

#: Files in which a container or a cluster job finds the limit of its memory and what is used of it, in bytes.
_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def available_memory() -> int:
    """Return the bytes available without swapping, in the machine or container."""
    import psutil  # slow to import, and wanted for large values alone

    return min([int(psutil.virtual_memory().available), *_of_groups()])


def _of_groups() -> list[int]:
    found = []
    for limit, used in _GROUPS:
        try:
            found.append(max(int(Path(limit).read_text()) - int(Path(used).read_text()), 0))
        except (OSError, ValueError):  # no such group, or "max": no limit
            continue
    return found
