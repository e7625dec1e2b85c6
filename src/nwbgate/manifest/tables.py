"""Manifest tables as typed frames, one row per CSV row."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pandas as pd

from nwbgate.errors import TableError
from nwbgate.manifest.csv.cells import NUMERIC, parse_cells, without_zone
from nwbgate.manifest.csv.csv_file import CsvFile
from nwbgate.manifest.csv.spreadsheet import WORKBOOKS
from nwbgate.manifest.specification.declaration import Spec, Table

#: Folder of the tables inside a release.
RELEASE_FOLDER = "project_metadata"
#: Name of the frame of cells that are not of their column's type.
UNPARSED = "unparsed_cells"


def read_tables(folder: str | Path, spec: Spec) -> dict[str, pd.DataFrame]:
    """Read the tables of a manifest.

    Parameters
    ----------
    folder : str or Path
        Folder with the CSV files, or with a folder ``project_metadata`` that has them, as in a release.
    spec : Spec
        Which tables and columns there are, and of what type.

    Returns
    -------
    dict of str to DataFrame
        Each table of the manifest that is there, by name, with rows numbered from 0 and keys as columns: ``Int64``,
        ``float64``, ``boolean``, ``datetime64[us, UTC]`` (a missing zone is UTC), text as ``object``, lists as tuples.
        Columns that the specification does not know are there as text. The further frame ``unparsed_cells`` has one
        row per cell that is not of its column's type (columns ``table``, ``column``, ``row``, ``text``); such a cell is
        missing in its own frame.

    Raises
    ------
    TableError
        If a table that is not optional is missing, or a file is not a sound CSV table.
    """
    paths = table_paths(folder, spec)
    missing = [
        str(table.file) for name, table in spec.manifest_tables.items() if name not in paths and not table.optional
    ]
    if missing:
        refuse_several_releases(folder)
        raise TableError(
            f"the manifest has no {' and no '.join(missing)}",
            where=str(tables_folder(folder)),
            expected=f"the tables of {spec.name}: {_files(spec)}",
            fix="add the table, or use a specification without it",
        )
    largest_first = sorted(paths, key=lambda name: -paths[name].stat().st_size)
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = {name: pool.submit(_read_table, paths[name], spec.tables[name]) for name in largest_first}
    read = {name: jobs[name].result() for name in paths}
    frames = {name: frame for name, (frame, _) in read.items()}
    return {**frames, UNPARSED: _unparsed_text({name: cells for name, (_, cells) in read.items()})}


def _files(spec: Spec) -> str:
    return ", ".join(str(table.file) for table in spec.manifest_tables.values())


def tables_folder(folder: str | Path) -> Path:
    """Return the folder of the CSV files: `folder`, its ``project_metadata``, or its only release's.

    Both layouts of a local copy are known: a release's own folder, and a folder with one release in it.

    Raises
    ------
    TableError
        If there is no such folder, or it cannot be read.
    """
    given = Path(folder)
    if given.is_file():
        raise TableError(
            "a file is given for a folder of tables",
            where=str(given),
            got="a file",
            expected="the folder with all tables",
            fix=f"name its folder: {given.parent}",
        )
    if not given.is_dir():
        raise TableError("no such folder of tables", where=str(given), fix="check the path")
    found = _releases(given)
    return found[0] if len(found) == 1 else given


def refuse_several_releases(folder: str | Path) -> None:
    """Raise if a folder without its own tables contains more than one release.

    Raises
    ------
    TableError
        Naming the releases.
    """
    found = [place.parent for place in _releases(Path(folder))]
    if len(found) > 1:
        raise TableError(
            "the folder contains several releases",
            where=str(folder),
            got=", ".join(place.name for place in found),
            expected="the tables of one",
            fix=f"name the folder of one, such as {found[-1]}",
        )


def _releases(folder: Path) -> list[Path]:
    places = [folder / RELEASE_FOLDER, *sorted(folder.glob(f"*/{RELEASE_FOLDER}"))]
    with _readable(folder):
        return [place for place in places if place.is_dir()]


def table_paths(folder: str | Path, spec: Spec) -> dict[str, Path]:
    """Return the existing file (CSV or workbook) of each table of `spec`.

    Raises
    ------
    TableError
        If there is no such folder, or it cannot be read, or it has tables both itself and in a release below it.
    """
    given, place = Path(folder), tables_folder(folder)
    below, beside = _files_in(place, spec), _files_in(given, spec) if place != given else {}
    if below and beside:
        raise TableError(
            "the folder contains two manifests",
            where=str(given),
            got=f"{next(iter(beside.values()))} and {next(iter(below.values()))}",
            expected="a single manifest",
            fix="move one of them away, or name the folder of the other",
        )
    return below or beside


def _files_in(folder: Path, spec: Spec) -> dict[str, Path]:
    files = {name: folder / table.file for name, table in spec.manifest_tables.items() if table.file is not None}
    with _readable(folder):
        found = {name: _file_or_workbook(path) for name, path in files.items()}
    return {name: path for name, path in found.items() if path is not None}


def _file_or_workbook(path: Path) -> Path | None:
    """Return the CSV file or workbook of a table, or None."""
    places = [each for each in (path, *(path.with_suffix(ending) for ending in WORKBOOKS)) if each.is_file()]
    if len(places) > 1:
        raise TableError(
            "two files of one table",
            where=str(path.parent),
            got=" and ".join(each.name for each in places),
            expected="one file",
            fix="take one of them away",
        )
    return places[0] if places else None


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Turn a denied folder access into an error."""
    try:
        yield
    except PermissionError as error:
        raise TableError(
            "cannot read the folder of tables",
            where=str(folder),
            got=str(error.strerror),
            fix="check its permissions",
        ) from error


def _read_table(path: Path, table: Table) -> tuple[pd.DataFrame, dict[str, dict[int, str]]]:
    """Return a table's frame, and the unparsable cells' text by column and row."""
    file = CsvFile(path)
    kinds = {name: table.columns[name].type if name in table.columns else "string" for name in file.columns}
    raw = file.frame([name for name, kind in kinds.items() if kind not in NUMERIC])
    columns, unparsed = {}, {}
    for name, kind in kinds.items():
        # an id that was rounded is a whole number too, read as a float: only its text tells
        rounded = kind == "integer" and raw[name].dtype == "float64" and file.has_exponents
        cells = file.text(name) if rounded else raw[name]
        columns[name], wrong = parse_cells(cells, kind, partial(file.text, name))
        if name in table.columns and table.columns[name].zoned:
            wrong |= without_zone(raw[name])
            columns[name] = columns[name].mask(columns[name].index.isin(list(wrong)))
        if wrong:
            unparsed[name] = wrong
    return pd.DataFrame(columns, copy=False), unparsed


def _unparsed_text(tables: Mapping[str, Mapping[str, Mapping[int, str]]]) -> pd.DataFrame:
    rows = [
        (table, column, row, text)
        for table, columns in tables.items()
        for column, cells in columns.items()
        for row, text in cells.items()
    ]
    parts: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) or [[], [], [], []]
    frame = pd.DataFrame(dict(zip(("table", "column", "row", "text"), parts, strict=True)), dtype=object)
    return frame.assign(row=frame["row"].astype("int64"))
