"""Measurements and tables of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan

import pandas as pd

#: Beginning of the reason of a metric that has nothing to be measured on.
NOT_APPLICABLE = "not applicable: "

COLUMNS = ("metric", "value", "unit", "object", "window", "reason")
"""The columns of a table of measurements, in their order."""


@dataclass(frozen=True)
class MeasurementFault:
    """An unexpected exception of a measurement: a fault of nwbgate.

    Attributes
    ----------
    metric : str
        What was being measured: a metric, or a group of them.
    error : Exception
        What was raised.
    """

    metric: str
    error: Exception

    @property
    def reason(self) -> str:
        """Reason for the missing number."""
        return f"nwbgate broke while it measured {self.metric}: {type(self.error).__name__}: {self.error}"


@dataclass(frozen=True)
class Measurement:
    """A measured number, or the reason it could not be measured.

    Attributes
    ----------
    metric : str
        The metric's dotted name, such as ``spikes.isi_below_2ms``.
    value : float
        The number in `unit`. NaN: not measured.
    unit : str
        The field's term, such as ``s``, ``Hz`` or ``1/sqrt(Hz)``; ``1`` for a number without unit.
    object : str
        What was measured: ``session``, ``recording``, a plane's name, ``plane VISp_175 / cell 123``, a container's id.
    window : str
        The time that the number is about, such as ``last third against the first``. Empty: all of it.
    reason : str
        Why there is no number, for a reader who did not see the data. Empty where there is one.
    fault : MeasurementFault, optional
        The exception behind a missing number, where nwbgate broke. It is not part of tables.
    """

    metric: str
    value: float
    unit: str = "1"
    object: str = "session"
    window: str = ""
    reason: str = ""
    fault: MeasurementFault | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        value = float(self.value)
        object.__setattr__(self, "value", value if isfinite(value) else nan)
        if not isfinite(value) and not self.reason:
            object.__setattr__(self, "reason", f"the computation gave {value}, which is not a finite number")

    @property
    def measured(self) -> bool:
        """Whether the number was measured."""
        return isfinite(self.value)


def not_measured(metric: str, reason: str, unit: str = "1", object: str = "session") -> Measurement:
    """Return the row of a metric that could not be measured.

    Parameters
    ----------
    metric : str
        The metric's dotted name.
    reason : str
        Why not, such as ``3 spikes, at least 20 are needed``.
    unit : str
        The unit that the number would have had.
    object : str
        What would have been measured.
    """
    return Measurement(metric, nan, unit, object, reason=reason)


def not_applicable(metric: str, reason: str, unit: str = "1", object: str = "session") -> Measurement:
    """Return the row of a metric without anything to measure.

    Parameters
    ----------
    metric : str
        The metric's dotted name.
    reason : str
        Why not, such as ``the file has no units``.
    unit, object : str
        As in `Measurement`.
    """
    return Measurement(metric, nan, unit, object, reason=f"{NOT_APPLICABLE}{reason}")


def table(rows: Iterable[Measurement]) -> pd.DataFrame:
    """Return measurements as a table with the columns `COLUMNS`, in order.

    The column ``value`` is float64 and the others are text (``str``), also where there is no row.
    """
    frame = pd.DataFrame([[getattr(row, name) for name in COLUMNS] for row in rows], columns=list(COLUMNS))
    return frame.astype({name: "float64" if name == "value" else "object" for name in COLUMNS})


def raise_faults(rows: Iterable[Measurement]) -> Iterator[Measurement]:
    """Yield measurement rows; raise the exception of the first one that nwbgate broke on."""
    for row in rows:
        if row.fault is not None:
            raise row.fault.error
        yield row


def rows_of(frame: pd.DataFrame) -> Iterator[Measurement]:
    """Yield a measurement table's rows, adding a reason where all is missing."""
    for value, *words in frame[["value", "metric", "unit", "object", "window", "reason"]].to_numpy(dtype=object):
        metric, unit, measured, window, reason = ("" if pd.isna(word) else str(word) for word in words)
        number = nan if pd.isna(value) else float(value)
        said = reason or ("" if isfinite(number) else "neither a value nor a reason was given")
        yield Measurement(metric, number, unit, measured, window, said)


def join_tables(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the concatenation of measurement tables, renumbered."""
    filled = [one for one in tables if len(one)]
    return pd.concat(filled, ignore_index=True) if filled else table([])
