"""A released file that can be kept open while a session is assembled."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import h5py

from nwbgate.storage.hdf5 import open_nwb_file


class HeldFile:
    """A released file, opened for each use unless it is held open.

    Parameters
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._holder: ExitStack | None = None
        self._file: h5py.File | None = None

    def __reduce__(self) -> tuple[type["HeldFile"], tuple[Path]]:
        """Pickle as the path, not held open."""
        return HeldFile, (self.path,)

    @contextmanager
    def held_open(self) -> Iterator[None]:
        """Keep the file open until the end of the outermost block."""
        if self._holder is not None:
            yield
            return
        with ExitStack() as holder:
            self._holder = holder
            try:
                yield
            finally:
                self._holder = self._file = None

    @contextmanager
    def opened(self) -> Iterator[h5py.File]:
        """Yield the open file; close it afterwards unless held open.

        Raises
        ------
        UsageError
            If there is no such file.
        SourceError
            If it is no NWB file, or cannot be read to its end.
        """
        if self._holder is None:
            with open_nwb_file(self.path) as file:
                yield file
            return
        if self._file is None:
            way = open_nwb_file(self.path)
            self._file = way.__enter__()
            # Closed without the block's exception, which is not about this file.
            self._holder.callback(way.__exit__, None, None, None)
        with open_nwb_file(self._file) as file:
            yield file
