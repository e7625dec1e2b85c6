"""Reasons for missing measurements, as table rows instead of crashes or passes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from math import nan

from nwbgate.errors import NwbgateError
from nwbgate.qc.measurement import Measurement, not_measured


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


#: The faults in the innermost `faults`.
_FAULTS: "ContextVar[list[MeasurementFault] | None]" = ContextVar("faults", default=None)


@contextmanager
def faults() -> Iterator[list[MeasurementFault]]:
    """Yield a list that collects the faults of measurements.

    Outside of such a block nobody would hear of a fault, and the exception is raised.
    """
    found: list[MeasurementFault] = []
    token = _FAULTS.set(found)
    try:
        yield found
    finally:
        _FAULTS.reset(token)


def note_fault(metric: str, error: Exception) -> str:
    """Record a fault and return its reason; data errors are raised again.

    Parameters
    ----------
    metric : str
        What was being measured.
    error : Exception
        What was raised.
    """
    found = _FAULTS.get()
    if found is None or isinstance(error, NwbgateError):
        raise error
    found.append(MeasurementFault(metric, error))
    return f"nwbgate broke while it measured {metric}: {type(error).__name__}: {error}"


class UnmeasurableError(NwbgateError):
    """The data do not allow this number, for the reason in the text."""


def measure_row(
    metric: str, compute: Callable[[], float], unit: str = "1", object: str = "session", window: str = ""
) -> Measurement:
    """Return the row of a metric: its number, or the reason for its absence.

    Parameters
    ----------
    metric : str
        The metric's dotted name.
    compute : callable
        Returns the number, or raises `UnmeasurableError`.
    unit, object, window : str
        As in `Measurement`.
    """
    try:
        return Measurement(metric, compute(), unit, object, window)
    except UnmeasurableError as reason:
        return not_measured(metric, reason.what, unit, object)
    except Exception as error:
        return not_measured(metric, note_fault(metric, error), unit, object)


def guard_rows(
    group: str, rows: Callable[[], Iterable[Measurement]], empty: Callable[[], Iterable[Measurement]] = tuple
) -> Iterator[Measurement]:
    """Yield the rows of metrics; after a fault, the rest are Not measured.

    Parameters
    ----------
    group : str
        What the group is called in the reason.
    rows : callable
        Measures the group.
    empty : callable
        Measures the same group of nothing, which tells the rows that there would have been.
    """
    done: set[tuple[str, str]] = set()
    try:
        for row in rows():
            done.add((row.metric, row.object))
            yield row
    except Exception as error:
        reason = note_fault(group, error)
        left = (row for row in _all_of(group, empty) if (row.metric, row.object) not in done)
        yield from (replace(row, value=nan, reason=reason) for row in left)


def _all_of(group: str, rows: Callable[[], Iterable[Measurement]]) -> list[Measurement]:
    try:
        return list(rows())
    except Exception as error:  # it breaks without data too; criteria then say that there is no such measurement
        note_fault(group, error)
        return []
