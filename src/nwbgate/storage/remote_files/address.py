"""Addresses of files on servers, as paths read in ranges."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from nwbgate.errors import NwbgateError

#: The beginning of an address, with the slashes that are left of it in a path.
_SCHEME = re.compile(r"^(https?|s3|ftp|dandi):/{1,2}")
#: Parts of an error that may name the file.
_PARTS = ("where", "got", "expected", "fix")


class Address(type(Path())):  # type: ignore[misc]  # the class of this system's paths
    """The address of a file on a server.

    Parameters
    ----------
    shown : str
        Address for people, which ends in the name of the file.
    url : str, optional
        Where its bytes are; by default the same.
    size : int, optional
        Bytes of the file, where they are known.

    Attributes
    ----------
    shown, url, size
        As given.
    """

    shown: str
    url: str
    size: int | None

    def __new__(cls, shown: Any, url: str = "", size: int | None = None) -> Self:
        """Make a path of the address for people."""
        made: Self = super().__new__(cls, shown)
        return made

    def __init__(self, shown: Any, url: str = "", size: int | None = None) -> None:
        if sys.version_info >= (3, 12):  # earlier, __new__ takes the parts
            super().__init__(shown)
        self.shown, self.url, self.size = str(shown), url or str(shown), size

    def __str__(self) -> str:
        """Return the address with both slashes, which a path loses."""
        shown: str | None = self.__dict__.get("shown")
        return shown or super().__str__()

    def __reduce__(self) -> Any:
        """Pickle the whole address."""
        return type(self), (self.shown, self.url, self.size)

    def absolute(self) -> Self:
        """Return the address: it depends on no working folder."""
        return self

    def is_file(self, **_: Any) -> bool:
        """Return whether it may be opened; only the server knows."""
        return True

    def is_dir(self, **_: Any) -> bool:
        """Return whether it is a folder, which no single address is."""
        return False


@contextmanager
def naming(address: Address) -> Iterator[None]:
    """Name a file in errors by its public address, never a signed one.

    Raises
    ------
    NwbgateError
        Those of the block.
    """
    try:
        yield
    except NwbgateError as error:
        if address.url == address.shown:
            raise
        parts = {name: getattr(error, name).replace(address.url, address.shown) for name in _PARTS}
        raise type(error)(error.what, **parts) from None


def is_address(text: str | Path) -> bool:
    """Return whether a text or path is a server's address."""
    return bool(_SCHEME.match(str(text)))


def as_path(given: str | Path) -> Path:
    """Return a path, or an `Address` unless such a file exists here."""
    if isinstance(given, Address):
        return given
    path = Path(given)
    return Address(_SCHEME.sub(r"\1://", str(given))) if is_address(given) and not path.exists() else path
