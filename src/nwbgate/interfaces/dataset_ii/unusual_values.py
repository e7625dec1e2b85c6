"""Values of the side-car table that the specification finds unusual."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from nwbgate.manifest import recording_rows
from nwbgate.manifest.specification.declaration import Column
from nwbgate.manifest.specification.spec import load_spec


def unusual_values(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each value that ``nwbgate check`` warns about.

    Parameters
    ----------
    values : mapping of str to str, float or bool
        A row; empty cells are absent.
    """
    for name, column in _columns().items():
        if name in values and (expected := _usual(values[name], column)):
            value = values[name]
            got = f"{value:g} {column.unit}" if isinstance(value, float) else str(value)
            yield f"{name} is {got.strip()}, expected {expected}; correct the table if it is wrong"


def unusual_rows(values: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return sentences about rows that others or the publication contradict.

    Parameters
    ----------
    values : mapping of str to mapping
        Row of each recording by its id; empty cells are absent.
    """
    names, found = [*values], {name: list[str]() for name in values}
    rows = [{"recording_id": name, **values[name]} for name in names]
    for find in _UNUSUAL:
        for odd in find(rows):
            found[names[odd.row]].append(
                f"{odd.column} is {odd.got}, expected {odd.expected}; correct the table if it is wrong"
            )
    return found


#: What is unusual, and may be true.
_UNUSUAL = (
    recording_rows.ages_unlike_adults,
    recording_rows.starts_outside_the_years,
    recording_rows.starts_without_time,
    recording_rows.shared_starts,
    recording_rows.positions_in_another_unit,
)


@cache
def _columns() -> dict[str, Column]:
    return dict(load_spec("dataset_ii").tables["recordings"].columns)


def _usual(value: Any, column: Column) -> str:
    """Return what a value should be, empty where it is that."""
    if column.enum and value not in column.enum:
        return " or ".join(map(str, column.enum))
    if isinstance(value, float) and column.minimum is not None and value < column.minimum:
        return f"at least {column.minimum:g} {column.unit}"
    if isinstance(value, float) and column.maximum is not None and value > column.maximum:
        return f"at most {column.maximum:g} {column.unit}"
    return ""
