"""Kinds of declared rules about allowed values: listed, pattern, bounds, known errors."""

from typing import TYPE_CHECKING, Any

from nwbgate.rules.declared.place import Place
from nwbgate.rules.rule import Rule

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Allowed values shown in a title; a vocabulary can have hundreds.
_VALUES_SHOWN = 12


def enum(place: Place) -> Rule | None:
    """Every value, or element of a list, is an allowed one."""
    allowed = place.column.enum
    if not allowed:
        return None
    listed = set(allowed)
    in_lists = place.column.type in ("integers", "strings")

    def find_others(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, rows_among

        def off(value: Any) -> bool:
            return not listed.issuperset(value) if in_lists else value not in listed

        return offending(frame, rows_among(frame, place.name, off), place.name, shown)

    shown = ", ".join(map(str, allowed[:_VALUES_SHOWN])) + (
        f" or one of {len(allowed) - _VALUES_SHOWN} more" if len(allowed) > _VALUES_SHOWN else ""
    )
    return place.rule(
        "enum",
        f"{place.name} is one of: {shown}.",
        find_others,
        example=f"{allowed[0]}x." if isinstance(allowed[0], str) else "",
        fix="correct the spelling; if the value is right and new, add it to the specification.",
    )


def pattern(place: Place) -> Rule | None:
    """The whole text matches a regular expression."""
    form = place.column.pattern
    if form is None:
        return None

    def find_unlike(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import offending, rows_unlike

        return offending(frame, rows_unlike(frame, place.name, form), place.name, f"text of the form {form}")

    return place.rule(
        "pattern",
        f"{place.name} has the form {form}.",
        find_unlike,
        fix="correct the text.",
    )


def minimum(place: Place) -> Rule | None:
    """No number is below the bound."""
    return _bound(place, place.column.minimum, "minimum", "at least", -1)


def maximum(place: Place) -> Rule | None:
    """No number is above the bound."""
    return _bound(place, place.column.maximum, "maximum", "at most", 1)


def _bound(place: Place, bound: float | None, kind: str, words: str, step: int) -> Rule | None:
    """Return the rule of a bound; `step` leads to a number beyond it."""
    if bound is None:
        return None
    expected = f"{words} {bound:g}{_unit(place)}"

    def find_beyond(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import above, below, offending

        beyond = (below if step < 0 else above)(frame, place.name, bound)
        return offending(frame, beyond, place.name, expected)

    title, example = f"{place.name} is {expected}.", f"{bound + step:g}."
    return place.rule(kind, title, find_beyond, example=example, fix="correct the number.")


def _unit(place: Place) -> str:
    return f" {place.column.unit}" if place.column.unit else ""


def corrected(place: Place) -> Rule | None:
    """No row has a value known to be wrong in an earlier release."""
    corrections = place.column.corrections
    if not corrections:
        return None

    def find_wrong(frame: "pd.DataFrame") -> "Rows":
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
        find_wrong,
        needs=tuple(f"{place.table_name}.{key}" for key in place.table.keys),
        example=f"{first.wrong}, which was corrected to {first.right}.",
        fix="use the corrected value, or a later release.",
    )
