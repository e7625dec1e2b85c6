"""Declared rules about whole tables: key, columns, and counts of a complete release."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nwbgate.rules.declared.presence import of_the_table
from nwbgate.rules.declared.relations import OF_A_KEY, references
from nwbgate.rules.rule import Rule, Severity

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.manifest.specification.declaration import Count, Spec
    from nwbgate.rules.rule import Rows


def key_is_unique(spec: "Spec", table_name: str) -> Rule | None:
    """No composite key occurs twice."""
    table = spec.tables[table_name]
    if len(table.keys) == 1:
        return None
    names = " and ".join(table.keys)

    def again(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, repeated_rows

        return offending(frame, repeated_rows(frame, table.keys), expected=f"unique {names}")

    return Rule(
        code=f"{table_name}.key.unique",
        severity=Severity.ERROR,
        table=table_name,
        column=None,
        title=f"No {names} occur twice together.",
        explanation=f"{names} together name a row: {table.description}",
        tables=(table_name,),
        needs=tuple(f"{table_name}.{column}.{kind}" for column in table.keys for kind in OF_A_KEY),
        function=again,
        kind="unique",
        example="the same row twice.",
        fix="remove the repeated row, or correct its key.",
    )


def declared_columns(spec: "Spec", table_name: str) -> Rule | None:
    """The specification knows every column, by its current or older name."""
    table = spec.tables[table_name]
    if table.file is None:
        return None

    def unknown(frame: "pd.DataFrame") -> "Rows":
        columns = [name for name in frame.columns if name not in table.columns and name not in table.renamed]
        return of_the_table(", ".join(columns), "no other columns") if columns else None

    return Rule(
        code=f"{table_name}.columns.declared",
        severity=Severity.WARNING,
        table=table_name,
        column=None,
        title=f"{table_name} has only columns of the specification.",
        explanation="An unknown column is not checked, and may be a misspelt one.",
        tables=(table_name,),
        needs=(),
        function=unknown,
        kind="declared",
        example="a column of another release.",
        fix="choose the specification of the right version, or describe the column in your own one.",
    )


def counts(spec: "Spec", table_name: str) -> Iterator[Rule]:
    """Yield the rules on the counts of a complete release."""
    for count in spec.tables[table_name].counts:
        yield _count(spec, table_name, count)


def _count(spec: "Spec", table_name: str, count: "Count") -> Rule:
    others = {place.partition(".")[0] for place in count.where if "." in place}
    columns = [*(place for place in count.where if "." not in place), *([count.distinct] if count.distinct else [])]

    def another_number(frame: "pd.DataFrame", *children: "pd.DataFrame") -> "Rows":
        frames = dict(zip(sorted(others), children, strict=True))
        rows = frame
        for place, value in count.where.items():
            rows = rows[_holds(_Where(spec, table_name, place, value), rows, frames)]
        number = rows[count.distinct].nunique() if count.distinct else len(rows)
        return None if number == count.number else of_the_table(f"{number:,}", f"{count.number:,}")

    what = f"distinct {count.distinct}" if count.distinct else "rows"
    where = " and ".join(f"{place} {value}" for place, value in count.where.items())
    slug = "_".join([count.distinct or "rows", *(str(value) for value in count.where.values())])
    return Rule(
        code=f"{table_name}.{re.sub('[^A-Za-z0-9]+', '_', slug)}.count",
        severity=Severity.ERROR,
        table=table_name,
        column=None,
        title=f"{table_name} has {count.number:,} {what}" + (f" with {where}." if where else "."),
        explanation=f"A complete release has a known size: {count.because or spec.name}.",
        tables=(table_name, *sorted(others)),
        needs=(
            f"{table_name}.key.unique",
            *(f"{table_name}.{column}" for column in columns),
            *(need for place in count.where for need in _found_by(spec, table_name, place)),
        ),
        function=another_number,
        kind="count",
        complete=True,
        example=f"{count.number - 1:,}.",
        fix="find the missing or surplus rows, or choose the specification of the right version.",
    )


def _found_by(spec: "Spec", table_name: str, place: str) -> list[str]:
    """Return the columns required to find parents by a condition on child rows."""
    child_name = place.rpartition(".")[0]
    key = spec.tables[child_name].reference(table_name) if child_name else None
    return [place, f"{child_name}.{key.columns[0]}", f"{table_name}.{spec.tables[table_name].keys[0]}"] if key else []


@dataclass(frozen=True)
class _Where:
    """One condition of a count: a column, or ``table.column`` of a child table."""

    spec: "Spec"
    table_name: str
    place: str
    value: object


def _holds(where: _Where, rows: "pd.DataFrame", frames: "Mapping[str, pd.DataFrame]") -> "pd.Series[bool]":
    """Return the rows where `where` holds."""
    child_name, _, column = where.place.rpartition(".")
    if not child_name:
        return rows[column] == where.value
    key = where.spec.tables[child_name].reference(where.table_name)
    child = frames[child_name]
    named = child.loc[child[column] == where.value, key.columns[0] if key else column]
    return rows[where.spec.tables[where.table_name].keys[0]].isin(named)


def of_table(spec: "Spec", table_name: str) -> Iterator[Rule]:
    """Yield the rules declared for a whole table: key, references, counts."""
    whole = (declared_columns(spec, table_name), key_is_unique(spec, table_name))
    yield from (rule for rule in whole if rule is not None)
    yield from references(spec, table_name)
    yield from counts(spec, table_name)
