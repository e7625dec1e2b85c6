"""How many cores this process may use."""

import os


def cores() -> int:
    """Return the number of cores that this process may use; a cluster may give it fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
