"""Differences between two tables (CSV): rows by key, columns that were renamed between versions."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from nwbgate.comparison.datasets import value_text
from nwbgate.comparison.difference import Change, Difference, Pair
from nwbgate.comparison.tolerance import Tolerance
from nwbgate.errors import NwbgateError
from nwbgate.manifest.csv.csv_file import CsvFile
from nwbgate.manifest.specification.declaration import Table
from nwbgate.manifest.specification.spec import load_spec, shipped_specs

#: Rows that are named of those added or removed.
_NAMED = 10


def compare_tables(first: Path, second: Path, tolerance: Tolerance, ignored: Sequence[str] = ()) -> Pair:
    """Compare two CSV tables by their declared key or first column.

    Parameters
    ----------
    first, second : path
        The tables.
    tolerance : Tolerance
        Tolerance of numeric comparisons.
    ignored : sequence of str
        Patterns of names of columns that are left out.

    Returns
    -------
    Pair
        With its problem where a table cannot be read.
    """
    names = str(first), str(second)
    try:
        tables = CsvFile(first).frame(()), CsvFile(second).frame(())
    except NwbgateError as error:
        return Pair(*names, problem=str(error))
    declared = _fitting_declarations(second.name, tables)
    renamed = {old: new for table in declared for old, new in table.renamed.items()}
    one, two = (_known_columns(frame, renamed, ignored) for frame in tables)
    keys = _keys(declared, one, two)
    found = tuple(_differences(one, two, keys, tolerance))
    return Pair(*names, found, len({*one.columns, *two.columns}))


def _fitting_declarations(name: str, tables: tuple[pd.DataFrame, pd.DataFrame]) -> list[Table]:
    """Return the shipped declarations that fit both tables."""
    every = [table for spec in shipped_specs() for table in load_spec(spec).tables.values() if table.file == name]
    return [table for table in every if all({*table.columns} & {*frame.columns} for frame in tables)]


def _known_columns(frame: pd.DataFrame, renamed: dict[str, str], ignored: Sequence[str]) -> pd.DataFrame:
    """Return a table under its present names, without ignored columns."""
    present = frame.rename(columns={old: new for old, new in renamed.items() if new not in frame.columns})
    return present[[name for name in present if not any(fnmatchcase(str(name), pattern) for pattern in ignored)]]


def _keys(declared: list[Table], first: pd.DataFrame, second: pd.DataFrame) -> list[str]:
    """Return the columns that identify rows in both tables, if any."""
    candidates = [list(table.keys) for table in declared] + [[str(first.columns[0])]]
    for keys in candidates:
        if all({*keys} <= {*frame.columns} and not frame.duplicated(keys).any() for frame in (first, second)):
            return keys
    return []


def _differences(
    first: pd.DataFrame, second: pd.DataFrame, keys: list[str], tolerance: Tolerance
) -> Iterator[Difference]:
    for name in first.columns.difference(second.columns, sort=False):
        yield Difference(Change.REMOVED, str(name), "object", first="column")
    for name in second.columns.difference(first.columns, sort=False):
        yield Difference(Change.ADDED, str(name), "object", second="column")
    if not keys and len(first) != len(second):
        yield Difference(Change.CHANGED, "rows", "rows", str(len(first)), str(len(second)))
        return
    one, two = (frame.set_index(keys) if keys else frame for frame in (first, second))
    yield from _rows_of_one(one.index, two.index, keys)
    shared = one.index.intersection(two.index, sort=False)
    for name in one.columns.intersection(two.columns, sort=False):
        yield from _cells(str(name), one.loc[shared, name], two.loc[shared, name], tolerance)


def _rows_of_one(first: pd.Index, second: pd.Index, keys: list[str]) -> Iterator[Difference]:
    rows = " and ".join(keys) or "row"
    for change, only in ((Change.REMOVED, first.difference(second)), (Change.ADDED, second.difference(first))):
        if len(only):
            more = ", ..." if len(only) > _NAMED else ""
            named = f"{', '.join(map(str, only[:_NAMED]))}{more}"
            texts = (named, "") if change is Change.REMOVED else ("", named)
            yield Difference(change, rows, "rows", *texts, count=len(only))


def _cells(name: str, first: "pd.Series", second: "pd.Series", tolerance: Tolerance) -> Iterator[Difference]:
    differing = _differing(first, second, tolerance)
    if not differing.any():
        return
    sizes = _sizes(first, second, differing)
    row = int(np.argmax(sizes if sizes is not None else differing))
    yield Difference(
        Change.CHANGED,
        name,
        "values",
        value_text(first.iloc[row]),
        value_text(second.iloc[row]),
        int(differing.sum()),
        float(sizes[row]) if sizes is not None else None,
        str(first.index[row]),
    )


def _differing(first: "pd.Series", second: "pd.Series", tolerance: Tolerance) -> npt.NDArray[np.bool_]:
    if is_numeric_dtype(first.dtype) and is_numeric_dtype(second.dtype):
        return tolerance.differing(first.to_numpy(), second.to_numpy())
    one, two = (column.astype(object).where(column.notna(), None).map(_text).to_numpy() for column in (first, second))
    return np.asarray(one != two)


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _sizes(first: "pd.Series", second: "pd.Series", differing: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64] | None:
    if not (is_numeric_dtype(first.dtype) and is_numeric_dtype(second.dtype)):
        return None
    size = np.abs(first.to_numpy(np.float64) - second.to_numpy(np.float64))
    return np.where(differing, np.where(np.isnan(size), np.inf, size), -1.0)
