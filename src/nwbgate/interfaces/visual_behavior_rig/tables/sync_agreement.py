"""Agreement of the sync file with pickle and eye video."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from nwbgate.algorithms.event_agreement import late_frames
from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.rig_lines import SIGNALS
from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import Agreement, CameraFrames
from nwbgate.interfaces.visual_behavior_rig.tables.pickle_agreement import contradiction

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: Share by which two clocks may differ: quartz keeps 1e-4, and the mean interval of the real pickle of AllenSDK's tests
#: is that of its monitor to 4e-5.
SAME_PACE = 1e-3
#: Frames from which a frame of difference, that of a surplus edge, is below it.
FEWEST_FRAMES = 3000
#: Seconds of the shortest pulse that is a lick; solenoids leave shorter ones.
SHORTEST_LICK = 1e-4
#: Seconds over which the middle half of the edges may come after their frames if camstim drives the line: it does so
#: 2 ms after the flip. The edges of a sensor with a life of its own spread over the whole frame of 17 ms.
DRIVEN = 0.003
#: Edges that tell whether the line is driven.
FEWEST_EDGES = 10
#: Frames in which a pulse may outlast its frame, so that a further lick has no edge of its own.
PULSE_FRAMES = 3


def sync_contradictions(
    pickle: StimulusPickle, clocks: Clocks, times: FloatArray, camera: CameraFrames
) -> list[Agreement]:
    """Return a comparison for each fact told differently by the sync file.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.
    clocks : Clocks
        Its sync file.
    times : numpy.ndarray, shape (frames,)
        Times of the stimulus frames by the sync file, in seconds.
    camera : CameraFrames
        Frames of the eye camera, where they are known.
    """
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "pace": lambda: _pace(pickle, times),
        "lick_line": lambda: _lick_line(pickle, clocks, times),
        "eye_pulses": lambda: _eye_pulses(clocks, camera),
    }
    told = {name: list(part()) for name, part in parts.items()}
    return [contradiction(name, found) for name, found in told.items() if found]


def _pace(pickle: StimulusPickle, times: FloatArray) -> Iterator[str]:
    seconds = times[: pickle.frames]
    own = pickle.frame_times[: len(seconds)]
    if len(seconds) < FEWEST_FRAMES or not own[-1]:
        return
    by_sync, by_pickle = (1000 * float(clock[-1] - clock[0]) / (len(clock) - 1) for clock in (seconds, own))
    if abs(by_sync / by_pickle - 1) > SAME_PACE:
        yield f"a frame lasts {by_sync:.3f} ms by the sync file, and {by_pickle:.3f} ms by the pickle"


def _lick_line(pickle: StimulusPickle, clocks: Clocks, times: FloatArray) -> Iterator[str]:
    """Compare lick by lick where camstim drives the line."""
    edges = _lick_edges(clocks)
    edges = edges[(edges >= times[0]) & (edges <= times[-1])] if len(times) else edges[:0]
    frames = np.searchsorted(times, edges, side="right") - 1
    if len(edges) < FEWEST_EDGES or _spread(edges - times[frames]) > DRIVEN:
        return
    licks = pickle.lick_frames[pickle.lick_frames < len(times) - 1]
    for frame in _alone(frames, licks):
        yield f"the line has a lick in frame {frame}, at {times[frame]:.3f} s, and the pickle does not"
    for frame in _alone(licks, frames):
        if not ((licks < frame) & (licks >= frame - PULSE_FRAMES)).any():
            yield f"the pickle has a lick in frame {frame}, at {times[frame]:.3f} s, and the line does not"


def _lick_edges(clocks: Clocks) -> FloatArray:
    """Return when the lick line rose for longer than an artefact."""
    signal = SIGNALS["lick"]
    try:
        line = clocks.sync.first_line(signal.names, signal.meaning)
    except SourceError:  # a rig without this line
        return np.empty(0)
    rising, falling = clocks.sync.rising(line), clocks.sync.falling(line)
    ends = np.append(falling, np.inf)[np.searchsorted(falling, rising)]
    return rising[ends - rising > SHORTEST_LICK]


def _spread(values: FloatArray) -> float:
    low, high = np.percentile(values, [25, 75])
    return float(high - low)


def _alone(frames: IntArray, others: IntArray) -> list[int]:
    """Return the frames that the others lack, one frame earlier and later too."""
    near = np.concatenate([others - 1, others, others + 1])
    alone: list[int] = np.unique(frames[~np.isin(frames, near)]).tolist()
    return alone


def _eye_pulses(clocks: Clocks, camera: CameraFrames) -> Iterator[str]:
    """Compare the gaps of the camera's pulses with the frames of its video."""
    try:
        pulses = clocks.signal("eye").times
    except SourceError:  # a rig without this line
        return
    gaps = late_frames(pulses)
    if camera.video is not None and len(gaps) and camera.video > len(pulses):
        gap = f"{len(gaps)} gaps, the first after {pulses[gaps[0] - 1]:.3f} s"
        yield f"{camera.video} frames of video, {len(pulses)} pulses with {gap}"
