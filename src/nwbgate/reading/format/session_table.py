"""One session table of a file, from any home of its layout."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.errors import SourceError
from nwbgate.reading.format.columns import ColumnArray, absent, typed_values
from nwbgate.reading.format.dynamic_table import Values, column_names, read_column, read_values, refuse_ragged_rows
from nwbgate.reading.format.layouts import Home, LayoutName, LayoutTable, session_tables
from nwbgate.storage.hdf5 import at, dataset_at, group_at
from nwbgate.storage.values import attribute as attribute_of
from nwbgate.storage.values import length, refuse_empty, refuse_large, text, vector, whole_numbers

#: Dataset of an Images container that refers to its images in the order in which they are indexed.
_ORDER = "order_of_images"
#: Dataset of a stack of images that describes each.
_DESCRIBED = "control_description"


@dataclass(frozen=True)
class Found:
    """A session table as found.

    Parameters
    ----------
    frame : pandas.DataFrame or None
        Its rows with every described column, optional ones filled with missing values where the file has none; None
        when the file lacks a column that the table is of no use without.
    columns : list of dict
        Rows of the summary ``columns``.
    """

    frame: pd.DataFrame | None
    columns: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Part:
    """The raw columns of one group or table."""

    path: str
    values: dict[str, Values]
    n_rows: int
    plane: str | None = None


def find_table(file: h5py.File, name: str, layout: LayoutName, planes: dict[str, str]) -> Found | None:
    """Read a session table; None if the file has none.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    name : str
        A name under ``tables`` of `session_tables.yaml`.
    layout : {"standard", "released"}
        Layout whose homes are tried.
    planes : dict
        What `plane_names` returned.

    Raises
    ------
    SourceError
        If the table's columns do not have one length, or a ragged one cannot be split.
    """
    table = session_tables().tables[name]
    for home in table.homes.get(layout, ()):
        parts = [part for path, plane in places(file, home, planes) if (part := _part(file, home, table, path, plane))]
        if parts:
            return _join_parts(name, table, home, parts)
    return None


def incomplete(where: str, name: str, found: Found) -> SourceError:
    """Return the error for missing columns or unreadable values of a table.

    Parameters
    ----------
    where : str
        The file.
    name : str
        The table.
    found : Found
        What `find_table` returned for it, without a frame.
    """
    columns = session_tables().tables[name].columns
    lacking = [fact["column"] for fact in found.columns if fact["required"] and not fact["found"]]
    wrong = [fact for fact in found.columns if fact["required"] and fact["found"] and fact["n_unreadable"]]
    there = ", ".join(fact["column"] for fact in found.columns if fact["found"])
    got = [f"no column {', '.join(lacking)}; existing columns: {there}"] if lacking else []
    got += [f"{fact['n_unreadable']} values of {fact['column']} of type {fact['stored']}" for fact in wrong]
    needed = [f"{fact['column']} ({columns[fact['column']].type})" for fact in found.columns if fact["required"]]
    return SourceError(
        f"the table {name} lacks columns" if lacking else f"cannot read values of the table {name}",
        where=f"{where} {found.columns[0]['home']}",
        got="; ".join(got),
        expected=", ".join(needed),
        fix="convert the session again; session.tables gives the stored tables",
    )


def places(file: h5py.File, home: Home, planes: dict[str, str]) -> Iterator[tuple[str, str | None]]:
    """Yield every HDF5 path of a home, with its imaging plane."""
    if "{plane}" in home.path:
        for path, plane in planes.items():
            yield home.path.replace("{plane}", path.rsplit("/", 1)[-1]), plane
    elif "*" in home.path:
        folder, pattern = home.path.rsplit("/", 1)
        for name in group_at(file, folder) or ():
            if fnmatchcase(name, pattern):
                yield f"{folder}/{name}", None
    else:
        yield home.path, None


def _part(file: h5py.File, home: Home, table: LayoutTable, path: str, plane: str | None) -> _Part | None:
    group = group_at(file, path)
    if group is None:
        return None
    if home.image_stack or home.images:
        return _images(path, image_names(group), plane)
    values = _table_values(group, home, table) if home.table else _group_values(group, home)
    if not values:
        return None
    ids = dataset_at(group, "id") if home.table else None
    lengths = ({} if ids is None else {"id": length(ids)}) | {column: len(rows) for column, rows in values.items()}
    refuse_ragged_rows(group, lengths)
    n_rows = next(iter(lengths.values()))
    return _Part(path, values, n_rows, plane)


def _images(path: str, names: list[str], plane: str | None) -> _Part:
    return _Part(path, {"image_name": np.array(names, dtype=object)}, len(names), plane)


def image_names(group: h5py.Group) -> list[str]:
    """Return the names of the images of a stack or container, in their order.

    Parameters
    ----------
    group : h5py.Group
        A stack of images that it describes one by one, or a container of images.
    """
    described, order = dataset_at(group, _DESCRIBED), dataset_at(group, _ORDER)
    if described is not None:
        return list(read_values(described))
    if order is None:
        return [name for name in group if dataset_at(group, name) is not None]
    return [text(path).rsplit("/", 1)[-1] for path in read_values(order)]


def _table_values(group: h5py.Group, home: Home, table: LayoutTable) -> dict[str, Values]:
    listed = set(column_names(group))
    values = {
        name: read_column(group, stored)
        for name in table.columns
        if (stored := home.names.get(name, name)) in listed and stored in group
    }
    ids = dataset_at(group, "id")
    if home.id and ids is not None:
        values[home.id] = whole_numbers(ids)
    return values | {name: found for name, path in home.by_roi.items() if (found := _by_roi(group, path)) is not None}


def _by_roi(group: h5py.Group, path: str) -> Values | None:
    """Return per-ROI values of a region by table row; NaN for other rows."""
    data, ids = dataset_at(group, path), dataset_at(group, "id")
    rois = dataset_at(group, f"{path.rsplit('/', 1)[0]}/rois")
    if data is None or rois is None or ids is None or length(rois) != length(data):
        return None
    values = np.full(length(ids), np.nan)
    rows = whole_numbers(rois)
    inside = (rows >= 0) & (rows < len(values))
    values[rows[inside]] = vector(data)[inside]
    return values


def _group_values(group: h5py.Group, home: Home) -> dict[str, Values]:
    values = {}
    for name, source in home.values.items():
        found = _value(group, source, home.one_row)
        if found is not None:
            values[name] = found
    return values


def _value(group: h5py.Group, source: str, one_row: bool) -> Values | None:
    """Return the values of a source such as ``data:0`` or ``metadata@sex``, or None."""
    path, _, attribute = source.partition("@")
    path, _, number = path.partition(":")
    item = at(group, path) if path else group
    if item is None:
        return None
    if attribute:
        value = attribute_of(item, attribute)
        return None if value is None or isinstance(value, h5py.Empty) else _single_row(np.asarray(value))
    if not isinstance(item, h5py.Dataset):
        return None
    if number:
        refuse_empty(item)
        refuse_large(item)
        return item[:, int(number)] if item.ndim == 2 and item.shape[1] > int(number) else None
    return _single_row(read_values(item)) if one_row else read_values(item)


def _single_row(value: Values) -> Values:
    """Return one row: a single value, or all values as its list."""
    values = np.atleast_1d(np.asarray(value))
    return values if len(values) == 1 else [values]


def _join_parts(name: str, table: LayoutTable, home: Home, parts: list[_Part]) -> Found:
    """Type the columns of all parts and concatenate them."""
    facts = [_fact(name, column, table, home, parts) for column in table.columns]
    typed_parts = [_typed_columns(table, part, facts) for part in parts]
    if any(fact["required"] and (not fact["found"] or fact["n_unreadable"]) for fact in facts):
        return Found(None, facts)
    frames = [_frame(columns, part.n_rows) for columns, part in zip(typed_parts, parts, strict=True)]
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    if home.sort_by:
        frame = frame.sort_values(home.sort_by, kind="stable", ignore_index=True)
    return Found(frame, facts)


def _fact(name: str, column: str, table: LayoutTable, home: Home, parts: list[_Part]) -> dict[str, Any]:
    """Return the facts about a column before typing."""
    spec = table.columns[column]
    holders = [part for part in parts if column in part.values]
    return {
        "table": name,
        "column": column,
        "home": home.path if len(parts) > 1 else parts[0].path,
        "found": bool(holders),
        "required": not spec.optional and not (home.one_row and spec.nullable),
        "type": spec.type,
        "stored": str(getattr(holders[0].values[column], "dtype", "list")) if holders else "",
        "n_unreadable": 0,
    }


def _typed_columns(table: LayoutTable, part: _Part, facts: list[dict[str, Any]]) -> dict[str, ColumnArray]:
    """Return the typed columns of one part, counting invalid values in `facts`."""
    columns: dict[str, ColumnArray] = {}
    for fact in facts:
        column, spec = fact["column"], table.columns[fact["column"]]
        if column in part.values:
            columns[column], unreadable = typed_values(part.values[column], spec)
            fact["n_unreadable"] += unreadable
        else:
            columns[column] = absent(spec, part.n_rows)
    if part.plane is not None:
        columns["plane"] = np.full(part.n_rows, part.plane, dtype=object)
    return columns


def _frame(columns: dict[str, ColumnArray], n_rows: int) -> pd.DataFrame:
    """Return columns as a frame without slow type inference for texts."""
    index = pd.RangeIndex(n_rows)  # one for all columns: pandas need not align them
    objects = {
        name: pd.Series(values, index=index, dtype=object) for name, values in columns.items() if values.dtype == object
    }
    return pd.DataFrame(columns | objects, index=index)
