"""Released files kept open while a session is assembled, each opened once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path

import h5py

from nwbgate.storage.hdf5 import open_nwb_file

_held: ContextVar[tuple[ExitStack, dict[Path, h5py.File]] | None] = ContextVar("_held", default=None)


@contextmanager
def held_open() -> Iterator[None]:
    """Keep files from `released_file_of` open to the end of the outermost block."""
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
def released_file_of(path: Path) -> Iterator[h5py.File]:
    """Yield an open released file; close it afterwards unless held open.

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
        with open_nwb_file(path) as file:
            yield file
        return
    stack, files = held
    if path not in files:
        way = open_nwb_file(path)
        files[path] = way.__enter__()
        # Closed without a word of what went wrong in the block: that is not about this file.
        stack.callback(way.__exit__, None, None, None)
    with open_nwb_file(files[path]) as file:
        yield file
