"""Any series or units around any events: event × time × channel."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.errors import UsageError, nearest
from nwbgate.extras import import_extra
from nwbgate.reading.objects.series import Series
from nwbgate.reading.sessions.aligned import (
    REACH,
    WINDOW,
    event_coordinates,
    nearest_frames,
    sample_offsets,
    sampling_period,
)
from nwbgate.reading.sessions.event_kinds import Events, own_events

if TYPE_CHECKING:
    import xarray as xr

    from nwbgate.reading.nwb_data import NWBData

#: Seconds of a bin in which spikes are counted, unless another is given.
BIN = 0.05
#: The name by which the units of a file are asked for.
UNITS = "units"


def aligned_to_times(
    data: "NWBData", what: str, times: Any, window: tuple[float, float] = WINDOW, *, bin_width: float = BIN
) -> "xr.DataArray":
    """Return a series or firing rates around each of some times.

    A series is taken at the sample nearest in time, as `nwbgate.reading.sessions.aligned.aligned` takes traces; only
    the samples around the events are read. Spikes are counted in bins whose centres are the times.

    Parameters
    ----------
    data : NWBData
        The opened file.
    what : str
        Name of a series, in full or its last part where that is enough, or ``units``.
    times : array-like or str
        Seconds in the session, or the name of a table of intervals (its starts) or of events.
    window : (float, float)
        Start and end in seconds relative to the event, ends included.
    bin_width : float
        Seconds of a bin, for units.

    Returns
    -------
    xarray.DataArray
        float64, dimensions ``event``, ``time`` and ``channel`` (for units ``unit``, in Hz). Samples outside of the
        recording are NaN.

    Raises
    ------
    UsageError
        If there is no such series or table, a time is not finite, or the window is no interval.
    """
    events = events_at(data, times)
    if what == UNITS:
        return _rates(data, events, window, bin_width)
    return _samples(series_named(data, what), events, window)


def events_at(data: "NWBData", times: Any) -> Events:
    """Return events at given times or rows of a table.

    Raises
    ------
    UsageError
        If there is no such table, or a time is not finite.
    """
    if isinstance(times, str):
        return _rows_as_events(data, times)
    return own_events(times)


def _rows_as_events(data: "NWBData", name: str) -> Events:
    known = [*data.intervals, *data.events]
    if name not in known:
        raise UsageError(
            f"the file has no table of intervals or events {name!r}",
            where=str(data.path),
            got=name,
            expected=f"one of {', '.join(known) or 'none'}, or an array of seconds",
            fix=nearest(name, known) or "use one of these names, or give the times",
        )
    table = data.intervals[name] if name in data.intervals else data.events[name]
    column = next(each for each in ("start_time", "timestamp", "timestamps") if each in table)
    kept = table[table[column].notna()]
    single = [each for each in kept if not kept[each].map(np.ndim).any()]
    return Events(kept[column].to_numpy(np.float64), kept[single])


def series_named(data: "NWBData", name: str) -> Series:
    """Return a series by its full name, or unique last part.

    Raises
    ------
    UsageError
        If none has it, or several have.
    """
    fitting = [each for each in data.series if each.rpartition("/")[2] == name]
    if name in data.series or len(fitting) != 1:
        if len(fitting) > 1 and name not in data.series:
            raise UsageError(
                f"{len(fitting)} series are called {name!r}",
                where=str(data.path),
                got=name,
                expected=f"one of {', '.join(fitting)}",
                fix="give the full name",
            )
        return data.series[name]
    return data.series[fitting[0]]


def _samples(series: Series, events: Events, window: tuple[float, float]) -> "xr.DataArray":
    timestamps = np.asarray(series.timestamps, np.float64)
    period = sampling_period(timestamps)
    offsets = sample_offsets(window, period)
    frames = nearest_frames(timestamps, events.times[:, None] + offsets, REACH * period)
    channels = int(np.prod(series.shape[1:]))
    taken = np.full((*frames.shape, channels), np.nan)
    for row, places in enumerate(frames):
        there = places >= 0
        if there.any():
            first, last = places[there].min(), places[there].max() + 1
            read = np.asarray(series[int(first) : int(last)], np.float64).reshape(int(last - first), channels)
            taken[row, there] = read[places[there] - first]
    about = {"series": series.path, "unit": series.unit, "sampling_period": period, "sampling": "nearest frame"}
    return _array(taken, offsets, events, channels=("channel", np.arange(channels)), name=series.name, about=about)


def _rates(data: "NWBData", events: Events, window: tuple[float, float], bin_width: float) -> "xr.DataArray":
    """Return the firing rate of each unit in bins around each event."""
    units = data.units
    if "spike_times" not in units:
        raise UsageError(
            "the file has no units with spike times",
            where=str(data.path),
            got=f"{len(units)} units",
            expected="a table of units with spike_times",
            fix="name a series instead: opened.series lists them",
        )
    offsets = sample_offsets(window, bin_width)
    edges = np.append(offsets - bin_width / 2, offsets[-1] + bin_width / 2)
    borders = events.times[:, None] + edges
    trains: Sequence[Any] = units["spike_times"].tolist()
    counts = [np.diff(np.searchsorted(np.sort(np.asarray(train, np.float64)), borders), axis=1) for train in trains]
    rates = np.stack(counts, axis=-1) / bin_width if counts else np.zeros((*borders[:, 1:].shape, 0))
    about = {"series": "units", "unit": "Hz", "bin_width": bin_width, "sampling": "spikes counted in bins"}
    return _array(rates, offsets, events, channels=("unit", units.index.to_numpy()), name="units", about=about)


def _array(
    values: Any, offsets: Any, events: Events, *, channels: tuple[str, Any], name: str, about: dict[str, Any]
) -> "xr.DataArray":
    import_extra("xarray", "xarray")
    import xarray as xr

    axis = channels[0]
    time = ("time", offsets, {"units": "s", "long_name": "time from the event"})
    coordinates: dict[str, Any] = {"time": time, axis: channels, **event_coordinates(events)}
    return xr.DataArray(values, coordinates, ("event", "time", axis), name=name, attrs=about)
