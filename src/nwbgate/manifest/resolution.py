"""The names in a specification, resolved: tables, columns, vocabularies and functions that do not exist are errors."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from nwbgate.errors import SpecError
from nwbgate.manifest.declaration import Column, Spec, Table
from nwbgate.manifest.derive import DERIVATIONS

#: What a copied column takes from the column it copies, unless it says so itself.
INHERITED = ("type", "description", "unit", "required", "enum", "pattern", "minimum", "maximum", "because")


def inherited(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the data of a specification in which vocabularies are spelled out and copied columns are complete.

    Parameters
    ----------
    data : dict
        Merged data, not yet validated: parts that are not what they should be are left for the validation.
    folder : Path
        Where it comes from, for errors.

    Raises
    ------
    SpecError
        If a column copies one that does not exist, copies go in a circle, or a vocabulary is unknown.
    """
    declared = {
        f"{table}.{name}": column
        for table, body in _mapping(data.get("tables")).items()
        for name, column in _mapping(_mapping(body).get("columns")).items()
        if isinstance(column, dict)
    }
    words = _mapping(data.get("vocabularies"))
    complete = {name: _spelled_out(_completed(name, declared, (), folder), name, words, folder) for name in declared}
    tables = {
        table: {**body, "columns": {**body["columns"], **_of_table(table, complete)}}
        for table, body in _mapping(data.get("tables")).items()
        if isinstance(body, dict) and isinstance(body.get("columns"), dict)
    }
    return {**data, "tables": {**_mapping(data.get("tables")), **tables}} if tables else data


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _of_table(table: str, complete: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    prefix = f"{table}."
    return {name.removeprefix(prefix): column for name, column in complete.items() if name.startswith(prefix)}


def _completed(
    name: str, declared: dict[str, dict[str, Any]], followed: tuple[str, ...], folder: Path
) -> dict[str, Any]:
    """Return the column `name` with what it inherits from the column it copies, and that one from its own."""
    column = declared[name]
    source = column.get("copied_from")
    if source is None:
        return column
    if source in followed:
        raise SpecError("copies go in a circle", where=f"{folder}: tables.{name}.copied_from", got=str(source))
    if source not in declared:
        raise _unknown(f"{name}.copied_from", str(source), declared, folder)
    parent = _completed(source, declared, (*followed, name), folder)
    return {**{key: parent[key] for key in INHERITED if key in parent}, **column}


def _spelled_out(column: dict[str, Any], name: str, words: dict[str, Any], folder: Path) -> dict[str, Any]:
    named = column.get("enum")
    if not isinstance(named, str):
        return column
    if named not in words:
        raise _unknown(f"{name}.enum", named, words, folder)
    return {**column, "enum": words[named]}


def resolve(spec: Spec, folder: Path) -> None:
    """Raise if `spec` names a table, column or function that does not exist.

    Raises
    ------
    SpecError
        Naming the place, the name and the nearest valid one.
    """
    columns = {f"{name}.{column}" for name, table in spec.tables.items() for column in table.columns}
    for name, table in spec.tables.items():
        _resolve_table(name, table, spec, folder)
        for column_name, column in table.columns.items():
            _resolve_column(f"{name}.{column_name}", column, table, columns, folder)


def _resolve_table(name: str, table: Table, spec: Spec, folder: Path) -> None:
    own = list(table.columns)
    _known(f"{name}.key", table.keys, own, folder)
    _known(f"{name}.renamed", table.renamed.values(), own, folder)
    for count in table.counts:
        asked = [*count.where, *([count.distinct] if count.distinct else [])]
        _known(f"{name}.counts", [column for column in asked if "." not in column], own, folder)
        _known(f"{name}.counts", [column for column in asked if "." in column], _children(name, spec), folder)
    for key in table.foreign_keys:
        where = f"{name}.foreign_keys"
        _known(where, key.columns, own, folder)
        _known(where, [key.to], list(spec.tables), folder)
        if len(key.columns) != len(spec.tables[key.to].keys):
            raise SpecError(
                "a foreign key has not as many columns as the key it refers to",
                where=f"{folder}: tables.{where}",
                got=", ".join(key.columns),
                expected=f"{', '.join(spec.tables[key.to].keys)} of {key.to}",
            )


def _children(parent: str, spec: Spec) -> list[str]:
    """Return the columns, as ``table.column``, of the tables that refer to `parent`."""
    tables = ((name, table) for name, table in spec.tables.items() if table.reference(parent) is not None)
    return [f"{name}.{column}" for name, table in tables for column in table.columns]


def _resolve_column(name: str, column: Column, table: Table, columns: set[str], folder: Path) -> None:
    for field in ("copied_from", "list_of", "count_of"):
        source = getattr(column, field)
        if source is not None:
            _known(f"{name}.{field}", [source], columns, folder)
    if column.copied_from is not None and table.reference(column.copied_from.partition(".")[0]) is None:
        parents = [key.to for key in table.foreign_keys]
        raise SpecError(
            "a column is copied from a table that no foreign key refers to",
            where=f"{folder}: tables.{name}.copied_from",
            got=column.copied_from,
            expected=f"a column of {' or '.join(parents)}" if parents else "a foreign key to that table",
        )
    for condition in column.conditions:
        _known(f"{name} (condition)", [condition.column], list(table.columns), folder)
    if column.derived is not None:
        _known(f"{name}.derived", [column.derived], list(DERIVATIONS), folder)
        own = name.partition(".")[0]
        _known(f"{name}.derived", DERIVATIONS[column.derived].inputs_for(own), columns, folder)


def _known(where: str, names: Iterable[str], known: Iterable[str], folder: Path) -> None:
    for name in names:
        if name not in known:
            raise _unknown(where, name, known, folder)


def _unknown(where: str, name: str, known: Iterable[str], folder: Path) -> SpecError:
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return SpecError(
        f"{name!r} is not known here",
        where=f"{folder}: tables.{where}",
        got=name,
        fix=f"did you mean {close[0]!r}?" if close else "",
    )
