"""Chunks of one Zarr array, read from inside its store only."""

import os
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from nwbgate.storage.zarr_stores.array_metadata import ArrayMetadata
from nwbgate.storage.zarr_stores.codecs import FAILURES, decode_chunk

Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class StoredChunks:
    """The chunks of an array by their place in its grid.

    Attributes
    ----------
    store : Path
        Folder of the store, resolved.
    array : Path
        Folder of the array.
    metadata : ArrayMetadata
        Of the array.
    """

    store: Path
    array: Path
    metadata: ArrayMetadata

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a chunk, cut to the array as HDF5 wants it."""
        lengths = zip(self.metadata.chunks, self.metadata.shape, strict=True)
        return tuple(min(chunk, length) for chunk, length in lengths)

    @property
    def size(self) -> int:
        """Bytes of a chunk of that shape."""
        return prod(self.shape) * self.metadata.dtype.itemsize

    @property
    def count(self) -> int:
        """Chunks that the array has if it is complete."""
        return prod(self.metadata.grid)

    def places(self) -> "product[tuple[int, ...]]":
        """Return the places of all chunks, the last axis fastest."""
        return product(*map(range, self.metadata.grid))

    def place(self, number: int) -> tuple[int, ...]:
        """Return the place of a chunk, counted along the last axis first."""
        return tuple(int(each) for each in np.unravel_index(number, self.metadata.grid)) if self.metadata.grid else ()

    def file(self, place: tuple[int, ...]) -> Path:
        """Return the file of a chunk."""
        return self.array / (self.metadata.separator.join(map(str, place)) or "0")

    def read(self, place: tuple[int, ...]) -> Numbers:
        """Return a chunk, filled if it was never written.

        Raises
        ------
        OSError
            If its file cannot be read, leads out of the store, or does not decode to a chunk.
        """
        content = self._content(self.file(place))
        if content is None:
            return np.full(self.shape, self.metadata.fill, self.metadata.dtype)
        try:
            chunk = self._arrange(decode_chunk(content, self.metadata))
        except FAILURES as error:
            reason = str(error) or type(error).__name__
            raise OSError(f"chunk {self.file(place).relative_to(self.array)} cannot be decoded: {reason}") from error
        return np.ascontiguousarray(chunk[tuple(map(slice, self.shape))])

    def _content(self, file: Path) -> bytes | None:
        """Return the bytes of a file, None where it is absent."""
        if not Path(os.path.realpath(file)).is_relative_to(self.store):
            raise OSError(f"chunk {file.name} is a link out of the store")
        try:
            return file.read_bytes()
        except FileNotFoundError:
            return None

    def _arrange(self, content: Any) -> Numbers:
        """Return decoded content as an array of the chunk's type and shape."""
        metadata = self.metadata
        if metadata.dtype.hasobject:
            return np.asarray(content, metadata.dtype).reshape(metadata.chunks, order=metadata.order)
        octets = np.frombuffer(content, np.uint8) if isinstance(content, bytes) else np.asarray(content)
        flat = np.ascontiguousarray(octets).reshape(-1).view(np.uint8)
        if flat.size != metadata.chunk_bytes:
            raise ValueError(f"{flat.size:,} bytes, expected {metadata.chunk_bytes:,}")
        return flat.view(metadata.dtype).reshape(metadata.chunks, order=metadata.order)
