"""NWB files at addresses: single files, prefixes of buckets, and dandisets."""

from typing import Any

from nwbgate.errors import FetchError, UsageError
from nwbgate.extras import import_extra
from nwbgate.storage.remote_files.address import Address, naming
from nwbgate.storage.remote_files.ranges import failures
from nwbgate.storage.remote_files.remote_stores import REASON, refuse_store, store_of
from nwbgate.storage.safe_files.folder_contents import NWB, Contents, NotJudged


def server_contents(address: Address) -> Contents:
    """Return the NWB files that an address means, and the stores left out.

    Parameters
    ----------
    address : Address
        ``http(s)://`` of a file, ``s3://`` of a file or of a prefix, or ``dandi://`` of a dandiset.

    Raises
    ------
    UsageError
        If it means none, or a Zarr store.
    UnreachableError, FetchError
        If the server does not answer, or refuses.
    """
    text = str(address)
    refuse_store(text)
    if text.startswith("dandi://") and address.url == text:
        return _of_dandiset(text)
    if text.startswith("s3://") and not text.lower().endswith(NWB):
        return _of_prefix(text)
    if text.startswith("ftp:"):
        raise UsageError(
            "files of FTP servers cannot be read in ranges",
            where=text,
            expected="http://, https://, s3:// or dandi://",
            fix="download the file and name the copy",
        )
    return Contents((address,))


def _of_dandiset(text: str) -> Contents:
    """Return the NWB files and Zarr stores of a dandiset."""
    from nwbgate.archives.dandi_files import dandi_files

    found = dandi_files(text)
    files = tuple(Address(one.address, one.url, one.bytes) for one in found if not one.is_store)
    if not files:
        raise UsageError(
            "the address means Zarr stores only",
            where=text,
            got=f"{len(found)} stores",
            expected="files whose name ends in .nwb",
            fix="download the stores (`dandi download`) and name the copies",
        )
    return Contents(files, tuple(NotJudged(Address(one.address), REASON) for one in found if one.is_store))


def with_size(address: Address) -> Address:
    """Return an address with its file's size, asking the server if unknown.

    Raises
    ------
    UsageError, SourceError
        If the server does not have the file, refuses, or does not answer.
    """
    if address.size is not None:
        return address
    from nwbgate.storage.remote_files.remote import open_stream

    with naming(address), open_stream(address.url) as stream:
        return Address(address.shown, address.url, stream.size)


def _of_prefix(text: str) -> Contents:
    """Return the NWB files and Zarr stores below a prefix of a bucket."""
    found = _list_files(text)
    stores = {name: store for name in sorted(found) if (store := store_of(name)) is not None}
    files = [
        (name, entry) for name, entry in sorted(found.items()) if name.lower().endswith(NWB) and name not in stores
    ]
    if not files:
        stored = len({*stores.values()})
        raise UsageError(
            "this prefix contains no NWB file",
            where=text,
            got=f"{len(found) - len(stores)} other files" + (f" and {stored} Zarr stores" if stored else ""),
            expected="files whose name ends in .nwb",
            fix="download the stores and name the copies"
            if stored
            else "check the prefix: it ends where the names of the files begin to differ",
        )
    named = tuple(NotJudged(Address(f"s3://{store}"), REASON) for store in sorted({*stores.values()}))
    return Contents(tuple(Address(f"s3://{name}", size=entry.get("size")) for name, entry in files), named)


def _list_files(text: str) -> dict[str, Any]:
    s3fs = import_extra("s3fs", "remote")
    refused: Exception | None = None
    for anonymous in (True, False):
        try:
            listed: dict[str, Any] = s3fs.S3FileSystem(anon=anonymous).find(text, detail=True)
            return listed
        except PermissionError as error:
            refused = refused or error
        except failures() as error:
            refused = error
            break
    raise FetchError(
        "cannot list the files of this prefix",
        where=text,
        got=f"{type(refused).__name__}: {refused}",
        expected="a public bucket, or one readable with this machine's credentials",
        fix="check bucket and prefix, or name single files",
    )
