"""Declared rules: every constraint of a specification (``schemas/*.yaml``) as a rule, one small function per kind.

Codes are ``<table>.<column>.<kind>``. A rule needs what its question presupposes: the kinds of its column that come
before it. Kinds that ask about two tables or about several columns are in `nwbgate.rules.relations`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nwbgate.rules.rule import Rule, Severity

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from nwbgate.manifest.declaration import Column, Condition, Spec, Table
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
#: Allowed values shown in a title; a vocabulary can have hundreds.
_VALUES_SHOWN = 12


def of_the_table(got: object, expected: object) -> "pd.DataFrame":
    """Return the row that stands for a table as a whole."""
    import pandas as pd

    return pd.DataFrame({"got": [got], "expected": [expected]}, index=pd.Index(["table"], name="table"))


@dataclass(frozen=True)
class Place:
    """One column of one table of a specification."""

    spec: "Spec"
    table_name: str
    name: str

    @property
    def table(self) -> "Table":
        """The declaration of the table."""
        return self.spec.tables[self.table_name]

    @property
    def column(self) -> "Column":
        """The declaration of the column."""
        return self.table.columns[self.name]

    def rule(self, kind: str, title: str, function: "Callable[..., Rows]", **more: Any) -> Rule:
        """Return a rule of this column; it needs the rules of the column that are listed before it.

        Parameters
        ----------
        kind : str
            Last part of the code.
        title : str
            What must hold.
        function : callable
            Frames in, offending rows out.
        **more
            Other fields of `Rule`; ``needs`` are added to the column's own.
        """
        column = self.column
        own = f"{self.table_name}.{self.name}"
        description = f"{self.name}: {column.description}" + (f" Unit: {column.unit}." if column.unit else "")
        because = f" {column.because}" if column.because else ""
        given: dict[str, Any] = {
            "severity": Severity(column.severity),
            "tables": (self.table_name,),
            "explanation": f"{description}{because}",
            **more,
            "needs": (*(() if kind == "present" else (own,)), *more.get("needs", ())),
        }
        return Rule(
            code=f"{own}.{kind}",
            table=self.table_name,
            column=self.name,
            title=title,
            function=function,
            kind=kind,
            **given,
        )


def present(place: Place) -> Rule | None:
    """Every table has every column that is not optional; a column of an older release is named as such."""
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
        example=f"a table of an older release, which called it {older[0]}." if older else "a table without the column.",
        fix=f"rename the column {older[0]} to {place.name}." if older else f"add the column {place.name}.",
    )


def type_(place: Place) -> Rule | None:
    """Every cell can be read as what the column holds; what could not is in a table of its own."""
    kind = place.column.type
    if kind == "string" or place.table.file is None:
        return None

    def unreadable(frame: "pd.DataFrame", unparsed: "pd.DataFrame | None" = None) -> "Rows":
        if unparsed is None or unparsed.empty:
            return None
        cells = unparsed[(unparsed["table"] == place.table_name) & (unparsed["column"] == place.name)]
        if cells.empty:
            return None
        return frame.loc[cells["row"]].assign(got=cells["text"].to_numpy(), expected=_TYPES[kind])

    return place.rule(
        "type",
        f"{place.name} is {_TYPES[kind]}.",
        unreadable,
        severity=Severity.ERROR,
        tables=(place.table_name, UNPARSED),
        optional=(UNPARSED,),
        example="text that cannot be read as such.",
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
        example="an empty cell.",
        fix="fill the cell in.",
    )


def _holds(frame: "pd.DataFrame", condition: "Condition") -> "Mask":
    """Return the rows for which `condition` holds."""
    from nwbgate.rules.columns import among, missing, unlike

    if condition.matches is not None:
        given = among(frame, condition.column, lambda value: True)
        return given & ~unlike(frame, condition.column, condition.matches)
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
        example="an empty cell in such a row.",
        fix="fill the cell in.",
    )


def null_when(place: Place) -> Rule | None:
    """Some rows must have no value; all others must have one, unless the condition says otherwise."""
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
        example="a value in such a row" + (", or none in another." if condition.exactly else "."),
        fix="empty the cell" + (", or fill it in." if condition.exactly else "."),
    )


def unique(place: Place) -> Rule | None:
    """No value occurs twice (always for a key of one column)."""
    if not (place.column.unique or place.table.keys == (place.name,)):
        return None

    def again(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, repeated

        return offending(frame, repeated(frame, [place.name]), place.name, "a value that no earlier row has")

    return place.rule(
        "unique",
        f"No value of {place.name} occurs twice.",
        again,
        example="the same value in two rows.",
        fix="remove the row that is there twice, or correct its value.",
    )


def enum(place: Place) -> Rule | None:
    """Every value is one of those allowed; in a list column every element."""
    allowed = place.column.enum
    if not allowed:
        return None
    listed = set(allowed)
    in_lists = place.column.type in ("integers", "strings")

    def unlisted(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import among, offending

        def off(value: Any) -> bool:
            return not listed.issuperset(value) if in_lists else value not in listed

        return offending(frame, among(frame, place.name, off), place.name, shown)

    shown = ", ".join(map(str, allowed[:_VALUES_SHOWN])) + (
        f" or one of {len(allowed) - _VALUES_SHOWN} more" if len(allowed) > _VALUES_SHOWN else ""
    )
    return place.rule(
        "enum",
        f"{place.name} is one of: {shown}.",
        unlisted,
        example=f"{allowed[0]}x." if isinstance(allowed[0], str) else "another value.",
        fix="correct the spelling; if the value is right and new, add it to the specification.",
    )


def pattern(place: Place) -> Rule | None:
    """All of the text matches a regular expression."""
    form = place.column.pattern
    if form is None:
        return None

    def unmatched(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, unlike

        return offending(frame, unlike(frame, place.name, form), place.name, f"text of the form {form}")

    return place.rule(
        "pattern",
        f"{place.name} has the form {form}.",
        unmatched,
        example="text of another form.",
        fix="correct the text.",
    )


def minimum(place: Place) -> Rule | None:
    """No number is below the bound."""
    bound = place.column.minimum
    if bound is None:
        return None

    def too_low(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import below, offending

        return offending(frame, below(frame, place.name, bound), place.name, f"at least {bound:g}")

    return place.rule(
        "minimum",
        f"{place.name} is at least {bound:g}{_unit(place)}.",
        too_low,
        example=f"{bound - 1:g}.",
        fix="correct the number.",
    )


def maximum(place: Place) -> Rule | None:
    """No number is above the bound."""
    bound = place.column.maximum
    if bound is None:
        return None

    def too_high(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import above, offending

        return offending(frame, above(frame, place.name, bound), place.name, f"at most {bound:g}")

    return place.rule(
        "maximum",
        f"{place.name} is at most {bound:g}{_unit(place)}.",
        too_high,
        example=f"{bound + 1:g}.",
        fix="correct the number.",
    )


def _unit(place: Place) -> str:
    return f" {place.column.unit}" if place.column.unit else ""


def corrected(place: Place) -> Rule | None:
    """No row has a value that an earlier release is known to have had wrong."""
    corrections = place.column.corrections
    if not corrections:
        return None

    def uncorrected(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending

        keys = frame[place.table.keys[0]]
        wrong = keys.map({key: correction.wrong for key, correction in corrections.items()})
        right = keys.map({key: correction.right for key, correction in corrections.items()})
        same = (frame[place.name] == wrong).fillna(False).to_numpy(dtype=bool)
        return offending(frame, same, place.name, right)

    first = next(iter(corrections.values()))
    return place.rule(
        "corrected",
        f"{place.name} is not one of {len(corrections)} values that a later release corrected.",
        uncorrected,
        needs=tuple(f"{place.table_name}.{key}" for key in place.table.keys),
        example=f"{first.wrong}, which was corrected to {first.right}.",
        fix="take the corrected value, or use a later release.",
    )


#: Kinds that ask about one column (or one row), in the order in which they are judged.
KINDS: tuple[Callable[[Place], Rule | None], ...] = (
    present,
    type_,
    required,
    required_when,
    null_when,
    unique,
    enum,
    pattern,
    minimum,
    maximum,
    corrected,
)
