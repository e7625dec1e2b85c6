"""Zarr stores at addresses, which are named and not read."""

import re

from nwbgate.errors import UsageError

#: The name of a store in an address: a folder, or the end, or what a question follows.
_STORE = re.compile(r"[^?#]*?\.zarr(?=/|$|[?#])", re.IGNORECASE)
#: Why a store at an address is left out of what is judged.
REASON = "a Zarr store on a server; download it, and name the copy"


def store_of(address: str) -> str | None:
    """Return the part of an address that names a Zarr store, or None."""
    found = _STORE.match(address)
    return found[0] if found else None


def refuse_store(address: str) -> None:
    """Reject the address of a Zarr store, or of a file in one.

    Raises
    ------
    UsageError
        If it names one.
    """
    if store_of(address) is not None:
        raise UsageError(
            "Zarr stores on servers cannot be read",
            where=address,
            got="the address of a store, a folder of many files",
            expected="the address of an HDF5 file, or a store on this machine",
            fix="download the whole folder (`dandi download`, `aws s3 cp --recursive`), and name the copy",
        )
