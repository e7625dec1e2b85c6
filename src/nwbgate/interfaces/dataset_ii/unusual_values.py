"""Values of the side-car table that the specification finds unusual."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

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
