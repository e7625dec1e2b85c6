"""Files at http(s):// and s3:// addresses, read in ranges."""

import re
from pathlib import Path
from typing import Any

import h5py

from nwbgate.errors import SourceError, UsageError
from nwbgate.extras import imported
from nwbgate.reading.hdf5 import require_nwb

_URL = re.compile(r"^(https?|s3)://")
#: Bytes of a block that is fetched at once. Tables are many small pieces, megabytes apart: large blocks fetch what is
#: not asked for, small ones ask often.
BLOCK = 2**16
#: Blocks that are kept.
KEPT = 512


def is_url(path: Path | str) -> bool:
    """Return whether a path is an address of a server."""
    return bool(_URL.match(str(path)))


def open_url(url: str) -> h5py.File:
    """Open an NWB file on a server; only the ranges that are asked for are fetched.

    Parameters
    ----------
    url : str
        ``http://``, ``https://`` or ``s3://bucket/key`` of a public bucket.

    Raises
    ------
    MissingExtraError
        If the extra ``remote`` is not installed.
    UsageError
        If there is no such file on the server.
    SourceError
        If the server does not give ranges or breaks off, or the file is no NWB file.
    """
    stream = _stream(url)
    try:
        file = h5py.File(stream, "r")
    except (OSError, RuntimeError) as error:
        raise _unreadable(url, error) from error
    require_nwb(file, url)
    return file


def _stream(url: str) -> Any:
    fsspec = imported("fsspec", "remote")
    imported("s3fs" if url.startswith("s3://") else "aiohttp", "remote")
    options = {"anon": True} if url.startswith("s3://") else {}
    try:
        stream = fsspec.open(
            url, "rb", block_size=BLOCK, cache_type="blockcache", cache_options={"maxblocks": KEPT}, **options
        ).open()
    except FileNotFoundError as error:
        raise UsageError("there is no such file on the server", where=url, fix="check the address") from error
    except Exception as error:
        raise _unreadable(url, error) from error
    if not hasattr(stream, "cache"):  # fsspec streams from the start where the server does not give ranges
        raise SourceError(
            "the server does not give parts of a file",
            where=url,
            got="no support of ranges, or no length",
            expected="a server that answers range requests",
            fix="download the file, and open the copy",
        )
    return stream


def _unreadable(url: str, error: Exception) -> SourceError:
    return SourceError(
        "the file cannot be read from the server",
        where=url,
        got=f"{type(error).__name__}: {error}".strip("'\""),
        expected="a complete NWB file",
        fix="try again later; if it stays so, download the file and open the copy",
    )
