"""A first specification of tables, inferred from their cells, for a person to edit."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from nwbgate.manifest.csv.cells import parse_cells
from nwbgate.manifest.specification.declaration import ColumnType
from nwbgate.manifest.specification.fact_columns import FACTS

if TYPE_CHECKING:
    Values = pd.Series[Any]

#: Types from the narrowest to the widest: a column has the first that all its cells fit.
_TYPES: tuple[ColumnType, ...] = ("integer", "number", "boolean", "datetime", "integers", "strings")
#: An enumeration has at most so many values, each of them in this many rows on average.
_MOST_VALUES, _ROWS_OF_EACH = 12, 2.0
#: In fewer rows, values of a column that is no id may be distinct by chance.
_ROWS_OF_UNIQUE = 20
#: Facts that are not worth a rule in a first specification: nwbgate's own, and those that say a thing twice.
_LEFT_OUT = {"dataset_layout", "age_in_days", "provenance_timezone"}
#: Words that are read as truth values but are numbers as well.
_DIGITS = {"0", "1"}
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?")


def infer_tables(frames: Mapping[str, tuple[str, pd.DataFrame]]) -> dict[str, Any]:
    """Return the declarations of tables, as a ``manifest.yaml`` has them.

    Parameters
    ----------
    frames : mapping
        Name of a table to the name of its file and its cells as text (missing ones as NaN).

    Returns
    -------
    dict
        Table to ``description``, ``file``, ``key``, ``columns`` and, where a column holds another table's keys,
        ``foreign_keys``. A table in which no column or pair of columns is distinct in every row is left out.
    """
    tables: dict[str, dict[str, Any]] = {}
    for name, (file, frame) in frames.items():
        key = _key(frame, name)
        if key:
            columns = {str(column): infer_column(frame[column]) for column in frame}
            tables[name] = {"description": f"One row of {file}.", "file": file, "key": key, "columns": columns}
    for name, table in tables.items():
        keys = _foreign_keys(name, tables, frames)
        if keys:
            table["foreign_keys"] = keys
    return tables


def infer_facts(rows: pd.DataFrame, tables: Mapping[str, Any], name: str = "nwb_files") -> dict[str, Any]:
    """Return the declaration of a fact table, linked by its files' key.

    Parameters
    ----------
    rows : DataFrame
        The facts of some files.
    tables : mapping
        What `infer_tables` returned.
    name : str
        Table of facts.
    """
    there = [column for column in FACTS[name] if column in rows and rows[column].notna().any()]
    known = [column for column in there if column not in _LEFT_OUT]
    text = rows[known].astype("string").astype(object)
    parent = next((each for each, table in tables.items() if table["key"] in known and table["key"] != "path"), None)
    own = set(tables[parent]["columns"]) if parent else set()
    columns = {column: _fact(column, text[column], parent, own) for column in known}
    linked = {"foreign_keys": [{"column": tables[parent]["key"], "to": parent}]} if parent else {}
    return {"description": "One NWB file.", "key": "path", **linked, "columns": columns}


def _fact(name: str, cells: "Values", parent: str | None, columns: set[str]) -> dict[str, Any]:
    """Return the declaration of one fact: a copied column, or its values."""
    if parent is not None and name in columns:
        return {"copied_from": f"{parent}.{name}"}
    inferred = infer_column(cells)
    kept = ("type", "description", "required") if name in ("path", "identifier", "object_id") else tuple(inferred)
    return {key: value for key, value in inferred.items() if key in kept}


def infer_column(cells: "Values") -> dict[str, Any]:
    """Return the declaration of a column: type, uniqueness, values or range.

    Parameters
    ----------
    cells : Series
        Text of each cell; missing ones as NaN.
    """
    given = cells.dropna().astype(str)
    kind = _type_of(given)
    declared: dict[str, Any] = {"type": kind, "description": _words(str(cells.name))}
    if len(given) == len(cells) and len(cells):
        declared["required"] = True
    is_id = str(cells.name).endswith("id") or len(given) >= _ROWS_OF_UNIQUE
    if given.is_unique and len(given) > 1 and kind in ("integer", "string") and is_id:
        declared["unique"] = True
    if kind == "datetime" and given.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$").all():
        declared["zoned"] = True
    return declared | _allowed_values(given, kind)


def _allowed_values(given: "Values", kind: ColumnType) -> dict[str, Any]:
    """Return the values of text that recurs, or the range of numbers."""
    values = sorted(given.unique())
    if kind == "string" and 0 < len(values) <= _MOST_VALUES and len(given) >= _ROWS_OF_EACH * len(values):
        return {"enum": values}
    if kind in ("integer", "number") and len(given):
        numbers = pd.to_numeric(given)
        as_type = int if kind == "integer" else float
        return {"minimum": as_type(numbers.min()), "maximum": as_type(numbers.max())}
    return {}


def _type_of(given: "Values") -> ColumnType:
    return next((kind for kind in _TYPES if len(given) and _is_all(given, kind)), "string")


def _is_all(given: "Values", kind: ColumnType) -> bool:
    """Return whether all cells are of a type and meant so."""
    texts = given.str.strip()
    if kind in ("integer", "number") and texts.str.fullmatch(r"0\d+").any():
        return False
    if kind == "boolean" and set(texts) <= _DIGITS:
        return False
    if kind == "datetime" and not texts.map(_ISO_DATE.fullmatch).notna().all():
        return False
    return not parse_cells(texts, kind, lambda: texts)[1]


def _key(frame: pd.DataFrame, name: str) -> str | list[str]:
    """Return the column or pair of columns that identifies every row."""
    whole = [str(column) for column in frame if frame[column].notna().all()]
    ranked = sorted(whole, key=lambda column: (not _is_id_of(column, name), not column.endswith("_id")))
    for column in ranked:
        if frame[column].is_unique and _type_of(frame[column].astype(str)) != "number":
            return column
    ids = [column for column in ranked if column.endswith("_id")]
    pairs = [[first, second] for place, first in enumerate(ids) for second in ids[place + 1 :]]
    return next((pair for pair in pairs if not frame.duplicated(pair).any()), "")


def _is_id_of(column: str, table: str) -> bool:
    return column in (f"{table}_id", f"{table.removesuffix('s')}_id")


def _foreign_keys(
    name: str, tables: Mapping[str, Any], frames: Mapping[str, tuple[str, pd.DataFrame]]
) -> list[dict[str, Any]]:
    """Return the keys of other tables that a table's columns hold."""
    own, found = frames[name][1], []
    for other, table in tables.items():
        key = table["key"]
        if other == name or not isinstance(key, str) or key not in own or key == tables[name]["key"]:
            continue
        if set(own[key].dropna()) <= set(frames[other][1][key]):
            found.append({"column": key, "to": other})
    return found


def _words(name: str) -> str:
    """Return a column's name as words, for a person to replace."""
    words = name.replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:]}." if words else "No name."
