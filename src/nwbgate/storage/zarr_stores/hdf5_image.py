"""Bytes of an HDF5 file whose chunks are those of Zarr arrays.

HDF5 writes its metadata here, and asks for the bytes of a dataset only when they are read. Chunks without filters lie
in a row, in the order of the grid; so the place of a byte tells the chunk of the array that holds it.
"""

from bisect import bisect_right
from collections import OrderedDict
from typing import Any

from nwbgate.storage.seekable_file import SeekableFile
from nwbgate.storage.zarr_stores.stored_chunks import StoredChunks

#: Bytes of a page of metadata.
_PAGE = 4096
#: Bytes of decoded chunks that are kept, the last used.
_KEPT_BYTES = 64 * 2**20


class Hdf5Image(SeekableFile):
    """A file for HDF5 with metadata in memory and chunks in a store.

    Parameters
    ----------
    name : str
        Name of the file for h5py.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._pages: dict[int, bytearray] = {}
        self._starts: list[int] = []
        self._arrays: list[tuple[int, StoredChunks]] = []
        self._kept: OrderedDict[tuple[int, int], memoryview] = OrderedDict()
        self._kept_bytes = 0

    def __repr__(self) -> str:
        """Return the path of the store, h5py's name of the file."""
        return self._name

    def lay(self, start: int, chunks: StoredChunks) -> None:
        """Lay the chunks of an array at a byte."""
        index = bisect_right(self._starts, start)
        self._starts.insert(index, start)
        self._arrays.insert(index, (start + chunks.count * chunks.size, chunks))

    def readinto(self, into: Any) -> int:
        """Fill a buffer with the bytes from the current position.

        Raises
        ------
        OSError
            If a chunk is damaged.
        """
        start, view = self._place, memoryview(into).cast("B")
        index = bisect_right(self._starts, start) - 1
        if index >= 0 and start < self._arrays[index][0]:
            self._fill_by_chunks(view, index, start)
        else:  # HDF5 may read past the end of its metadata; what follows is then not looked at
            self._fill_by_pages(view, start)
        self._place += len(view)
        return len(view)

    def _fill_by_chunks(self, view: memoryview, index: int, start: int) -> None:
        size, done = self._arrays[index][1].size, 0
        while done < len(view):
            number, inside = divmod(start - self._starts[index] + done, size)
            part = self._chunk(index, number)[inside : inside + len(view) - done]
            view[done : done + len(part)] = part
            done += len(part)

    def _chunk(self, index: int, number: int) -> memoryview:
        """Return the bytes of a decoded chunk, kept for the next reads."""
        key = (index, number)
        if key not in self._kept:
            chunks = self._arrays[index][1]
            self._kept[key] = memoryview(chunks.read(chunks.place(number)).reshape(-1).view("u1").data)
            self._kept_bytes += chunks.size
            while self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1:
                self._kept_bytes -= len(self._kept.popitem(last=False)[1])
        self._kept.move_to_end(key)
        return self._kept[key]

    def _fill_by_pages(self, view: memoryview, start: int) -> None:
        empty, done = bytes(_PAGE), 0
        while done < len(view):
            number, inside = divmod(start + done, _PAGE)
            part = memoryview(self._pages.get(number, empty))[inside : inside + len(view) - done]
            view[done : done + len(part)] = part
            done += len(part)

    def write(self, content: Any) -> int:
        """Keep the bytes of metadata."""
        view, done = memoryview(content).cast("B"), 0
        while done < len(view):
            number, inside = divmod(self._place + done, _PAGE)
            part = view[done : done + _PAGE - inside]
            self._pages.setdefault(number, bytearray(_PAGE))[inside : inside + len(part)] = part
            done += len(part)
        self._place += len(view)
        self._size = max(self._size, self._place)
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        """Set the length of the file."""
        self._size = self._place if size is None else size
        return self._size

    def writable(self) -> bool:
        """Return that HDF5 may write its metadata."""
        return True
