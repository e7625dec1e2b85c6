"""Tracks of any NWB file: its series, intervals, events, units and responses of cells."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from math import prod
from typing import Any

import h5py
import numpy as np

from nwbgate.browser.tracks.any_file_planes import any_file_planes, plane_of
from nwbgate.browser.tracks.image_stacks import image_stacks, is_of_images
from nwbgate.browser.tracks.samples import Samples, StoredSamples, clock_of
from nwbgate.browser.tracks.track import EventsTrack, Heatmap, Intervals, Opened, Rows, TraceTrack, Track, rows_of
from nwbgate.errors import NwbgateError
from nwbgate.reading.format.dynamic_table import column_names, read_column, read_table
from nwbgate.reading.format.time_series import is_series, series_data, times_of
from nwbgate.reading.format.units import in_unit
from nwbgate.reading.nwb_data import NWBData
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at, groups
from nwbgate.storage.values import length, text_attribute

#: Columns of a series up to which each is a trace of its own; more are rows of a heatmap.
_FEW = 8
#: Values up to which a heatmap is read whole.
_MOST = 2 * 10**8
#: Columns that may sort the rows of a table into categories, the first that there is.
_CATEGORIES = ("outcome", "condition", "trial_type", "stimulus_name", "stim_name", "label", "type", "tags")


def any_file_tracks(data: NWBData, *, without: frozenset[str] = frozenset(), shown: bool = True) -> Opened:
    """Return what a file has to show, by its neurodata types.

    Parameters
    ----------
    data : NWBData
        The opened file.
    without : set of str
        Absolute paths of series and tables to leave out.
    shown : bool
        Whether the tracks are on the page at once; only then are there planes, which others have of their own.
    """
    tracks: list[Track] = []
    notes: list[str] = []
    stacks = image_stacks(data.file, notes)
    planes, numbers = any_file_planes(data.file, notes) if shown else ([], {})
    for group in groups(data.file):
        if group.name in without:
            continue
        try:
            tracks += [_with_plane(track, group, numbers) for track in _tracks_of(group, shown, notes)]
        except NwbgateError as error:
            notes.append(f"{group.name}: {error.what}" + (f", {error.got}" if error.got else ""))
    points: dict[str, Callable[[], Any]] = {
        track.name: partial(_starts, track.read) for track in tracks if isinstance(track, EventsTrack | Intervals)
    }
    facts = {name: str(fact) for name, fact in data.metadata.items()}
    return Opened(
        "NWB file", tracks, planes, stacks, aligned_to=points, facts=facts, notes=notes, tables=partial(_table, data)
    )


def _with_plane(track: Track, group: h5py.Group, numbers: dict[str, int]) -> Track:
    """Return a track, with its plane if it is a heatmap of cells."""
    return replace(track, plane=plane_of(group, numbers)) if isinstance(track, Heatmap) else track


def _starts(read_rows: Callable[[], Rows]) -> Any:
    return read_rows().start


def _table(data: NWBData, name: str) -> Any:
    """Return the table of a name, or whose path ends with it."""
    found = [path for path in data.tables if path == name or path.rsplit("/", 1)[-1] == name]
    return data.tables[found[0]] if len(found) == 1 else None


def _tracks_of(group: h5py.Group, shown: bool, notes: list[str]) -> Iterator[Track]:
    """Yield the tracks of one group: one per column of a series."""
    if is_series(group):
        yield from _series_tracks(group, shown, notes)
    elif "colnames" in group.attrs:
        names = column_names(group)
        where, name = _heading_and_name(group)
        if {"start_time", "stop_time"} <= {*names}:
            yield Intervals(name, where, shown=shown, source=group.name, read=cache(partial(_intervals, group)))
        elif "timestamp" in names:
            yield EventsTrack(name, where, shown=shown, source=group.name, read=cache(partial(_events, group)))
        elif "spike_times" in names:
            yield EventsTrack("spikes", where, shown=shown, source=group.name, read=cache(partial(unit_spikes, group)))


def _heading_and_name(group: h5py.Group) -> tuple[str, str]:
    """Return heading and name of an object, from its path."""
    parts = [part for part in group.name.split("/") if part and part != "processing"]
    return "/".join(parts[:-1]) or "file", parts[-1]


def _series_tracks(series: h5py.Group, shown: bool, notes: list[str]) -> Iterator[Track]:
    data = series_data(series)
    where, name = _heading_and_name(series)
    if is_of_images(series):
        if where != "stimulus/templates":
            yield Intervals(
                name, where, shown=shown, source=series.name, read=cache(partial(_first_to_last_frame, series))
            )
        return
    if "external_file" in series:
        return
    if data.dtype.kind not in "biuf" or data.ndim > 2 or not data.size:
        notes.append(f"{series.name}: {_reason(data)}, shape {data.shape}")
        return
    if data.ndim == 2 and data.shape[1] > _FEW and data.size <= _MOST:
        yield heatmap_of(series, name, where, shown=shown)
        return
    count = prod(data.shape[1:])
    if count > _FEW:
        notes.append(f"{series.name}: the first {_FEW} of {count} columns are shown")
    for column in range(min(count, _FEW)):
        title = name if count == 1 else f"{name} {column}"
        yield trace_of(series, title, where, column=None if data.ndim == 1 else column, shown=shown)


def trace_of(
    series: h5py.Group, name: str, group: str, *, column: int | None = None, shown: bool = True, **more: Any
) -> TraceTrack:
    """Return a column of a series as a trace.

    Raises
    ------
    MalformedError
        If its data or times are not what a series has.
    """
    ends = stored_ends(series)
    samples: Callable[[], Samples] = cache(partial(StoredSamples, series, column))
    unit = text_attribute(series_data(series), "unit")
    return TraceTrack(name, group, unit, shown, series.name, samples=samples, ends=lambda: ends, **more)


def _reason(data: h5py.Dataset) -> str:
    """Return why data are not shown."""
    if not data.size:
        return "empty"
    return "of more dimensions than images" if data.ndim > 2 else f"{data.dtype}, not numbers"


def heatmap_of(series: h5py.Group, name: str, group: str, *, shown: bool = True) -> Heatmap:
    """Return a series of many columns as a heatmap."""
    data = series_data(series)

    def matrix() -> Any:
        return in_unit(data, read(data, order="F").astype(np.float64, copy=False))

    return Heatmap(
        name, group, text_attribute(data, "unit"), shown, series.name,
        matrix=matrix, times=partial(times_of, series), row=partial(StoredSamples, series),
        rows=tuple(str(row) for row in range(data.shape[1])),
    )  # fmt: skip


def stored_ends(series: h5py.Group) -> tuple[float, float]:
    """Return the first and last time of a series in seconds; NaN if absent.

    Raises
    ------
    MalformedError
        If it has neither timestamps nor a rate.
    """
    count = length(series_data(series))
    clock = clock_of(series)
    if clock:
        return clock.start, clock.start + max(count - 1, 0) * clock.period
    times = dataset_at(series, "timestamps")
    if times is None or times.ndim != 1 or not length(times):
        return float("nan"), float("nan")
    return float(times[0]), float(times[-1])


def _first_to_last_frame(series: h5py.Group) -> Rows:
    """Return the time of an image series as one interval."""
    first, last = stored_ends(series)
    return rows_of([first], [last], category=[f"{length(series_data(series)):,} frames"])


def _intervals(group: h5py.Group) -> Rows:
    wanted = ["start_time", "stop_time", *(name for name in column_names(group) if name in _CATEGORIES)]
    frame = read_table(group, wanted)
    category = next((frame[name] for name in _CATEGORIES if name in frame and not frame[name].map(np.ndim).any()), None)
    return rows_of(frame["start_time"], frame["stop_time"], category=category)


def _events(group: h5py.Group) -> Rows:
    frame = read_table(group, ["timestamp", *(name for name in column_names(group) if name in _CATEGORIES)])
    category = next((frame[name] for name in _CATEGORIES if name in frame and not frame[name].map(np.ndim).any()), None)
    return rows_of(frame["timestamp"], category=category)


def unit_spikes(group: h5py.Group) -> Rows:
    """Return the spikes of a table of units, one category for each unit."""
    spikes = [np.ravel(times) for times in read_column(group, "spike_times")]
    if len(spikes) == 1:
        return rows_of(spikes[0])
    width = len(str(max(len(spikes) - 1, 0)))
    names = [f"unit {unit:0{width}}" for unit, times in enumerate(spikes) for _ in times]
    return rows_of(np.concatenate([np.empty(0), *spikes]), category=names)
