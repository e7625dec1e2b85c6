"""Tracks of a recording of one neuron: voltage, threshold, spikes and dF/F."""

from functools import partial
from typing import Any

from nwbgate.browser.tracks.any_file_tracks import any_file_tracks, trace_of
from nwbgate.browser.tracks.track import EventsTrack, Opened, Rows, Track, rows_of
from nwbgate.reading.recording import Recording

#: Attribute of a recording to the name of its track.
_TRACES = {"voltage": "voltage", "baseline_subtracted": "voltage without baseline", "dff": "dF/F"}


def recording_tracks(recording: Recording) -> Opened:
    """Return what a recording has to show."""
    tracks: list[Track] = []
    groups = {name: recording.series_group(name) for name in _TRACES}
    for name, title in _TRACES.items():
        group = groups[name]
        if group is not None:
            lines: tuple[Any, ...] = _threshold(recording) if name == "baseline_subtracted" else ()
            tracks.append(trace_of(group, title, "Recording", lines=lines))
    where = 2 if groups["baseline_subtracted"] is not None else 1
    tracks.insert(where, EventsTrack("spikes", "Recording", source="/units", read=partial(_spikes, recording)))
    known = frozenset({"/units", *(group.name for group in groups.values() if group is not None)})
    others = any_file_tracks(recording, without=known, shown=False)
    return Opened(
        "recording", tracks + others.tracks, stacks=others.stacks,
        aligned_to={"spikes": lambda: recording.spike_times, **others.aligned_to},
        facts={name: str(fact) for name, fact in recording.metadata.items()}, notes=others.notes, tables=others.tables,
    )  # fmt: skip


def _spikes(recording: Recording) -> Rows:
    return rows_of(recording.spike_times)


def _threshold(recording: Recording) -> tuple[tuple[float, str], ...]:
    """Return the spike threshold as a line, or nothing if absent."""
    try:
        return ((recording.threshold, "threshold"),)
    except AttributeError:
        return ()
