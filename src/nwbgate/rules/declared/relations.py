"""Declared rules between columns and tables: references, copies, derivations, lists, counts."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from nwbgate.errors import SpecError
from nwbgate.rules.declared.place import Place
from nwbgate.rules.rule import Rule, Severity

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.manifest.specification.declaration import ForeignKey, Spec
    from nwbgate.rules.rule import Rows

#: Kinds that a reference presupposes of the columns on both of its ends.
OF_A_KEY = (
    "present", "type", "required", "required_when", "null_when", "unique", "enum", "pattern", "minimum", "maximum",
)  # fmt: skip

#: Column of facts that names the time zone which a conversion applied to local times of its source.
ZONE = "provenance_timezone"


def key_codes(table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes that must not fire for `columns` to identify rows of `table`."""
    return (*(f"{table}.{column}.{kind}" for column in columns for kind in OF_A_KEY), f"{table}.key.unique")


def _names(columns: tuple[str, ...]) -> str:
    return "+".join(columns)


def references(spec: "Spec", table_name: str) -> Iterator[Rule]:
    """Yield the rules of a table's foreign keys, in both directions."""
    for key in spec.tables[table_name].foreign_keys:
        yield _reference(spec, table_name, key)
        if key.at_least_one:
            yield _at_least_one(spec, table_name, key)


def _reference(spec: "Spec", table_name: str, key: "ForeignKey") -> Rule:
    parent_keys = spec.tables[key.to].keys

    def dangling(child: "pd.DataFrame", parent: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, parent_rows, rows_given

        nowhere = (parent_rows(child, key.columns, parent, parent_keys) < 0) & rows_given(child, key.columns)
        return offending(child, nowhere, key.columns[-1], f"a row of {key.to} with this {_names(parent_keys)}")

    return Rule(
        code=f"{table_name}.{_names(key.columns)}.reference",
        severity=Severity(key.severity),
        table=table_name,
        column=key.columns[-1],
        title=f"{_names(key.columns)} names a row of {key.to}.",
        explanation=f"{spec.tables[table_name].description} belongs to {_lower_first(spec.tables[key.to].description)}",
        tables=(table_name, key.to),
        needs=(
            *key_codes(table_name, key.columns),
            *key_codes(key.to, parent_keys),
            *(f"{key.to}.{column}.copied" for column in parent_keys),
        ),
        function=dangling,
        kind="reference",
        fix=f"correct the id, or add the missing row to {key.to}.",
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _at_least_one(spec: "Spec", table_name: str, key: "ForeignKey") -> Rule:
    parent_keys = spec.tables[key.to].keys

    def childless(parent: "pd.DataFrame", child: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, parent_rows

        unnamed = parent_rows(parent, parent_keys, child, key.columns) < 0
        return offending(parent, unnamed, expected=f"a row of {table_name}")

    return Rule(
        code=_code_of_childless(spec, key.to, table_name),
        severity=Severity(key.severity),
        table=key.to,
        column=parent_keys[-1],
        title=f"Every row of {key.to} is named by at least one row of {table_name}.",
        explanation=f"{spec.tables[key.to].description} without any row of {table_name} cannot be used as described.",
        tables=(key.to, table_name),
        needs=(f"{table_name}.{_names(key.columns)}.reference",),
        function=childless,
        kind="at_least_one",
        complete=key.at_least_one == "complete",
        fix=f"add the missing rows to {table_name}, or remove the row.",
    )


def _code_of_childless(spec: "Spec", parent_name: str, child_name: str) -> str:
    return f"{parent_name}.{_names(spec.tables[parent_name].keys)}.at_least_one_of_{child_name}"


def copied(place: Place) -> Rule | None:
    """A column has the value of the row that a foreign key references."""
    source = place.column.copied_from
    if source is None:
        return None
    parent_name, _, original = source.partition(".")
    key = place.table.reference(parent_name)
    parent_keys = place.spec.tables[parent_name].keys
    if key is None or (place.name, original) in zip(key.columns, parent_keys, strict=True):
        return None  # that a reference names its parent is the reference's own rule
    owner = place.column.copied_with
    owned = str(place.table.columns[owner].copied_from).partition(".")[2] if owner else ""

    def unlike_the_original(child: "pd.DataFrame", parent: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, parent_rows, take_values, unlike_each_other, wall_time

        rows = parent_rows(child, key.columns, parent, parent_keys)
        expected = take_values(parent[original], rows, child.index)
        wrong = unlike_each_other(child[place.name], expected) & (rows >= 0)
        if place.column.only_where_given:
            wrong &= expected.notna().to_numpy(dtype=bool)
        if owner is not None and owner in child.columns:
            wrong &= ~unlike_each_other(child[owner], take_values(parent[owned], rows, child.index))
        if place.column.type == "datetime" and ZONE in child.columns:
            wrong &= unlike_each_other(wall_time(child, place.name, ZONE), expected)
        return offending(child, wrong, place.name, expected)

    return place.rule(
        "copied",
        f"{place.name} is that of the row of {parent_name}.",
        unlike_the_original,
        tables=(place.table_name, parent_name),
        needs=(f"{place.table_name}.{_names(key.columns)}.reference", *_of_the_original(place, parent_name, original)),
        fix=f"take the value from {parent_name}, or correct it there.",
    )


def _of_the_original(place: Place, table_name: str, column: str) -> tuple[str, ...]:
    """Return the needs of a copied column: every rule of its original.

    Where that column refers to the table of the copy, only what makes it a key: the reference waits for the copy.
    """
    named_back = place.spec.tables[table_name].reference(place.table_name)
    if named_back is not None and column in named_back.columns:
        return key_codes(table_name, (column,))
    return (f"{table_name}.{column}",)


def list_of(place: Place) -> Rule | None:
    """A list contains the values of the rows that refer to this row."""
    source = place.column.list_of
    if source is None:
        return None
    child_name, _, listed = source.partition(".")
    key = place.spec.tables[child_name].reference(place.table_name)
    if key is None:
        raise SpecError(
            "a list contains values of a table without a foreign key to this one",
            where=f"{place.spec.name}: tables.{place.table_name}.columns.{place.name}.list_of",
            got=source,
            fix=f"declare the foreign key of {child_name} to {place.table_name}",
        )

    def another_list(parent: "pd.DataFrame", child: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import lists, offending

        expected = lists(parent, place.table.keys, child, key.columns, listed)
        got = parent[place.name].map(lambda value: tuple(sorted(value)), na_action="ignore")
        same = (got == expected).fillna(False) | (got.isna() & expected.isna())
        return offending(parent, ~same.to_numpy(dtype=bool), place.name, expected)

    return place.rule(
        "list_of",
        f"{place.name} lists {listed} of its rows in {child_name}.",
        another_list,
        tables=(place.table_name, child_name),
        needs=(
            f"{child_name}.{_names(key.columns)}.reference",
            _code_of_childless(place.spec, place.table_name, child_name),
            *key_codes(child_name, (listed,)),
        ),
        fix=f"rebuild the list from {child_name}.",
    )


def count_of(place: Place) -> Rule | None:
    """A number counts the rows of another table with the same value."""
    source = place.column.count_of
    if source is None:
        return None
    child_name, _, column = source.partition(".")

    def another_number(frame: "pd.DataFrame", child: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, unlike_each_other

        known = frame[column].isin(child[column].dropna())
        expected = frame[column].map(child[column].value_counts())
        wrong = unlike_each_other(frame[place.name], expected) & known.to_numpy(dtype=bool)
        return offending(frame, wrong, place.name, expected)

    return place.rule(
        "count_of",
        f"{place.name} is the number of rows of {child_name} with the same {column}.",
        another_number,
        tables=(place.table_name, child_name),
        needs=(f"{place.table_name}.{column}", *_of_the_rows(place.spec, child_name)),
        fix=f"count again, or find the rows that {child_name} lacks.",
    )


def _of_the_rows(spec: "Spec", table_name: str) -> Iterator[str]:
    """Yield the needs of referring rows: the table's key, and references to it."""
    yield from (f"{table_name}.{column}" for column in spec.tables[table_name].keys)
    for name, table in spec.tables.items():
        yield from (f"{name}.{_names(key.columns)}.reference" for key in table.foreign_keys if key.to == table_name)


def derived(place: Place) -> Rule | None:
    """A column follows from other columns by a function."""
    if place.column.derived is None:
        return None
    from nwbgate.manifest.derive import DERIVATIONS

    derivation = DERIVATIONS[place.column.derived]
    tables = derivation.tables_for(place.table_name)

    def another_value(*frames: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, unlike_each_other

        expected = derivation.recompute(place.table_name, dict(zip(tables, frames, strict=True)))
        wrong = unlike_each_other(frames[0][place.name], expected)
        if derivation.partial:
            wrong &= expected.notna().to_numpy(dtype=bool)
        return offending(frames[0], wrong, place.name, expected)

    promised = not derivation.history or place.spec.complete_history
    return place.rule(
        "derived",
        f"{place.name} follows from {', '.join(derivation.inputs)}.",
        another_value,
        tables=tables,
        about=derivation.title,
        needs=derivation.inputs_for(place.table_name),
        history=derivation.history,
        unpromised="" if promised else f"{place.spec.name} does not promise the complete history of every mouse",
        fix=f"recompute the value, or correct {' or '.join(derivation.inputs)}.",
    )


#: Kinds that ask about other columns or tables, in the order in which they are judged.
KINDS: tuple[Callable[[Place], Rule | None], ...] = (copied, list_of, count_of, derived)
