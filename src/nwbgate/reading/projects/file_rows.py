"""Facts of any NWB file from its metadata and dataset shapes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeGuard

import h5py
import numpy as np
import pandas as pd

from nwbgate.errors import NwbgateError, UsageError, nearest
from nwbgate.manifest.filters import query_rows
from nwbgate.reading.format.row_counts import group_length
from nwbgate.reading.format.time_series import is_series, period_of
from nwbgate.reading.nwb_data import NWBData
from nwbgate.storage.hdf5 import dataset_at, group_at, groups, neurodata_type
from nwbgate.storage.values import one_number

#: Columns of the table, and the type of each.
COLUMNS = {
    "path": "object", "session_id": "object", "subject_id": "object", "species": "object", "sex": "object",
    "age": "object", "session_start_time": "object", "duration": "float64", "n_trials": "Int64", "n_units": "Int64",
    "n_electrodes": "Int64", "n_planes": "Int64", "n_rois": "Int64", "n_series": "Int64",
}  # fmt: skip

#: Types of values of each type of column, beside None.
_TYPES = {"object": (str, int, float), "float64": (int, float), "Int64": (int,)}


def file_row(path: Path) -> dict[str, Any]:
    """Return a file's facts from metadata, shapes and end times only.

    Parameters
    ----------
    path : Path
        An NWB file.

    Returns
    -------
    dict
        Values of `COLUMNS`: ids and subject as the file has them, ``duration`` (seconds from the first to the last
        sample of any series; NaN without one), and numbers of trials, units, electrodes, planes, ROIs and series.
    """
    with NWBData(path) as opened:
        found = list(groups(opened.file))
        series = [group for group in found if is_series(group)]
        kinds = [neurodata_type(group) for group in found]
        rois = [group for group, kind in zip(found, kinds, strict=True) if kind == "PlaneSegmentation"]
        facts = {name: opened.metadata.get(name) for name in COLUMNS if name in opened.metadata}
        return {
            **facts,
            "path": str(path),
            "duration": _duration(series),
            "n_trials": _rows(opened.file, "/intervals/trials"),
            "n_units": _rows(opened.file, "/units"),
            "n_electrodes": _rows(opened.file, "/general/extracellular_ephys/electrodes"),
            "n_planes": kinds.count("ImagingPlane"),
            "n_rois": sum(group_length(group) or 0 for group in rois),
            "n_series": len(series),
        }


def is_row(values: object) -> TypeGuard[dict[str, Any]]:
    """Return whether values have the form of a row without its path."""
    if not isinstance(values, dict) or not values.keys() <= COLUMNS.keys() - {"path"}:
        return False
    return all(value is None or isinstance(value, _TYPES[COLUMNS[name]]) for name, value in values.items())


def _rows(file: h5py.File, path: str) -> int:
    group = group_at(file, path)
    return (group_length(group) or 0) if group is not None else 0


def _duration(series: list[h5py.Group]) -> float:
    """Return seconds from first to last sample of all series; NaN without samples."""
    spans = [span for span in map(_span, series) if span is not None]
    return max(stop for _, stop in spans) - min(start for start, _ in spans) if spans else float("nan")


def _span(group: h5py.Group) -> tuple[float, float] | None:
    """Return the first and last sample times, or None if unreadable."""
    try:
        times, data = dataset_at(group, "timestamps"), dataset_at(group, "data")
        if times is not None:
            ends = np.asarray(times[[0, -1]] if times.shape[0] > 1 else times[[0, 0]], np.float64)
            return (float(ends[0]), float(ends[1])) if np.isfinite(ends).all() else None
        start = dataset_at(group, "starting_time")
        if start is None or data is None or not data.shape or not data.shape[0]:
            return None
        begun = one_number(start)
        return begun, begun + (data.shape[0] - 1) * period_of(start)
    except (NwbgateError, OSError, ValueError, IndexError, TypeError):  # of one series: the others still have times
        return None


def file_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the rows of files as a table with the columns `COLUMNS`."""
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def select_rows(table: pd.DataFrame, where: str | None, equal: dict[str, Any]) -> pd.DataFrame:
    """Return the rows that fulfil a query and have the given values.

    Parameters
    ----------
    table : DataFrame
        The table of files.
    where : str, optional
        Query of pandas, such as ``n_units > 10 and sex == 'F'``.
    equal : dict
        Column to the value, or list of values, that it must have.

    Raises
    ------
    UsageError
        If there is no such column, or the query is not one.
    """
    columns = [str(name) for name in table]
    for name, value in equal.items():
        if name not in table:
            raise UsageError(
                f"the table of files has no column {name!r}",
                where="select_files",
                got=name,
                expected=f"one of {', '.join(columns)}",
                fix=nearest(name, columns) or "use one of these names",
            )
        table = table[table[name].isin(value if isinstance(value, list | tuple | set) else [value])]
    return query_rows(table, where, "select_files") if where else table


def file_named(which: str | Path, paths: Sequence[Path], table: pd.DataFrame, folder: Path) -> Path:
    """Return the file of a ``session_id``, or of a path or name.

    Raises
    ------
    UsageError
        If no file, or several, have this id or path.
    """
    by_path = [path for path in paths if which in (path, str(path), path.name)]
    of_session = set(table.loc[table["session_id"] == str(which), "path"])
    found = by_path or [path for path in paths if str(path) in of_session]
    if len(found) == 1:
        return found[0]
    known = [str(each) for each in table["session_id"].dropna()]
    raise UsageError(
        f"{len(found) or 'no'} files are of session {str(which)!r}",
        where=str(folder),
        got=", ".join(map(str, found[:5])) or str(which),
        expected="the session_id of one file, or its path: see project.nwb_files",
        fix="give the path" if found else nearest(str(which), known) or "use one of these ids",
    )
