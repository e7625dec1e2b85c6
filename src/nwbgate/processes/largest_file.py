"""Limit on the size of any file that a process writes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def largest_file(most: int) -> Iterator[bool]:
    """Let the system refuse writes beyond a size, with EFBIG, during the block.

    Parameters
    ----------
    most : int
        Bytes of a file; 0 for no limit.

    Yields
    ------
    bool
        Whether the limit holds: not on Windows, nor where a smaller one holds already.
    """
    if sys.platform == "win32" or not most:
        yield False
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    smaller = [each for each in (soft, hard) if each != resource.RLIM_INFINITY and each <= most]
    if smaller:
        yield False
        return
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield True
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
