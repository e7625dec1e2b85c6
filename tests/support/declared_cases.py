"""Frames at the boundary of every declared rule, made from the declaration: one that passes, one that fires."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nwbgate.manifest.specification.declaration import Column, Condition, Spec
from nwbgate.manifest.specification.spec import load_spec, shipped_specs
from nwbgate.rules import declared_rules
from nwbgate.rules.rule import Rule

DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "datetime": "datetime64[us, UTC]"}
#: A text that each declared pattern accepts, and one that it just does not.
PATTERN_SAMPLES = {
    r"\d{6}": ("457841", "45784"),
    r".*behavior_session_\d+\.nwb": ("/x/behavior_session_1.nwb", "/x/behavior_session_.nwb"),
    r".*behavior_ophys_experiment_\d+\.nwb": ("/x/behavior_ophys_experiment_1.nwb", "/x/behavior_ophys_experiment_1"),
    r"""[^_*\\/<>:|"'?%@;.\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2060-\u206f\ufeff]+""": ("m-1", "m\u200b1"),
    r"(?=.*\d)(P([\d.]+W|([\d.]+Y)?([\d.]+M)?([\d.]+D)?(T(\d+H)?(\d+M)?([\d.]+S)?)?))?"
    r"(/(P([\d.]+W|([\d.]+Y)?([\d.]+M)?([\d.]+D)?(T(\d+H)?(\d+M)?([\d.]+S)?)?))?)?": ("P63D/P147D", "63D/P147D"),
}


@dataclass(frozen=True)
class Subject:
    """A rule, and the column that it judges."""

    spec: Spec
    rule: Rule

    @property
    def column(self) -> Column:
        return self.spec.tables[self.rule.table].columns[str(self.rule.column)]

    def column_at(self, place: str) -> Column:
        table, _, name = place.partition(".")
        return self.spec.tables[table].columns[name]


#: Frames in the order of the rule's tables, and the rows that must offend.
Case = tuple[tuple[pd.DataFrame, ...], list[Any]]


def subjects() -> list[Subject]:
    """Every declared rule of every shipped specification."""
    specs = [load_spec(name) for name in shipped_specs()]
    return [Subject(spec, rule) for spec in specs for rule in declared_rules(spec)]


def values(column: Column, number: int = 2) -> list[Any]:
    """Different values that the column's type allows."""
    if column.type in ("integers", "strings"):
        plain = list(column.enum) or ([1, 2, 3] if column.type == "integers" else ["a", "b", "c"])
        return [(value,) for value in plain[:number]]
    if column.enum and len(column.enum) >= number:
        return list(column.enum[:number])
    if column.type == "datetime":
        return [pd.Timestamp("2020-01-01", tz="UTC") + pd.Timedelta(days=day) for day in range(number)]
    if column.type == "boolean":
        return [True, False, True][:number]
    if column.type in ("integer", "number"):
        start = column.minimum if column.minimum is not None else 1
        return [start + step for step in range(number)]
    return [f"value {step}" for step in range(number)]


def frame(spec: Spec, table: str, **columns: list[Any]) -> pd.DataFrame:
    """A frame of these columns in the dtypes that `read_tables` gives them."""
    declared = spec.tables[table].columns
    return pd.DataFrame(
        {name: pd.Series(cells, dtype=DTYPES.get(declared[name].type, object)) for name, cells in columns.items()}
    )


def on(subject: Subject, cells: list[Any], **more: list[Any]) -> tuple[pd.DataFrame]:
    """The judged table with the judged column, alone."""
    return (frame(subject.spec, subject.rule.table, **{str(subject.rule.column): cells}, **more),)


def present(subject: Subject) -> Iterator[Case]:
    table = subject.spec.tables[subject.rule.table]
    yield on(subject, []), []
    yield (pd.DataFrame({"another": []}),), ["table"]
    for old in (old for old, new in table.renamed.items() if new == subject.rule.column):
        yield (pd.DataFrame({old: []}),), ["table"]


def type_(subject: Subject) -> Iterator[Case]:
    cells = pd.DataFrame(
        {"table": [subject.rule.table], "column": [subject.rule.column], "row": [1], "text": ["not that"]}
    )
    judged = on(subject, [None, None])
    yield (*judged, cells), [1]
    yield (*judged, cells.assign(column="another")), []
    yield (*judged, cells.iloc[:0]), []


def required(subject: Subject) -> Iterator[Case]:
    value, other = values(subject.column)
    yield on(subject, [value, other]), []
    yield on(subject, [value, None]), [1]


def _cells(subject: Subject, condition: Condition) -> tuple[list[Any], list[Any]]:
    """Values of the condition's column for which it holds, and for which it does not."""
    column = subject.column_at(f"{subject.rule.table}.{condition.column}")
    if condition.matches is None:
        given = values(column)[:1]
        return ([None], given) if condition.is_null else (given, [None])
    holds = pd.Series(column.enum).str.fullmatch(condition.matches)
    return [v for v, h in zip(column.enum, holds, strict=True) if h], [
        v for v, h in zip(column.enum, holds, strict=True) if not h
    ]


def required_when(subject: Subject) -> Iterator[Case]:
    condition = subject.column.required_when
    assert condition is not None
    holds, holds_not = _cells(subject, condition)
    value = values(subject.column)[0]
    for cell in holds:
        yield on(subject, [value, None], **{condition.column: [cell, cell]}), [1]
    for cell in holds_not:
        yield on(subject, [value, None], **{condition.column: [cell, cell]}), []


def null_when(subject: Subject) -> Iterator[Case]:
    condition = subject.column.null_when
    assert condition is not None
    holds, holds_not = _cells(subject, condition)
    value = values(subject.column)[0]
    for cell in holds:
        yield on(subject, [value, None], **{condition.column: [cell, cell]}), [0]
    for cell in holds_not:
        yield on(subject, [value, None], **{condition.column: [cell, cell]}), [1] if condition.exactly else []


def unique(subject: Subject) -> Iterator[Case]:
    if subject.rule.column is None:
        yield from _unique_together(subject)
        return
    value, other = values(subject.column)
    yield on(subject, [value, other, None, None]), []
    yield on(subject, [value, other, value]), [2]


def _unique_together(subject: Subject) -> Iterator[Case]:
    keys = subject.spec.tables[subject.rule.table].keys
    pairs = {key: values(subject.column_at(f"{subject.rule.table}.{key}")) for key in keys}
    once = {key: [pairs[key][0], pairs[key][0]] for key in keys[:-1]} | {keys[-1]: pairs[keys[-1]]}
    yield (frame(subject.spec, subject.rule.table, **once),), []
    twice = {key: [pairs[key][0], pairs[key][0]] for key in keys}
    yield (frame(subject.spec, subject.rule.table, **twice),), [1]


def enum(subject: Subject) -> Iterator[Case]:
    lists = subject.column.type in ("integers", "strings")
    allowed = [(value,) for value in subject.column.enum] if lists else list(subject.column.enum)
    last = subject.column.enum[-1]
    off = f"{last}x" if isinstance(last, str) else int(last) + 1
    yield on(subject, [*allowed, None]), []
    yield on(subject, [*allowed, (subject.column.enum[0], off) if lists else off]), [len(allowed)]


def pattern(subject: Subject) -> Iterator[Case]:
    good, bad = PATTERN_SAMPLES[str(subject.column.pattern)]
    yield on(subject, [good, None]), []
    yield on(subject, [good, bad]), [1]


def _step(column: Column) -> float:
    return 1 if column.type == "integer" else 1e-9


def minimum(subject: Subject) -> Iterator[Case]:
    bound = subject.column.minimum
    assert bound is not None
    yield on(subject, [bound, None]), []
    yield on(subject, [bound, bound - _step(subject.column)]), [1]


def maximum(subject: Subject) -> Iterator[Case]:
    bound = subject.column.maximum
    assert bound is not None
    yield on(subject, [bound, None]), []
    yield on(subject, [bound, bound + _step(subject.column)]), [1]


def corrected(subject: Subject) -> Iterator[Case]:
    key = subject.spec.tables[subject.rule.table].keys[0]
    corrections = subject.column.corrections
    yield on(subject, [each.right for each in corrections.values()], **{key: list(corrections)}), []
    yield (
        on(subject, [each.wrong for each in corrections.values()], **{key: list(corrections)}),
        [*range(len(corrections))],
    )


def _ends(subject: Subject) -> tuple[str, tuple[str, ...], str, tuple[str, ...]]:
    """Child table and its columns, parent table and its keys, of a reference in either direction."""
    first, second = subject.rule.tables
    child, parent = (first, second) if subject.rule.kind == "reference" else (second, first)
    named = next(
        key
        for key in subject.spec.tables[child].foreign_keys
        if key.to == parent and "+".join(key.columns) + ".reference" in (subject.rule.code + subject.rule.needs[0])
    )
    return child, named.columns, parent, subject.spec.tables[parent].keys


def _linked(subject: Subject, child_rows: list[int | None], parent_rows: list[int]) -> dict[str, pd.DataFrame]:
    """Child and parent in which row numbers stand for keys; None for no key."""
    child, columns, parent, keys = _ends(subject)
    found = [values(subject.column_at(f"{parent}.{key}"), 3) for key in keys]
    children = {
        column: [None if row is None else cells[row] for row in child_rows]
        for column, cells in zip(columns, found, strict=True)
    }
    parents = {key: [cells[row] for row in parent_rows] for key, cells in zip(keys, found, strict=True)}
    return {child: frame(subject.spec, child, **children), parent: frame(subject.spec, parent, **parents)}


def _ordered(subject: Subject, frames: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, ...]:
    return tuple(frames[name] for name in subject.rule.tables)


def reference(subject: Subject) -> Iterator[Case]:
    yield _ordered(subject, _linked(subject, [0, 1, None], [1, 0])), []
    yield _ordered(subject, _linked(subject, [0, 2, None], [1, 0])), [1]


def at_least_one(subject: Subject) -> Iterator[Case]:
    yield _ordered(subject, _linked(subject, [0, 1], [1, 0])), []
    yield _ordered(subject, _linked(subject, [0, None], [1, 0])), [0]


def copied(subject: Subject) -> Iterator[Case]:
    source = str(subject.column.copied_from)
    parent, _, original = source.partition(".")
    key = subject.spec.tables[subject.rule.table].reference(parent)
    assert key is not None
    ids = {column: values(subject.column_at(f"{parent}.{name}"), 3) for column, name in _pairs(subject, key)}
    right = values(subject.column_at(source), 3)

    def case(own: list[Any], theirs: list[Any]) -> tuple[pd.DataFrame, ...]:
        child = {column: cells[: len(own)] for column, cells in ids.items()} | {str(subject.rule.column): own}
        held = {name: ids[column][: len(theirs)] for column, name in _pairs(subject, key)} | {original: theirs}
        return frame(subject.spec, subject.rule.table, **child), frame(subject.spec, parent, **held)

    yield case([right[0], None], [right[0], None]), []
    yield case([right[1], right[1]], [right[0], right[1]]), [0]
    yield case([right[0], None], [right[0], right[1]]), [1]
    yield case([right[0], right[1]], [right[0], None]), [] if subject.column.only_where_given else [1]


def _pairs(subject: Subject, key: Any) -> list[tuple[str, str]]:
    return list(zip(key.columns, subject.spec.tables[key.to].keys, strict=True))


def list_of(subject: Subject) -> Iterator[Case]:
    child, _, listed = str(subject.column.list_of).partition(".")
    key = subject.spec.tables[child].reference(subject.rule.table)
    assert key is not None
    (own_key,) = subject.spec.tables[subject.rule.table].keys
    first, second = values(subject.column_at(f"{subject.rule.table}.{own_key}"))
    rows = {key.columns[0]: [first, first, second], listed: [6, 5, 7]}

    def case(lists: list[Any]) -> tuple[pd.DataFrame, ...]:
        judged = on(subject, lists, **{own_key: [first, second]})
        return (*judged, frame(subject.spec, child, **rows))

    yield case([(5, 6), (7,)]), []
    yield case([(6, 5), (7,)]), []
    yield case([(5,), (7,)]), [0]
    yield case([(5, 6), (7, 8)]), [1]
    yield case([(5, 6), None]), [1]


def count_of(subject: Subject) -> Iterator[Case]:
    child, _, column = str(subject.column.count_of).partition(".")
    rows = frame(subject.spec, child, **{column: [1, 1, 2]})
    yield (*on(subject, [2, 1, 9], **{column: [1, 2, 3]}), rows), []
    yield (*on(subject, [3, 1], **{column: [1, 2]}), rows), [0]


def count(subject: Subject) -> Iterator[Case]:
    counts = subject.spec.tables[subject.rule.table].counts
    declared = next(each for each in counts if f" {each.number:,} " in subject.rule.title and _same(each, subject.rule))
    frames = _counted(subject, declared, declared.number)
    yield frames, []
    yield _counted(subject, declared, declared.number - 1), ["table"]
    yield _counted(subject, declared, declared.number + 1), ["table"]


def _same(declared: Any, rule: Rule) -> bool:
    return (declared.distinct or "rows") in rule.title and all(
        str(value) in rule.title for value in declared.where.values()
    )


def _counted(subject: Subject, declared: Any, number: int) -> tuple[pd.DataFrame, ...]:
    table = subject.rule.table
    (key, *_) = subject.spec.tables[table].keys
    cells: dict[str, list[Any]] = {key: [*range(number)]}
    others: dict[str, pd.DataFrame] = {}
    if declared.distinct:
        cells[declared.distinct] = [f"{row}" for row in range(number)]
    for place, value in declared.where.items():
        child, _, column = place.rpartition(".")
        if child:
            reference = subject.spec.tables[child].reference(table)
            assert reference is not None
            others[child] = pd.DataFrame({reference.columns[0]: [*range(number)], column: [value] * number})
        else:
            cells[place] = [value] * number
    return (pd.DataFrame(cells), *(others[name] for name in subject.rule.tables[1:]))


def declared(subject: Subject) -> Iterator[Case]:
    table = subject.spec.tables[subject.rule.table]
    yield (pd.DataFrame(columns=[*table.columns, *table.renamed]),), []
    yield (pd.DataFrame(columns=[*table.columns, "unheard_of"]),), ["table"]


#: Kind -> its cases. ``derived`` is tested on the valid manifest, cell by cell.
CASES: dict[str, Callable[[Subject], Iterator[Case]]] = {
    "present": present,
    "type": type_,
    "required": required,
    "required_when": required_when,
    "null_when": null_when,
    "unique": unique,
    "enum": enum,
    "pattern": pattern,
    "minimum": minimum,
    "maximum": maximum,
    "corrected": corrected,
    "reference": reference,
    "at_least_one": at_least_one,
    "copied": copied,
    "list_of": list_of,
    "count_of": count_of,
    "count": count,
    "declared": declared,
}
