"""Bytes that end where a page of memory begins that nobody may read."""

import ctypes
import mmap
from collections.abc import Iterator
from contextlib import contextmanager

_READABLE = mmap.PROT_READ | mmap.PROT_WRITE


@contextmanager
def before_a_guarded_page(content: bytes) -> Iterator[memoryview]:
    """Give bytes after which the system ends whoever reads on."""
    length = -(-max(len(content), 1) // mmap.PAGESIZE) * mmap.PAGESIZE
    memory = mmap.mmap(-1, length + mmap.PAGESIZE)
    guarded = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(memory)) + length)
    memory[length - len(content) : length] = content
    _protect(guarded, 0)
    try:
        yield memoryview(memory)[length - len(content) : length]
    finally:
        _protect(guarded, _READABLE)


def _protect(start: ctypes.c_void_p, kind: int) -> None:
    system = ctypes.CDLL(None, use_errno=True)
    if system.mprotect(start, mmap.PAGESIZE, kind):
        raise OSError(ctypes.get_errno(), "mprotect")
