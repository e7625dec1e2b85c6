"""Files of the release that stay open while a session is put together, so that each is opened once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path

import h5py

from nwbgate.storage.hdf5 import opened

_held: ContextVar[tuple[ExitStack, dict[Path, h5py.File]] | None] = ContextVar("_held", default=None)


@contextmanager
def held_open() -> Iterator[None]:
    """Keep what `released` opens in the block open to the end of the block; an inner block leaves it to the outer."""
    if _held.get() is not None:
        yield
        return
    with ExitStack() as stack:
        token = _held.set((stack, {}))
        try:
            yield
        finally:
            _held.reset(token)


@contextmanager
def released(path: Path) -> Iterator[h5py.File]:
    """Give a released file, open; it is closed afterwards unless it is held open.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is no NWB file, or cannot be read to its end.
    """
    held = _held.get()
    if held is None:
        with opened(path) as file:
            yield file
        return
    stack, files = held
    if path not in files:
        way = opened(path)
        files[path] = way.__enter__()
        # Closed without a word of what went wrong in the block: that is not about this file.
        stack.callback(way.__exit__, None, None, None)
    with opened(files[path]) as file:
        yield file
