"""Reasons for missing measurements, as table rows instead of crashes or passes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import nan

from nwbgate.errors import NwbgateError
from nwbgate.processes.termination import raise_stop
from nwbgate.qc.measurement import Measurement, MeasurementFault, not_measured


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
    except NwbgateError:
        raise
    except Exception as error:  # a fault of a metric is ours, and the other rows are to be measured
        raise_stop(error)
        return broken_row(not_measured(metric, "broken", unit, object), MeasurementFault(metric, error))


def broken_row(row: Measurement, fault: MeasurementFault) -> Measurement:
    """Return a row without its number, because of a fault of nwbgate."""
    return replace(row, value=nan, reason=fault.reason, fault=fault)


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
        Measures the same group of nothing, which tells the rows that there would have been. Without any, one row
        named after the group has the fault.
    """
    done: set[tuple[str, str]] = set()
    try:
        for row in rows():
            done.add((row.metric, row.object))
            yield row
    except NwbgateError:
        raise
    except Exception as error:  # a fault of a group is ours, and the other groups are to be measured
        fault = MeasurementFault(group, error)
        left = [row for row in _rows_of_nothing(empty) if (row.metric, row.object) not in done]
        yield from (broken_row(row, fault) for row in left or [not_measured(group, fault.reason)])


def _rows_of_nothing(empty: Callable[[], Iterable[Measurement]]) -> list[Measurement]:
    try:
        return list(empty())
    except NwbgateError:
        raise
    except Exception:  # it breaks without data too; the fault of the data is told already
        return []
