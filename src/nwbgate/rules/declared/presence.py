"""Kinds of declared rules about presence, readability and uniqueness."""

from typing import TYPE_CHECKING

from nwbgate.rules.declared.place import Place
from nwbgate.rules.rule import Rule, Severity

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from nwbgate.manifest.specification.declaration import Condition
    from nwbgate.rules.rule import Rows

    Mask = npt.NDArray[np.bool_]

#: What a column's cells are, in words.
_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "True or False",
    "datetime": "a date and time in ISO 8601",
    "integers": "a list of whole numbers, such as [1, 2]",
    "strings": "a list of texts, such as ['a', 'b']",
}
#: Table of the cells that are not of their column's type, which `nwbgate.manifest.tables.read_tables` adds.
UNPARSED = "unparsed_cells"


def of_the_table(got: object, expected: object) -> "pd.DataFrame":
    """Return the row that represents a whole table."""
    import pandas as pd

    return pd.DataFrame({"got": [got], "expected": [expected]}, index=pd.Index(["table"], name="table"))


def present(place: Place) -> Rule | None:
    """Every table has its columns; one with an older name is reported."""
    if place.column.optional or place.table.file is None:
        return None
    older = [old for old, new in place.table.renamed.items() if new == place.name]

    def absent(frame: "pd.DataFrame") -> "Rows":
        if place.name in frame.columns:
            return None
        known = [old for old in older if old in frame.columns]
        got = f"the older name {known[0]}" if known else "no such column"
        return of_the_table(got, place.name)

    return place.rule(
        "present",
        f"{place.table_name} has the column {place.name}.",
        absent,
        severity=Severity.ERROR,
        example=f"a table of an older release, which called it {older[0]}." if older else "",
        fix=f"rename the column {older[0]} to {place.name}." if older else f"add the column {place.name}.",
    )


def type_(place: Place) -> Rule | None:
    """Every cell has its column's type; invalid text is kept in a separate table."""
    kind = place.column.type
    if kind == "string" or place.table.file is None:
        return None

    def unreadable(frame: "pd.DataFrame", unparsed: "pd.DataFrame | None" = None) -> "Rows":
        if unparsed is None or unparsed.empty:
            return None
        cells = unparsed[(unparsed["table"] == place.table_name) & (unparsed["column"] == place.name)]
        if cells.empty:
            return None
        rounded = kind == "integer" and cells["text"].str.fullmatch(r"[+-]?[\d.]+[eE][+-]?\d+").any()
        expected = f"{_TYPES[kind]} with all its digits, before a spreadsheet rounded it" if rounded else _TYPES[kind]
        return frame.loc[cells["row"]].assign(got=cells["text"].to_numpy(), expected=expected)

    return place.rule(
        "type",
        f"{place.name} is {_TYPES[kind]}.",
        unreadable,
        severity=Severity.ERROR,
        tables=(place.table_name, UNPARSED),
        optional=(UNPARSED,),
        fix="correct the cell.",
    )


def required(place: Place) -> Rule | None:
    """Every row has a value (always for a key)."""
    if not (place.column.required or place.name in place.table.keys):
        return None

    def empty(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import missing, offending

        return offending(frame, missing(frame, place.name), expected="a value")

    return place.rule(
        "required",
        f"{place.name} has a value in every row.",
        empty,
        fix="fill the cell in.",
    )


def _holds(frame: "pd.DataFrame", condition: "Condition") -> "Mask":
    """Return the rows where `condition` holds."""
    from nwbgate.rules.columns import missing, rows_among, rows_unlike

    if condition.matches is not None:
        given = rows_among(frame, condition.column, lambda value: True)
        return given & ~rows_unlike(frame, condition.column, condition.matches)
    none = missing(frame, condition.column)
    return none if condition.is_null else ~none


def required_when(place: Place) -> Rule | None:
    """Some rows must have a value."""
    condition = place.column.required_when
    if condition is None:
        return None

    def empty(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import missing, offending

        return offending(frame, missing(frame, place.name) & _holds(frame, condition), expected="a value")

    return place.rule(
        "required_when",
        f"{place.name} has a value where {condition}.",
        empty,
        needs=(f"{place.table_name}.{condition.column}",),
        fix="fill the cell in.",
    )


def null_when(place: Place) -> Rule | None:
    """Some rows must have no value; all others need one, unless the condition differs."""
    condition = place.column.null_when
    if condition is None:
        return None

    def contrary(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import missing, offending

        none, empty = _holds(frame, condition), missing(frame, place.name)
        wrong = empty != none if condition.exactly else none & ~empty
        words = frame.assign(words=none)["words"].map({True: "no value", False: "a value"})
        return offending(frame, wrong, place.name, words)

    return place.rule(
        "null_when",
        f"{place.name} is missing {'exactly ' if condition.exactly else ''}where {condition}.",
        contrary,
        needs=(f"{place.table_name}.{condition.column}",),
        fix="empty the cell" + (", or fill it in." if condition.exactly else "."),
    )


def unique(place: Place) -> Rule | None:
    """No value occurs twice (always for a key of one column)."""
    if not (place.column.unique or place.table.keys == (place.name,)):
        return None

    def again(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, repeated_rows

        return offending(frame, repeated_rows(frame, [place.name]), place.name, "a value of no earlier row")

    return place.rule(
        "unique",
        f"No value of {place.name} occurs twice.",
        again,
        example="the same value in two rows.",
        fix="remove the repeated row, or correct its value.",
    )
