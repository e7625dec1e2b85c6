"""The time window of a plot."""

from typing import TYPE_CHECKING, Any

from nwbgate.errors import UsageError
from nwbgate.reading.sessions.aligned import window_ends

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    from nwbgate.reading.planes.plane import Plane
    from nwbgate.reading.sessions.session import Session


def checked_window(window: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return a window after checking it.

    Raises
    ------
    UsageError
        If it is neither None nor two finite numbers, the first below the second.
    """
    return None if window is None else window_ends(window, "(300, 600), or none for all of it")


def show(axes: "Axes", window: tuple[float, float] | None, times: "np.ndarray[Any, Any]") -> None:
    """Limit axes to a window in seconds, or to the span of `times`."""
    if window is not None:
        axes.set_xlim(window)
    elif len(times) > 1:
        axes.set_xlim(float(times[0]), float(times[-1]))


def imaging_planes_of(session: "Session") -> "list[Plane]":
    """Return the imaging planes of a session.

    Raises
    ------
    UsageError
        If it has none.
    """
    planes = list(session.planes.values())
    if not planes:
        raise UsageError(
            "this session has no imaging plane",
            where=str(getattr(session, "path", "")),
            got="a session of behavior only",
            expected="a session with two-photon imaging",
            fix="choose one with an ophys_session_id, or plot_behavior_summary",
        )
    return planes
