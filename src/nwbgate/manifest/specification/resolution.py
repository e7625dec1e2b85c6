"""Resolution of the names in a specification; unknown ones are errors."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nwbgate.errors import SpecError, nearest
from nwbgate.manifest.derive import DERIVATIONS
from nwbgate.manifest.specification.declaration import Column, ForeignKey, Spec, Table
from nwbgate.manifest.specification.fact_columns import FACTS

#: What a copied column takes from the column it copies, unless it says so itself.
INHERITED = ("type", "description", "unit", "required", "enum", "pattern", "minimum", "maximum", "because")


def inherit(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a specification's data with vocabularies and copied columns expanded.

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
    complete = {
        name: _spelled_out(_complete_column(name, declared, (), folder), name, words, folder) for name in declared
    }
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


def _complete_column(
    name: str, declared: dict[str, dict[str, Any]], followed: tuple[str, ...], folder: Path
) -> dict[str, Any]:
    """Return the column `name` completed from the chain of columns it copies."""
    column = declared[name]
    source = column.get("copied_from")
    if source is None:
        return column
    if source in followed:
        raise SpecError(
            "circular copies",
            where=_place(folder, name, "copied_from"),
            got=str(source),
            fix="remove copied_from from one of the columns",
        )
    if source not in declared:
        raise _unknown(_place(folder, name, "copied_from"), str(source), declared)
    parent = _complete_column(source, declared, (*followed, name), folder)
    return {**{key: parent[key] for key in INHERITED if key in parent}, **column}


def _spelled_out(column: dict[str, Any], name: str, words: dict[str, Any], folder: Path) -> dict[str, Any]:
    named = column.get("enum")
    if not isinstance(named, str):
        return column
    if named not in words:
        raise _unknown(_place(folder, name, "enum"), named, words)
    return {**column, "enum": words[named]}


def resolve(spec: Spec, folder: Path) -> None:
    """Raise if `spec` names a table, column or function that does not exist.

    Raises
    ------
    SpecError
        Naming the place, the name and the nearest valid one.
    """
    for name, table in spec.tables.items():
        _resolve_table(name, table, spec, folder)
        for column_name, column in table.columns.items():
            _resolve_sources(f"{name}.{column_name}", column, spec, folder)
            _resolve_patterns(f"{name}.{column_name}", column, table, folder)


def _resolve_table(name: str, table: Table, spec: Spec, folder: Path) -> None:
    own = list(table.columns)
    if table.file is None:
        _resolve_facts(name, own, folder)
    _known_names_of(_place(folder, name, "key"), table.keys, own)
    _known_names_of(_place(folder, name, "renamed"), table.renamed.values(), own)
    for count in table.counts:
        asked = [*count.where, *([count.distinct] if count.distinct else [])]
        _known_names_of(_place(folder, name, "counts"), [column for column in asked if "." not in column], own)
        _known_names_of(
            _place(folder, name, "counts"), [column for column in asked if "." in column], _children(name, spec)
        )
    for key in table.foreign_keys:
        _resolve_key(key, own, spec, _place(folder, name, "foreign_keys"))


def _resolve_facts(name: str, columns: list[str], folder: Path) -> None:
    """Raise if a table without a file, or its column, is unknown."""
    if name not in FACTS:
        raise SpecError(
            f"the table {name!r} has no file",
            where=_place(folder, name, "file"),
            got="no file",
            expected=f"the name of its CSV file; tables of facts are called {', '.join(FACTS)}",
            fix=nearest(name, FACTS) or "add the key file",
        )
    _known_names_of(_place(folder, name, "columns"), columns, FACTS[name])


def _resolve_key(key: ForeignKey, own: list[str], spec: Spec, where: str) -> None:
    _known_names_of(where, key.columns, own)
    _known_names_of(where, [key.to], spec.tables)
    parent = spec.tables[key.to].keys
    if len(key.columns) != len(parent):
        raise SpecError(
            "the foreign key and the referenced key differ in number of columns",
            where=where,
            got=", ".join(key.columns),
            expected=f"{', '.join(parent)} of {key.to}",
            fix="name one column for each column of the key",
        )


def _children(parent: str, spec: Spec) -> list[str]:
    """Return the columns, as ``table.column``, of the tables that refer to `parent`."""
    tables = ((name, table) for name, table in spec.tables.items() if table.reference(parent) is not None)
    return [f"{name}.{column}" for name, table in tables for column in table.columns]


def _parents(table: Table, spec: Spec) -> list[str]:
    """Return the columns, as ``table.column``, of the tables that `table` refers to."""
    return [f"{key.to}.{column}" for key in table.foreign_keys for column in spec.tables[key.to].columns]


def _resolve_sources(name: str, column: Column, spec: Spec, folder: Path) -> None:
    """Raise if a column copies from a table without a foreign key."""
    table_name = name.partition(".")[0]
    table = spec.tables[table_name]
    everywhere = [f"{other}.{each}" for other in spec.tables for each in spec.tables[other].columns]
    if column.copied_from is not None:
        _known_names_of(_place(folder, name, "copied_from"), [column.copied_from], _parents(table, spec))
    if column.list_of is not None:
        _known_names_of(_place(folder, name, "list_of"), [column.list_of], _children(table_name, spec))
    if column.count_of is not None:
        shared = [each for each in everywhere if each.partition(".")[2] in table.columns]
        _known_names_of(_place(folder, name, "count_of"), [column.count_of], shared)
    if column.derived is not None:
        where = _place(folder, name, "derived")
        _known_names_of(where, [column.derived], DERIVATIONS)
        _known_names_of(where, DERIVATIONS[column.derived].inputs_for(table_name), everywhere)


def _resolve_patterns(name: str, column: Column, table: Table, folder: Path) -> None:
    where = _place(folder, name, "null_when or required_when")
    _known_names_of(where, [condition.column for condition in column.conditions], table.columns)
    for form in (column.pattern, *(condition.matches for condition in column.conditions)):
        try:
            re.compile(form or "")
        except re.error as error:
            raise SpecError(
                f"invalid regular expression: {error}",
                where=_place(folder, name, "pattern"),
                got=str(form),
                fix="correct the pattern",
            ) from None


def _place(folder: Path, name: str, key: str) -> str:
    """Return a location in a specification; `name` is a table or ``table.column``."""
    return f"{folder}: tables.{name.replace('.', '.columns.', 1)}.{key}"


def _known_names_of(where: str, names: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in names:
        if name not in known:
            raise _unknown(where, name, known)


def _unknown(where: str, name: str, known: Iterable[str]) -> SpecError:
    names = list(known)
    return SpecError(
        f"unknown name {name!r}",
        where=where,
        got=name,
        expected=f"one of {', '.join(names)}"[:300] if names else "nothing: no such name exists",
        fix=nearest(name, names) or "use an existing name, or declare it",
    )
