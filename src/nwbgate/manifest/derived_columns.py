"""Derived columns: pure functions of other columns, named by their parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    Values = pd.Series[Any]


@dataclass(frozen=True)
class Derivation:
    """A function that recomputes a column from other columns.

    Calling it calls the function: one Series per input, in order; the result has the index of the first.

    Parameters
    ----------
    function : callable
        Series in, Series out.
    inputs : tuple of str
        ``column`` of the same table, or ``table.column`` of another.
    history : bool
        It counts over all sessions of a mouse, and so is right only where the tables hold all of them.
    partial : bool
        A missing result says that the value cannot be told from the inputs, not that there must be none.
    """

    function: "Callable[..., Values]"
    inputs: tuple[str, ...]
    history: bool = False
    partial: bool = False

    @property
    def name(self) -> str:
        """Name of the function, used by ``derived`` in a specification."""
        return self.function.__name__

    @property
    def title(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").partition("\n")[0]

    def __call__(self, *columns: "Values") -> "Values":
        """Return the recomputed column."""
        return self.function(*columns)

    def inputs_for(self, table: str) -> tuple[str, ...]:
        """Return the inputs as ``table.column``, for a derived column of `table`."""
        return tuple(name if "." in name else f"{table}.{name}" for name in self.inputs)

    def tables_for(self, table: str) -> tuple[str, ...]:
        """Return the tables of the inputs, `table` first."""
        return tuple(dict.fromkeys([table, *(name.partition(".")[0] for name in self.inputs_for(table))]))

    def recompute(self, table: str, frames: "Mapping[str, pd.DataFrame]") -> "Values":
        """Return the recomputed column of `table`.

        Parameters
        ----------
        table : str
            The table whose column is recomputed.
        frames : mapping of str to DataFrame
            At least the tables of `tables_for`.
        """
        places = (name.split(".", 1) for name in self.inputs_for(table))
        return self.function(*(frames[place][column] for place, column in places))


def derived_from(
    *inputs: str, history: bool = False, partial: bool = False
) -> "Callable[[Callable[..., Values]], Derivation]":
    """Turn a function of columns into a `Derivation` without registering it.

    Parameters
    ----------
    *inputs : str
        Column of the same table, or ``table.column``, for each parameter in order.
    history : bool
        Whether it is right only where the tables hold every session of every mouse.
    partial : bool
        Whether a missing result says only that the value cannot be told.
    """

    def derivation(function: "Callable[..., Values]") -> Derivation:
        return Derivation(function, inputs, history, partial)

    return derivation
