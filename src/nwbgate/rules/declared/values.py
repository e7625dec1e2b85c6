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
    bound = place.column.minimum
    if bound is None:
        return None

    def too_low(frame: "pd.DataFrame") -> "Rows":
        from nwbgate.rules.columns import below, offending

        return offending(frame, below(frame, place.name, bound), place.name, f"at least {bound:g}{_unit(place)}")

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

        return offending(frame, above(frame, place.name, bound), place.name, f"at most {bound:g}{_unit(place)}")

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
