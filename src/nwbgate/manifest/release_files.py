"""The list of files of a release: its manifest JSON beside the tables."""

from pathlib import Path

import pandas as pd
from pydantic import BaseModel, Field, ValidationError

from nwbgate.errors import TableError

#: Name of the frame of listed files.
LISTED = "release_files"
#: How releases compute the checksums of their files, and what one looks like.
ALGORITHM, DIGEST = "blake2b", "[0-9a-f]{128}"
#: Folder of lists in a release, and how they are called.
_FOLDER, _NAMES = "manifests", "*_manifest_v*.json"


class ListedFile(BaseModel):
    """A file as the list has it.

    Attributes
    ----------
    url : str
        Its address.
    file_hash : str
        Its BLAKE2b digest, as 128 hexadecimal digits.
    """

    url: str
    file_hash: str = Field(pattern=f"^{DIGEST}$")

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.url.rpartition("/")[2]


class ReleaseList(BaseModel):
    """Content of a manifest JSON.

    Attributes
    ----------
    metadata_files : dict of str to ListedFile
        The tables by name.
    data_files : dict of int to ListedFile
        The data files by number, ``file_id`` of the tables.
    """

    metadata_files: dict[str, ListedFile]
    data_files: dict[int, ListedFile]


def listed_files(tables: Path) -> pd.DataFrame | None:
    """Return number and name of each listed file; None without a single list.

    Parameters
    ----------
    tables : Path
        Folder of the CSV files. The list is beside them, or in the folder ``manifests`` of the same release.

    Raises
    ------
    TableError
        If the list cannot be read.
    """
    found = sorted(path for place in (tables, tables / _FOLDER, tables.parent / _FOLDER) for path in lists_in(place))
    if len(found) != 1:  # lists of several versions: which one is meant is not known
        return None
    files = read_release_list(found[0]).data_files
    return pd.DataFrame({"file_id": list(files), "name": [file.name for file in files.values()]}, dtype=object)


def lists_in(folder: Path) -> list[Path]:
    """Return the manifest JSONs of a folder, by name."""
    return sorted(folder.glob(_NAMES))


def read_release_list(path: Path) -> ReleaseList:
    """Return what a manifest JSON says.

    Raises
    ------
    TableError
        If it cannot be read, is not JSON, or lacks a part.
    """
    try:
        return ReleaseList.model_validate_json(path.read_bytes())
    except OSError as problem:
        got = str(problem.strerror)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        got = ": ".join(part for part in (".".join(map(str, first["loc"])), first["msg"]) if part)
    raise TableError(
        "cannot read the list of the release's files",
        where=str(path),
        got=got,
        expected="a JSON object with metadata_files and data_files, each with its url and its BLAKE2b file_hash",
        fix="download it again, or move it out of the release: files are then not compared with it",
    )
