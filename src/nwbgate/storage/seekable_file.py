"""The position in a file whose bytes come from elsewhere."""

from io import SEEK_CUR, SEEK_END, SEEK_SET, RawIOBase


class SeekableFile(RawIOBase):
    """A readable file with a position; what is read is left to its heirs."""

    def __init__(self, size: int = 0) -> None:
        self._place, self._size = 0, size

    def seek(self, place: int, whence: int = SEEK_SET) -> int:
        """Set the position."""
        self._place = place + {SEEK_SET: 0, SEEK_CUR: self._place, SEEK_END: self._size}[whence]
        return self._place

    def tell(self) -> int:
        """Return the position."""
        return self._place

    def readable(self) -> bool:
        """Return that the file is readable."""
        return True

    def seekable(self) -> bool:
        """Return that the file is seekable."""
        return True
