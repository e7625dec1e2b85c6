"""Files at http(s):// and s3:// addresses, read in ranges."""

from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import h5py

from nwbgate.errors import SourceError, UsageError
from nwbgate.extras import import_extra
from nwbgate.storage.hdf5 import readable, require_nwb, without_ways_out
from nwbgate.storage.remote_files import ranges
from nwbgate.storage.remote_files.ranges import Ranges
from nwbgate.storage.remote_files.remote_stores import refuse_store
from nwbgate.storage.safe_files.streamed_files import open_streamed

#: What every HDF5 file of NWB begins with.
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
#: Answers of a server that knows the file and does not let it be read.
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN)


def open_url(url: str, name: str = "") -> h5py.File:
    """Open an NWB file on a server, fetching only the needed ranges.

    Parameters
    ----------
    url : str
        ``http://``, ``https://`` or ``s3://bucket/key``. A bucket is asked without a name, as public ones may be; one
        that refuses this is asked with the credentials of the machine, if it has any.
    name : str, optional
        Name of the open file; by default its address.

    Raises
    ------
    MissingExtraError
        If the extra ``remote`` is not installed.
    UsageError
        If the address is of no file, or there is no such file on the server.
    SourceError
        If the server refuses, does not answer, breaks off or does not give ranges, the file is no NWB file, or leads to
        files of this computer (`OutsideError`), which HDF5 would read for those of the server. A
        server that breaks off, is silent or is busy is asked three times (`nwbgate.storage.remote_files.ranges`).
    """
    stream = open_stream(url, name)
    try:
        file = open_streamed(stream)
        require_nwb(file, url)
    except OSError as error:
        if isinstance(error.__cause__, ValueError):  # fsspec's error for an answer that is more than was asked for
            raise _without_ranges(url) from error
        if error.__cause__ is None:  # HDF5 says it, not the way there
            _refuse_other_formats(stream, url)
            raise _damaged_remote_file(url, error) from error
        raise _unreadable(url, error) from error
    with readable(name or url):
        return without_ways_out(file)


def open_stream(url: str, name: str = "") -> Ranges:
    """Open any file on a server, to be read in ranges; see `open_url`.

    Raises
    ------
    MissingExtraError, UsageError, SourceError
        As `open_url` does, whatever the file holds.
    """
    _require_place(url)
    return Ranges(_stream(url), name or url)


def _require_place(url: str) -> None:
    refuse_store(url)
    try:
        server, path = urlsplit(url)[1:3]
    except ValueError:
        server = path = ""
    if not server or not path.strip("/"):
        raise UsageError(
            "invalid file address",
            where=url,
            got=f"no name of a {'file' if server else 'server or bucket'}",
            expected="http://server/file, https://server/file or s3://bucket/key",
            fix="check the address",
        )


def _stream(url: str) -> Any:
    fsspec = import_extra("fsspec", "remote")
    import_extra("s3fs" if url.startswith("s3://") else "aiohttp", "remote")
    options = _of_buckets() if url.startswith("s3://") else _of_servers()
    try:
        stream = ranges.persistently(lambda: _first_allowed(fsspec, url, options))
        empty = stream.size is None and not stream.read(1)
    except FileNotFoundError as error:
        if not _is_gone(error):
            raise _unreadable(url, error.__cause__ or error) from error
        raise UsageError(
            "no such file on the server",
            where=url,
            got=str(error) or "not found",
            expected="the address of an NWB file",
            fix="check the address",
        ) from error
    except ranges.failures() as error:
        raise _unreadable(url, error) from error
    if empty:
        raise _other_format(url)
    if stream.size is None:  # fsspec then reads from the start to the end, and only once
        raise _without_ranges(url)
    return stream


def _of_servers() -> list[dict[str, Any]]:
    """Return the options of an HTTP server: retries, uncompressed bytes."""
    timeout = import_module("aiohttp").ClientTimeout(
        total=None, sock_connect=ranges.CONNECT, sock_read=ranges.SILENCE
    )  # in all, a slow link takes as long as it takes
    return [{"client_kwargs": {"timeout": timeout, "headers": {"Accept-Encoding": "identity"}, "trust_env": True}}]


def _of_buckets() -> list[dict[str, Any]]:
    """Return the options of a bucket: anonymous first, then the machine's credentials."""
    patience = {"connect_timeout": ranges.CONNECT, "read_timeout": ranges.SILENCE, "retries": {"max_attempts": 1}}
    return [{"anon": anonymous, "config_kwargs": patience} for anonymous in (True, False)]


def _is_gone(error: FileNotFoundError) -> bool:
    """Return whether the server reported a missing file, as opposed to no response."""
    cause = error.__cause__
    from_http = isinstance(cause, import_module("aiohttp").ClientError | TimeoutError)
    return not from_http or ranges.status_of(error) in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def _first_allowed(fsspec: Any, url: str, options: list[dict[str, Any]]) -> Any:
    """Open an address with the first options that grant access.

    Raises
    ------
    OSError
        What the first attempt raised, if none is let.
    """
    refused: PermissionError | None = None
    for each in options:
        try:
            system, place = fsspec.core.url_to_fs(url, **each)
            return system.open(place, "rb", block_size=ranges.BLOCK, cache_type="none")
        except PermissionError as error:
            refused = refused or error
        except ranges.failures():
            if refused is None:
                raise
    raise refused or PermissionError(url)


def _refuse_other_formats(stream: Ranges, url: str) -> None:
    """Reject a file without HDF5's signature.

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
        raise _other_format(url)


def _other_format(url: str) -> SourceError:
    return SourceError(
        "this is not an NWB file",
        where=url,
        got="no HDF5 signature",
        expected="an NWB file (HDF5)",
        fix="name NWB files only; the address may belong to a page about the file",
    )


def _without_ranges(url: str) -> SourceError:
    return SourceError(
        "the server does not support ranges",
        where=url,
        got="no support of ranges, or no length",
        expected="a server that answers range requests",
        fix="download the file, and open the copy",
    )


def _damaged_remote_file(url: str, error: OSError) -> SourceError:
    return SourceError(
        "the file on the server is damaged or incomplete",
        where=url,
        got=str(error),
        expected="a complete NWB file",
        fix="tell its owner, or look for another copy",
    )


def _unreadable(url: str, error: BaseException) -> SourceError:
    if isinstance(error, PermissionError) or ranges.status_of(error) in _REFUSED:
        return SourceError(
            "the server denies access to this file",
            where=url,
            got=ranges.error_text(error),
            expected="a public file, or a bucket readable with this machine's credentials",
            fix="check the address, or download the file with your account and open the copy",
        )
    return SourceError(
        "cannot read the file from the server",
        where=url,
        got=ranges.error_text(error),
        expected="a complete NWB file",
        fix="try again later; if it persists, download the file and open the copy",
    )
