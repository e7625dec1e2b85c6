"""Why a number cannot be measured, and how that becomes a row of the table rather than a crash or a pass."""

from collections.abc import Callable

from nwbgate.errors import NwbgateError
from nwbgate.qc.measurement import Measurement, not_measured


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
