"""Tracks that results of quality control are about."""

from collections.abc import Mapping, Sequence
from typing import Any

from nwbgate.browser.tracks.track import Track

#: First words of a metric to the source of the track that it is about; the first that fits. Sources of sessions and of
#: recordings differ, so one table serves both.
_SOURCES = {
    "eye.": "eye_tracking", "clocks.eye_": "eye_tracking", "running.": "running_speed",
    "clocks.running_": "running_speed", "behavior.lick": "licks", "clocks.licks_": "licks", "behavior.": "trials",
    "stimulus.": "stimulus_presentations", "clocks.stimulus_": "stimulus_presentations",
    "clocks.monitor_": "stimulus_presentations", "spikes.": "/units",
}  # fmt: skip
#: First words of a metric of a recording to the name of its track.
_NAMES = {"voltage.": "voltage", "dff.": "dF/F"}


def quality_of_tracks(
    results: Sequence[Mapping[str, Any]], tracks: Sequence[Track]
) -> tuple[list[list[int]], list[int]]:
    """Return the numbers of the results of each track, and of the others.

    Parameters
    ----------
    results : sequence of mapping
        Results of one file, with ``object`` and ``metric``.
    tracks : sequence of Track
        Its tracks. A result about a plane is one of each track of the plane.
    """
    found: list[list[int]] = [[] for _ in tracks]
    others = []
    for number, result in enumerate(results):
        places = [place for place, track in enumerate(tracks) if _is_about(result, track)]
        for place in places:
            found[place].append(number)
        if not places:
            others.append(number)
    return found, others


def _is_about(result: Mapping[str, Any], track: Track) -> bool:
    if result["object"] and track.group == f"Plane {result['object']}":
        return True
    metric = str(result["metric"])
    source = next((source for start, source in _SOURCES.items() if metric.startswith(start)), None)
    name = next((name for start, name in _NAMES.items() if metric.startswith(start)), None)
    return track.source == source if source else track.group == "Recording" and track.name == name
