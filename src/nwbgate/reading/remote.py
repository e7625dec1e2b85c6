"""Files at http(s):// and s3:// addresses, read in ranges."""

import re
from http import HTTPStatus
from importlib import import_module
from io import RawIOBase
from pathlib import Path
from typing import Any

import h5py

from nwbgate.errors import SourceError, UsageError
from nwbgate.extras import imported
from nwbgate.reading.hdf5 import require_nwb

_URL = re.compile(r"^(https?|s3)://")
#: Bytes that are fetched at once. Tables are many small pieces, megabytes apart: the trials of a session of 0.9 GB need
#: some 17 blocks of 64 KiB. With 16 KiB a third as much is moved and half as many questions more are asked; with
#: 256 KiB nearly as many questions are asked, and three times as much is moved.
BLOCK = 2**16
#: Blocks that are kept, the last used.
_CACHE = {"maxblocks": 512}
#: What every HDF5 file of NWB begins with.
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
#: Errors of the libraries that fetch, beside OSError, by the module that has them.
_FAILURES = {"aiohttp": ("ClientError",), "botocore.exceptions": ("BotoCoreError", "ClientError")}


def is_url(path: Path | str) -> bool:
    """Return whether a path is an address of a server."""
    return bool(_URL.match(str(path)))


def open_url(url: str) -> h5py.File:
    """Open an NWB file on a server; only the ranges that are asked for are fetched.

    Parameters
    ----------
    url : str
        ``http://``, ``https://`` or ``s3://bucket/key``. A bucket is asked without a name, as public ones may be; one
        that refuses this is asked with the credentials of the machine, if it has any.

    Raises
    ------
    MissingExtraError
        If the extra ``remote`` is not installed.
    UsageError
        If there is no such file on the server.
    SourceError
        If the server does not give ranges or breaks off, or the file is no NWB file.
    """
    stream = Ranges(_stream(url), url)
    try:
        file = h5py.File(stream, "r")
    except OSError as error:
        if isinstance(error.__cause__, ValueError):  # fsspec's error for an answer that is more than was asked for
            raise _without_ranges(url) from error
        _refuse_other_formats(stream, url)
        raise _unreadable(url, error) from error
    require_nwb(file, url)
    return file


class Ranges(RawIOBase):
    """A file on a server as HDF5 wants it; whatever goes wrong on the way is an OSError that says where.

    Parameters
    ----------
    stream : fsspec file
        Opened for reading, with a cache of blocks.
    url : str
        Address of the file.
    """

    def __init__(self, stream: Any, url: str) -> None:
        self._stream, self._url = stream, url
        self._failures = failures()

    def readinto(self, into: Any) -> int:
        """Fill memory with the bytes from here."""
        try:
            part = self._stream.read(len(into))
        except self._failures as error:
            raise OSError(f"{self._url}: {type(error).__name__}: {error}") from error
        into[: len(part)] = part
        return len(part)

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place."""
        return int(self._stream.seek(place, whence))

    def tell(self) -> int:
        """Return the place."""
        return int(self._stream.tell())

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that any place can be gone to."""
        return True


def failures() -> tuple[type[Exception], ...]:
    """Return what reading from a server may raise: errors of the system, and those of the libraries that are here."""
    found: list[type[Exception]] = [OSError, ValueError]
    for module, names in _FAILURES.items():
        try:
            there = import_module(module)
        except ModuleNotFoundError:
            continue
        found += [getattr(there, name) for name in names]
    return tuple(found)


def _stream(url: str) -> Any:
    fsspec = imported("fsspec", "remote")
    imported("s3fs" if url.startswith("s3://") else "aiohttp", "remote")
    options: list[dict[str, Any]] = [{"anon": True}, {"anon": False}] if url.startswith("s3://") else [{}]
    try:
        stream = _first_allowed(fsspec, url, options)
    except FileNotFoundError as error:
        if not _is_gone(error):
            raise _unreadable(url, error.__cause__ or error) from error
        raise UsageError(
            "there is no such file on the server",
            where=url,
            got=str(error) or "not found",
            expected="the address of an NWB file",
            fix="check the address",
        ) from error
    except failures() as error:
        raise _unreadable(url, error) from error
    if stream.size is None:  # fsspec then reads from the start to the end, and only once
        raise _without_ranges(url)
    return stream


def _is_gone(error: FileNotFoundError) -> bool:
    """Return whether the server said that there is no such file; fsspec says so of one that does not answer, too."""
    cause = error.__cause__
    from_http = isinstance(cause, import_module("aiohttp").ClientError)
    return not from_http or getattr(cause, "status", 0) == HTTPStatus.NOT_FOUND


def _first_allowed(fsspec: Any, url: str, options: list[dict[str, Any]]) -> Any:
    """Open an address with the first options by which the server lets it be read.

    Raises
    ------
    OSError
        What the first attempt raised, if none is let.
    """
    refused: PermissionError | None = None
    for each in options:
        try:
            system, place = fsspec.core.url_to_fs(url, **each)
            return system.open(place, "rb", block_size=BLOCK, cache_type="blockcache", cache_options=_CACHE)
        except PermissionError as error:
            refused = refused or error
        except failures():
            if refused is None:
                raise
    raise refused or PermissionError(url)


def _refuse_other_formats(stream: Ranges, url: str) -> None:
    """Refuse a file that does not begin as HDF5 does.

    Raises
    ------
    SourceError
        If it does not.
    """
    signature = bytearray(8)
    try:
        stream.seek(0)
        stream.readinto(signature)
    except OSError:
        return
    if bytes(signature) != _SIGNATURE:
        raise SourceError(
            "this is not an NWB file",
            where=url,
            got="no HDF5 signature",
            expected="an NWB file (HDF5)",
            fix="name NWB files only; the address may be of a page about the file",
        )


def _without_ranges(url: str) -> SourceError:
    return SourceError(
        "the server does not give parts of a file",
        where=url,
        got="no support of ranges, or no length",
        expected="a server that answers range requests",
        fix="download the file, and open the copy",
    )


def _unreadable(url: str, error: BaseException) -> SourceError:
    return SourceError(
        "the file cannot be read from the server",
        where=url,
        got=f"{type(error).__name__}: {error}".strip("'\""),
        expected="a complete NWB file",
        fix="try again later; if it stays so, download the file and open the copy",
    )
