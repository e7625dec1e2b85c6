"""Agreement of pickle, sync file, photodiode, camera and traces in rig sources."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import nan

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.algorithms.event_agreement import largest_deviation, late_frames, without_partner
from nwbgate.algorithms.photodiode_delay import BELIEVED_INTERVAL, photodiode_turns
from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.named_clock import NamedClock

FloatArray = npt.NDArray[np.float64]

#: Seconds within which a lick of the pickle and an edge of the lick line are one: one and a half stimulus frames.
SAME_LICK = 0.025


@dataclass(frozen=True)
class Agreement:
    """One comparison of two sources.

    Attributes
    ----------
    comparison : str
        What was compared, such as ``licks``.
    object : str
        ``session``, or the name of an imaging plane.
    n_expected, n_found : int
        Events or samples by the source that is written, and by the one beside it.
    n_unmatched : int
        How many of them the other source does not have, or has wrong.
    deviation_sec : float
        Largest distance of two clocks in seconds; NaN where none were compared.
    sentence : str
        The same in words; column ``told`` of the table.
    """

    comparison: str
    object: str
    n_expected: int
    n_found: int
    n_unmatched: int
    deviation_sec: float = nan
    sentence: str = ""


@dataclass(frozen=True)
class CameraFrames:
    """Frames of the eye camera's video, and those reported as lost."""

    video: int | None = None
    lost: int | None = None


def agreement_table(rows: Sequence[Agreement]) -> pd.DataFrame:
    """Return comparisons as a table, columns as ``source_agreement`` of `session_tables.yaml`."""
    columns = {field.name: [getattr(row, field.name) for row in rows] for field in fields(Agreement)}
    return pd.DataFrame(columns).rename(columns={"sentence": "told"})


def source_agreement(
    pickle: StimulusPickle, clocks: Clocks, times: FloatArray, camera: CameraFrames | None = None
) -> list[Agreement]:
    """Return the comparisons of a session's sources that its lines allow.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.
    clocks : Clocks
        Its sync file.
    times : numpy.ndarray, shape (frames,)
        Times of the stimulus frames by the sync file, in seconds.
    camera : CameraFrames, optional
        Frames of the eye camera, where they are known.
    """
    found = [_frames(pickle, times)]
    if (line := _signal(clocks, "lick")) is not None:
        found.append(_licks(pickle, line, times))
    if (line := _signal(clocks, "photodiode")) is not None:
        found.append(_photodiode(line, times))
    if (line := _signal(clocks, "eye")) is not None:
        found += _eye_camera(line, camera or CameraFrames())
    return found


def imaging_agreement(plane: str, pulses: int, frames: int) -> Agreement:
    """Return the comparison of a plane's pulses with its frames."""
    sentence = f"two-photon frames: {pulses} pulses, {frames} frames of traces"
    return Agreement("imaging_frames", plane, frames, pulses, abs(pulses - frames), sentence=sentence)


def _frames(pickle: StimulusPickle, times: FloatArray) -> Agreement:
    """Compare the frames that came late, and the pace, by both clocks."""
    own, seconds = pickle.frame_times, times[: pickle.frames]
    late, other = set(late_frames(own).tolist()), set(late_frames(seconds).tolist())
    alone, deviation = len(late ^ other), largest_deviation(seconds, own)
    sentence = (
        f"stimulus frames: {len(other)} late of {len(times)} by the sync file, {len(late)} by the pickle, "
        f"{alone} by one alone; clocks differ by up to {deviation * 1000:.1f} ms"
    )
    return Agreement("late_stimulus_frames", "session", len(late), len(other), alone, deviation, sentence)


def _licks(pickle: StimulusPickle, line: NamedClock, times: FloatArray) -> Agreement:
    """Compare the licks of the pickle with the edges of the lick line."""
    licks = times[pickle.lick_frames[pickle.lick_frames < len(times)]]
    unfelt, unlogged = without_partner(licks, line.times, SAME_LICK), without_partner(line.times, licks, SAME_LICK)
    sentence = (
        f"licks: {len(licks)} in the pickle, {unfelt} of them not on the lick line; "
        f"{len(line.times)} on the line, {unlogged} of them not in the pickle"
    )
    return Agreement("licks", "session", len(licks), len(line.times), unfelt, sentence=sentence)


def _photodiode(line: NamedClock, times: FloatArray) -> Agreement:
    """Compare the photodiode's turns with those due, one per second."""
    turns, due = photodiode_turns(line.times), len(times[::60])
    shortest, longest = BELIEVED_INTERVAL
    intervals = np.diff(turns)
    odd = int(((intervals < shortest) | (intervals > longest)).sum())
    sentence = f"photodiode: {len(turns)} turns of {due} due, {odd} at intervals that are not a second"
    return Agreement("photodiode_turns", "session", due, len(turns), odd, sentence=sentence)


def _eye_camera(line: NamedClock, camera: CameraFrames) -> list[Agreement]:
    """Compare the eye camera's pulses with its video and report."""
    pulses, gaps = len(line.times), len(late_frames(line.times))
    report = "" if camera.lost is None else f", {camera.lost} frames lost by its report"
    sentence = f"eye camera: {pulses} pulses, {gaps} gaps{report}"
    if camera.video is None:
        return []
    apart = pulses - camera.video
    rows = [Agreement("eye_frames", "session", pulses, camera.video, abs(apart), sentence=sentence)]
    if camera.lost is not None:
        unexplained = abs(apart - camera.lost)
        lost = f"eye camera: {camera.lost} frames lost by its report, {max(apart, 0)} pulses without frame"
        rows.append(Agreement("lost_eye_frames", "session", camera.lost, max(apart, 0), unexplained, sentence=lost))
    return rows


def _signal(clocks: Clocks, name: str) -> NamedClock | None:
    try:
        return clocks.signal(name)
    except SourceError:  # a rig without this line
        return None
