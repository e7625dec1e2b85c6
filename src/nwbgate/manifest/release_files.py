"""The list of files of a release, from its manifest JSON beside the tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from nwbgate.errors import TableError
from nwbgate.json_text import parse_json

#: Name of the frame of listed files.
LISTED = "release_files"
#: Folder of manifests in a release, and how they are called.
_FOLDER, _NAMES = "manifests", "*_manifest_v*.json"


def listed_files(tables: Path) -> pd.DataFrame | None:
    """Return number and name of each listed file; None without a single list.

    Parameters
    ----------
    tables : Path
        Folder of the CSV files. The list is beside them, or in the folder ``manifests`` of the same release.

    Raises
    ------
    TableError
        If the list is not JSON, or names no data files.
    """
    found = sorted({*tables.glob(_NAMES), *(tables / _FOLDER).glob(_NAMES), *(tables.parent / _FOLDER).glob(_NAMES)})
    if len(found) != 1:  # lists of several versions: which one is meant is not known
        return None
    rows = list(_rows(found[0]))
    return pd.DataFrame({"file_id": [number for number, _ in rows], "name": [name for _, name in rows]}, dtype=object)


def _rows(path: Path) -> Iterator[tuple[int, str]]:
    for number, entry in _data_files(path).items():
        url = entry.get("url") if isinstance(entry, dict) else None
        if number.isdecimal() and isinstance(url, str):
            yield int(number), url.rsplit("/", 1)[-1]


def _data_files(path: Path) -> dict[str, Any]:
    try:
        content = parse_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _wrong(path, str(error), "JSON") from None
    files = content.get("data_files") if isinstance(content, dict) else None
    if not isinstance(files, dict):
        raise _wrong(path, type(files).__name__, "a mapping data_files of numbers to files")
    return files


def _wrong(path: Path, got: str, expected: str) -> TableError:
    return TableError(
        "the list of the release's files cannot be read",
        where=str(path),
        got=got,
        expected=expected,
        fix="fetch the manifest again, or move it out of the folder of the tables",
    )
