"""Files named on the command line: files, folders that are searched, addresses."""

from collections.abc import Iterable
from pathlib import Path

from nwbgate.errors import UsageError
from nwbgate.storage.nwb_paths import contents
from nwbgate.storage.safe_files.file_errors import is_url


def found_files(sources: Iterable[str]) -> list[Path | str]:
    """Return the NWB files at paths and addresses, in their order.

    Raises
    ------
    UsageError
        If a path does not exist, or there is no NWB file.
    """
    found: list[Path | str] = []
    sources = tuple(sources)
    for source in sources:
        found += [source] if is_url(source) else contents(source).files
    if not found:
        raise UsageError(
            "no NWB file found", where=" ".join(sources), expected="NWB files, or folders with them",
            fix="convert a source first: nwbgate convert",
        )  # fmt: skip
    return list(dict.fromkeys(found))
