"""Traces aligned to events: event × time × cell."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.errors import UsageError
from nwbgate.extras import import_extra
from nwbgate.reading.sessions.event_kinds import (
    RECORDING_EVENTS,
    SESSION_EVENTS,
    Events,
    as_array,
    events_finder,
    own_events,
)

if TYPE_CHECKING:
    import xarray as xr

    from nwbgate.reading.planes.plane import Plane
    from nwbgate.reading.recording import Recording
    from nwbgate.reading.sessions.session import Session

Array = np.ndarray[Any, np.dtype[Any]]

#: Seconds before and after an event that are cut out when nothing else is said.
WINDOW = (-1.0, 2.0)
#: A sample has a value when a frame is at most this many sampling periods away. Half a period is enough on an even
#: clock; the rest is for the jitter of a real one. A dropped frame leaves a gap of a whole period on each side.
REACH = 0.75


def aligned(
    session: "Session",
    plane: "Plane | str",
    kind: Any,
    window: tuple[float, float] = WINDOW,
    signal: str = "dff",
) -> "xr.DataArray":
    """Return a plane's traces around events of a kind or given times.

    Time runs in steps of the plane's own sampling period (the median interval of its timestamps), with 0 at the event.
    Each sample is the value of the frame **nearest** in time; nothing is interpolated, so every number is one of the
    file. A frame is then off by at most half a period. A sample with no frame within 0.75 periods is NaN: where the
    window leaves the recording, and where frames were dropped. No event is left out.

    Parameters
    ----------
    session : Session
        Where the events are.
    plane : Plane or str
        Where the traces are: a plane, or the name of one of the session's.
    kind : str or array-like
        Your own event times in seconds, or a kind. ``changes``: changes of the image (go and auto-rewarded trials, told
        apart by the coordinates ``go`` and ``auto_rewarded``), at `change_time`. ``sham_changes``: catch trials.
        ``images``: every image or grating that was shown. ``omissions``: images that were left out. ``rewards``,
        ``licks``. Times of images and changes are when the display changed (with the monitor's delay), times of rewards
        and licks when they were sensed.
    window : (float, float)
        Start and end in seconds relative to the event, ends included.
    signal : str
        ``dff``, ``corrected``, ``demixed``, ``neuropil`` or ``events``.

    Returns
    -------
    xarray.DataArray
        float64, dimensions ``event``, ``time`` (seconds relative to the event) and ``cell``. Coordinates along
        ``event``: ``event`` (id of the row in its table), ``event_time`` (seconds in the session) and the columns of
        that row, such as ``image_name`` or ``hit``; where true and false have missing values between, they are 1, 0
        and NaN. Along ``cell``: ``cell_roi_id`` and ``cell_specimen_id``. Without events, as in a passive session
        without licks, there are 0 events.

    Raises
    ------
    UsageError
        If there is no such kind or plane, or the window is no interval.
    """
    plane = session.planes[plane] if isinstance(plane, str) else plane
    events = events_finder(kind, SESSION_EVENTS)(session) if isinstance(kind, str) else own_events(kind)
    timestamps = np.asarray(plane.ophys_timestamps, np.float64)
    cells = {"cell_roi_id": np.asarray(plane.cell_roi_ids), "cell_specimen_id": np.asarray(plane.cell_specimen_ids)}
    about = {"kind": kind if isinstance(kind, str) else "times", "signal": signal, "plane": plane.name}
    return cut_out(plane.matrix(signal), timestamps, events, window, cells=cells, about=about)


def aligned_recording(
    recording: "Recording", kind: str = "spikes", window: tuple[float, float] = WINDOW, signal: str = "dff"
) -> "xr.DataArray":
    """Return a trace of a recording around each of its spikes.

    As `aligned`, with one cell.

    Parameters
    ----------
    recording : Recording
        Where the events and the traces are.
    kind : str
        ``spikes``.
    window : (float, float)
        Start and end in seconds relative to the spike, ends included.
    signal : str
        ``dff``; ``voltage`` or ``baseline_subtracted`` (volts) give the waveforms: choose a window of milliseconds.

    Raises
    ------
    UsageError
        If there is no such kind or signal, or the window is no interval.
    """
    events = events_finder(kind, RECORDING_EVENTS)(recording)
    values, timestamps = _recorded_signal(recording, signal)
    return cut_out(values[:, None], timestamps, events, window, cells={}, about={"kind": kind, "signal": signal})


def _recorded_signal(recording: "Recording", signal: str) -> tuple[Array, Array]:
    if signal == "dff":
        return recording.dff, recording.dff_timestamps
    if signal not in ("voltage", "baseline_subtracted"):
        raise UsageError(
            "no such signal in a recording",
            where="signal",
            got=repr(signal),
            expected="one of 'dff', 'voltage', 'baseline_subtracted'",
            fix="use one of these names",
        )
    values = recording.voltage if signal == "voltage" else recording.baseline_subtracted
    return values, recording.voltage_timestamps


def cut_out(
    values: Array,
    timestamps: Array,
    events: Events,
    window: tuple[float, float],
    *,
    cells: dict[str, Array],
    about: dict[str, str],
) -> "xr.DataArray":
    """Return `values`, shape (frames, cells), around each event, as `aligned` describes."""
    import_extra("xarray", "xarray")
    import xarray as xr

    period = sampling_period(timestamps)
    offsets = sample_offsets(window, period)
    taken = nearest_values(values, timestamps, events.times[:, None] + offsets, REACH * period)
    coordinates: dict[str, Any] = {"time": ("time", offsets, {"units": "s", "long_name": "time from the event"})}
    coordinates |= {name: ("cell", ids) for name, ids in cells.items()}
    coordinates |= event_coordinates(events)
    attributes = {**about, "sampling_period": period, "sampling": "nearest frame"}
    return xr.DataArray(
        np.moveaxis(taken, 0, -1), coordinates, ("event", "time", "cell"), name=about["signal"], attrs=attributes
    )


def event_coordinates(events: Events) -> dict[str, Any]:
    """Return the coordinates of events: their times, ids, and the columns of their table."""
    index = events.table.index
    columns = {str(name): ("event", as_array(column)) for name, column in events.table.items()}
    if index.name not in (None, "event"):
        columns[str(index.name)] = ("event", index.to_numpy())
    times = ("event", events.times, {"units": "s", "long_name": "time in the session"})
    return {**columns, "event": ("event", index.to_numpy()), "event_time": times}


def sampling_period(timestamps: Array) -> float:
    """Return the median interval of timestamps, in seconds.

    Raises
    ------
    UsageError
        If there are fewer than two.
    """
    if len(timestamps) < 2:
        raise UsageError(
            "traces of fewer than two frames cannot be aligned",
            where="timestamps",
            got=f"{len(timestamps)} frames",
            expected="two frames or more",
            fix="check the file with `nwbgate check`",
        )
    return float(np.median(np.diff(timestamps)))


def sample_offsets(window: tuple[float, float], period: float) -> Array:
    """Return the multiples of the sampling period within a window, ends included, in seconds.

    Raises
    ------
    UsageError
        If the window is not two finite numbers, the first below the second, or holds no sample.
    """
    start, stop = window_ends(window, str(WINDOW))
    # A window of a whole number of periods includes its ends; the division alone could miss them by rounding.
    first, last = np.ceil(start / period - 1e-6), np.floor(stop / period + 1e-6)
    if last < first:
        raise UsageError(
            "no sample inside the window",
            where="window",
            got=f"{window!r}, between two samples",
            expected=f"a window that contains a multiple of the sampling period, {period:.4g} s",
            fix="choose a longer window",
        )
    return np.arange(first, last + 1) * period


def window_ends(window: tuple[float, float], example: str) -> tuple[float, float]:
    """Return start and end of a window, in seconds.

    Parameters
    ----------
    window : tuple of float
        As a person gave it.
    example : str
        Windows that can be given.

    Raises
    ------
    UsageError
        If it is not two finite numbers, the first below the second.
    """
    try:
        start, stop = (float(end) for end in window)
    except (TypeError, ValueError):
        start = stop = np.nan
    if not (np.isfinite(start) and np.isfinite(stop) and start < stop):
        raise UsageError(
            "invalid time window",
            where="window",
            got=repr(window),
            expected="two numbers, start and end in seconds, the start below the end",
            fix=f"give for example window={example}",
        )
    return start, stop


def nearest_values(values: Array, timestamps: Array, times: Array, reach: float) -> Array:
    """Return the values nearest to some times, cells first."""
    frames = nearest_frames(timestamps, times, reach)
    taken: Array = values.T.take(frames, axis=1)  # cell by cell, as the matrices of planes lie in memory
    taken[:, frames < 0] = np.nan
    return taken


def nearest_frames(timestamps: Array, times: Array, reach: float) -> Array:
    """Return the index of the frame nearest to each time, -1 beyond `reach` seconds.

    Of two frames equally near it is the earlier.

    Parameters
    ----------
    timestamps : array of float64, shape (frames,)
        Ascending, at least one.
    times : array of float64, any shape
        Seconds on the same clock.
    reach : float
        Largest distance in seconds.
    """
    after = np.searchsorted(timestamps, times).clip(0, len(timestamps) - 1)
    before = (after - 1).clip(0)
    frames = np.where(times - timestamps[before] <= np.abs(timestamps[after] - times), before, after)
    return np.where(np.abs(timestamps[frames] - times) <= reach, frames, -1)
