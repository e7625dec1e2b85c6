"""Agreement of pickle, sync file, photodiode and camera in rig sources."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nwbgate.algorithms.event_agreement import largest_deviation, late_frames, without_partner
from nwbgate.algorithms.monitor_delay import BELIEVED_INTERVAL, photodiode_turns
from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.named_clock import NamedClock

FloatArray = npt.NDArray[np.float64]

#: Seconds within which a lick of the pickle and an edge of the lick line are one: one and a half stimulus frames.
SAME_LICK = 0.025
#: Share of licks without a partner, and of late frames that only one clock knows, that are passed over.
FEW = 0.02
#: Seconds by which the clocks of pickle and sync file may differ: one stimulus frame.
ONE_FRAME = 1 / 60
#: Share of frames that may be lost by a camera.
LOST = 0.01


@dataclass(frozen=True)
class SourceCheck:
    """A comparison of two sources.

    Attributes
    ----------
    name : str
        What was compared.
    sentence : str
        What was found.
    sound : bool
        Whether that is as it should be.
    """

    name: str
    sentence: str
    sound: bool


def source_checks(
    pickle: StimulusPickle, clocks: Clocks, times: FloatArray, lost_frames: int | None = None
) -> list[SourceCheck]:
    """Return what comparing the sources of a session with each other shows.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.
    clocks : Clocks
        Its sync file.
    times : numpy.ndarray, shape (frames,)
        Times of the stimulus frames by the sync file, in seconds.
    lost_frames : int, optional
        Frames that the eye camera lost, by its report.
    """
    found = [_frames(pickle, times), _licks(pickle, clocks, times), _photodiode(clocks, times)]
    found += [_eye_camera(clocks, lost_frames)]
    return [check for check in found if check is not None]


def _frames(pickle: StimulusPickle, times: FloatArray) -> SourceCheck:
    """Compare the frames that came late, and the pace, by both clocks."""
    own, seconds = pickle.frame_times, times[: pickle.frames]
    late, other = set(late_frames(own).tolist()), set(late_frames(seconds).tolist())
    deviation = largest_deviation(seconds, own)
    sentence = (
        f"stimulus frames: {len(other)} late of {len(times)} by the sync file, {len(late)} by the pickle, "
        f"{len(late ^ other)} by one alone; clocks differ by up to {deviation * 1000:.1f} ms"
    )
    sound = len(late ^ other) <= FEW * max(len(late | other), 1 / FEW) and not deviation > ONE_FRAME
    return SourceCheck("stimulus frames", sentence, sound)


def _licks(pickle: StimulusPickle, clocks: Clocks, times: FloatArray) -> SourceCheck | None:
    """Compare the licks of the pickle with the edges of the lick line."""
    line = _signal(clocks, "lick")
    if line is None:
        return None
    frames = pickle.lick_frames[pickle.lick_frames < len(times)]
    licks = times[frames]
    alone = without_partner(licks, line.times, SAME_LICK), without_partner(line.times, licks, SAME_LICK)
    sentence = (
        f"licks: {len(licks)} in the pickle, {alone[0]} of them not on the lick line; "
        f"{len(line.times)} on the line, {alone[1]} of them not in the pickle"
    )
    return SourceCheck("licks", sentence, alone[0] <= FEW * max(len(licks), 1 / FEW))


def _photodiode(clocks: Clocks, times: FloatArray) -> SourceCheck | None:
    """Return how many turns of the square the photodiode saw, and how many of them at odd intervals."""
    line = _signal(clocks, "photodiode")
    if line is None:
        return None
    turns, due = photodiode_turns(line.times), len(times[::60])
    shortest, longest = BELIEVED_INTERVAL
    intervals = np.diff(turns)
    odd = int(((intervals < shortest) | (intervals > longest)).sum())
    sentence = f"photodiode: {len(turns)} turns of {due} due, {odd} at intervals that are not a second"
    return SourceCheck("photodiode", sentence, len(turns) >= due and odd <= FEW * due)


def _eye_camera(clocks: Clocks, lost_frames: int | None) -> SourceCheck | None:
    """Return how many frames the eye camera lost, by its report and by gaps of its pulses."""
    line = _signal(clocks, "eye")
    if line is None:
        return None
    gaps = len(late_frames(line.times))
    report = "" if lost_frames is None else f", {lost_frames} frames lost by its report"
    sentence = f"eye camera: {len(line.times)} pulses, {gaps} gaps{report}"
    return SourceCheck("eye camera", sentence, gaps + (lost_frames or 0) <= LOST * max(len(line.times), 1))


def _signal(clocks: Clocks, name: str) -> NamedClock | None:
    try:
        return clocks.signal(name)
    except SourceError:  # a rig without this line
        return None
