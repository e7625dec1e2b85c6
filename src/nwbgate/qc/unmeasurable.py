"""Why a number cannot be measured, and how that becomes a row of the table rather than a crash or a pass."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from math import nan

from nwbgate.errors import NwbgateError
from nwbgate.qc.measurement import Measurement, not_measured


@dataclass(frozen=True)
class MeasurementFault:
    """An exception that a measurement should not have raised, which is a fault of nwbgate.

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
    """Give a list that fills with the faults of measurements, each of which costs its own rows and no others.

    Outside of such a block nobody would hear of a fault, and the exception is raised.
    """
    found: list[MeasurementFault] = []
    token = _FAULTS.set(found)
    try:
        yield found
    finally:
        _FAULTS.reset(token)


def noted(metric: str, error: Exception) -> str:
    """Note a fault for `faults` and return the reason that its rows give; an error of the data is raised again.

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
    """The data do not allow this number: too short, too few, constant, or not there. Its text is the reason."""


def measured(
    metric: str, compute: Callable[[], float], unit: str = "1", object: str = "session", window: str = ""
) -> Measurement:
    """Return the row of a metric: its number, or the reason why there is none.

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
        return not_measured(metric, noted(metric, error), unit, object)


def guarded(
    group: str, rows: Callable[[], Iterable[Measurement]], empty: Callable[[], Iterable[Measurement]] = tuple
) -> Iterator[Measurement]:
    """Yield the rows of a group of metrics; where it breaks, the rest of its rows are Not measured.

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
        reason = noted(group, error)
        left = (row for row in _all_of(group, empty) if (row.metric, row.object) not in done)
        yield from (replace(row, value=nan, reason=reason) for row in left)


def _all_of(group: str, rows: Callable[[], Iterable[Measurement]]) -> list[Measurement]:
    try:
        return list(rows())
    except Exception as error:  # it breaks without data too; criteria then say that there is no such measurement
        noted(group, error)
        return []
