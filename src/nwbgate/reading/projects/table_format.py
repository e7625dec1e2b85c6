"""Project tables in the format of AllenSDK's cache: index, order, types.

AllenSDK 2.16.2, ``get_behavior_session_table`` and its kin: the index is the number that names a row, ``mouse_id`` is
text, dates are in UTC, lists are lists, and counts that may be missing are nullable integers.
"""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.errors import SourceWarning, TableError
from nwbgate.manifest.specification.declaration import Spec
from nwbgate.manifest.specification.recognition import differences_to
from nwbgate.manifest.specification.spec import load_spec, shipped_specs
from nwbgate.manifest.tables import UNPARSED, read_tables, table_paths
from nwbgate.storage.remote_files.address import Address

#: Table to the column that is its index.
INDEX = {
    "behavior_sessions": "behavior_session_id",
    "ophys_sessions": "ophys_session_id",
    "ophys_experiments": "ophys_experiment_id",
    "ophys_cells": "cell_roi_id",
    "recordings": "recording_id",
}
#: Columns that are nullable integers even where no value is missing, as AllenSDK returns them.
NULLABLE = frozenset({
    "session_number", "age_in_days", "prior_exposures_to_image_set", "prior_exposures_to_session_type",
    "prior_exposures_to_omissions", "ophys_session_id", "imaging_plane_group_count", "imaging_plane_group",
    "num_depths_per_area", "num_targeted_structures", "cell_specimen_id",
})  # fmt: skip
#: Order in which the published tables show the columns that they have; others follow in the order of the file.
ORDER = (
    "behavior_session_id", "ophys_session_id", "ophys_container_id", "mouse_id", "indicator", "full_genotype",
    "driver_line", "cre_line", "reporter_line", "sex", "age_in_days", "imaging_depth", "targeted_structure",
    "targeted_imaging_depth", "imaging_plane_group_count", "imaging_plane_group", "project_code", "session_type",
    "session_number", "image_set", "behavior_type", "passive", "experience_level", "prior_exposures_to_session_type",
    "prior_exposures_to_image_set", "prior_exposures_to_omissions", "date_of_acquisition", "equipment_name",
    "num_depths_per_area", "ophys_experiment_id", "num_targeted_structures", "published_at", "isi_experiment_id",
)  # fmt: skip
#: Days, which AllenSDK leaves as text.
_DAYS = ("published_at",)


def manifest_spec(folder: Path, spec: str | Path | Spec | None = None) -> Spec | None:
    """Return the specification of a manifest folder: the named or nearest one.

    Returns
    -------
    Spec or None
        None where the folder has no table of any specification, as the files of a server, which are listed alone.

    Raises
    ------
    SpecError
        If a specification is named that there is not.
    TableError
        If the folder does not exist, or a table is none.
    """
    if isinstance(folder, Address):
        return None
    known = [load_spec(name) for name in shipped_specs()] if spec is None else [load_spec(spec)]
    fitting = [each for each in known if table_paths(folder, each)]
    return min(fitting, key=lambda each: _distance(folder, each)) if fitting else None


def _distance(folder: Path, spec: Spec) -> int:
    """Return the distance of tables from a specification."""
    return len(differences_to(folder, spec)) - 10 * len(table_paths(folder, spec))


def manifest_table(folder: Path, spec: Spec, name: str) -> pd.DataFrame | None:
    """Return one manifest table in AllenSDK's format, or None.

    Raises
    ------
    TableError
        If the table is not a sound CSV file, or its index is missing.
    """
    path = table_paths(folder, spec).get(name)
    if path is None:
        return None
    read = read_tables(folder, spec.model_copy(update={"tables": {name: spec.tables[name]}}))
    index = INDEX.get(name, spec.tables[name].keys[0])
    frame = with_columns(read[name], path, index)
    _warn_of_cells(read[UNPARSED], path)
    named = frame[frame[index].notna()]
    if len(named) < len(frame):
        rows = len(frame) - len(named)
        _warn(path, f"{rows} row{'s have' if rows > 1 else ' has'} no {index} and cannot be named: left out")
    return as_published(named, index)


def with_columns(frame: pd.DataFrame, place: object, *columns: str) -> pd.DataFrame:
    """Return a table after checking for certain columns or index levels.

    Raises
    ------
    TableError
        If one of them is missing.
    """
    missing = [name for name in columns if name not in frame and name not in frame.index.names]
    if missing:
        raise TableError(
            f"the table has no column {' and no '.join(missing)}",
            where=str(place),
            got=", ".join(map(str, frame.columns)),
            expected=", ".join(columns),
            fix="add the column, or remove the table",
        )
    return frame


def _warn_of_cells(cells: pd.DataFrame, path: Path) -> None:
    if len(cells):
        first = cells.iloc[0]
        counted = f"{len(cells)} cell{'s' if len(cells) > 1 else ''} of the wrong type treated as missing"
        _warn(path, f"{counted}: {first['text']!r} in {first['column']}; nwbgate check names them all")


def _warn(path: Path, what: str) -> None:
    warnings.warn(SourceWarning(f"{path}: {what}"), stacklevel=4)


def as_published(frame: pd.DataFrame, index: str) -> pd.DataFrame:
    """Return a table with AllenSDK's index, order and types."""
    first = [name for name in ORDER if name in frame] if index in ORDER else []
    ordered = frame[[*first, *(name for name in frame if name not in first)]]
    typed = pd.DataFrame({name: _typed_column(str(name), ordered[name]) for name in ordered}).set_index(index)
    return typed.set_axis(typed.index.astype("int64")) if typed.index.dtype == "Int64" else typed


def _typed_column(name: str, column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column in AllenSDK's type."""
    missing = bool(column.isna().any())
    if name in _DAYS and isinstance(column.dtype, pd.DatetimeTZDtype):
        days: pd.Series[Any] = column.dt.strftime("%Y-%m-%d").astype(object)
        return days
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.astype("Int64" if missing or name in NULLABLE else "int64")
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.astype("boolean" if missing else "bool")
    if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        return _objects(column)
    return column


def _objects(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return texts and lists, with NaN for missing ones."""
    cells = np.empty(len(column), dtype=object)
    for place, value in enumerate(column):
        cells[place] = list(value) if isinstance(value, tuple) else np.nan if value is None else value
    return pd.Series(cells, index=column.index, dtype=object)
