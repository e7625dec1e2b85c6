"""First and last time of a file, from its tracks or stored times."""

from collections.abc import Iterable, Iterator

import numpy as np

from nwbgate.browser.tracks.any_file_tracks import stored_ends
from nwbgate.browser.tracks.track import EventsTrack, Heatmap, Intervals, TraceTrack, Track
from nwbgate.errors import NwbgateError
from nwbgate.reading.format.time_series import is_series
from nwbgate.reading.nwb_data import NWBData
from nwbgate.storage.hdf5 import groups

Ends = tuple[float, float]


def ends_of(tracks: Iterable[Track]) -> tuple[Ends, dict[int, str]]:
    """Return first and last time of tracks, and problems by number."""
    ends: list[Ends] = []
    problems: dict[int, str] = {}
    for number, track in enumerate(tracks):
        try:
            ends += _ends(track)
        except NwbgateError as error:
            problems[number] = f"{error.what}: {error.where}" + (f", {error.got}" if error.got else "")
    return _hull(ends) or (0.0, 1.0), problems


def _ends(track: Track) -> Iterator[Ends]:
    """Yield the ends of a track, if it is shown or a trace."""
    if isinstance(track, TraceTrack):
        yield track.ends()
    elif isinstance(track, EventsTrack | Intervals) and track.shown:
        rows = track.read()
        last = rows.start if rows.stop is None else rows.stop
        if len(rows.start):
            yield float(rows.start[0]), float(np.nanmax([*last, rows.start[-1]]))
    elif isinstance(track, Heatmap) and track.shown:
        times = track.times()
        if len(times):
            yield float(times[0]), float(times[-1])


def _hull(ends: Iterable[Ends]) -> Ends | None:
    """Return the first start and the last stop, apart."""
    finite = [(start, stop) for start, stop in ends if np.isfinite(start) and np.isfinite(stop)]
    if not finite:
        return None
    start, stop = min(start for start, _ in finite), max(stop for _, stop in finite)
    return start, stop if stop > start else start + 1.0


def stored_length(data: NWBData) -> float | None:
    """Return the seconds that all series span; None without any."""
    ends = []
    for group in groups(data.file):
        try:
            ends += [stored_ends(group)] if is_series(group) else []
        except NwbgateError:
            continue  # the page says of each track why it is not shown
    hull = _hull(ends)
    return None if hull is None else hull[1] - hull[0]


def length_words(seconds: float | None) -> str:
    """Return a length of time in words for people."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
