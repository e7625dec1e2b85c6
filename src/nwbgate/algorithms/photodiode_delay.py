"""Monitor delay from draw command to light on the screen, measured with a photodiode.

A square in the corner of the screen turns from black to white or back every 60 frames, once a second. Algorithm and
constants: AllenSDK 2.16.2, restated.
"""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

#: Frames between two turns of the square.
FRAMES_PER_TURN = 60
#: Seconds between two turns that are believed: shortest, longest.
BELIEVED_INTERVAL = (0.95, 1.05)
#: An edge that another follows within so many seconds is a glitch.
GLITCH = 0.5
#: Delays in seconds that are believed: shortest, longest.
BELIEVED_DELAY = (0.0, 0.07)


def photodiode_turns(edges: FloatArray) -> FloatArray:
    """Return the photodiode edges that belong to flips of the square on the screen.

    Parameters
    ----------
    edges : numpy.ndarray, shape (edges,)
        Rising and falling edges, ascending, in seconds.

    Returns
    -------
    numpy.ndarray, shape (turns,)
        From the first edge that begins two valid intervals in a row to the last one that ends two. Of two edges within
        0.5 s the earlier one is left out. Empty where no two valid intervals follow each other.
    """
    shortest, longest = BELIEVED_INTERVAL
    intervals = np.diff(edges)
    valid = (intervals >= shortest) & (intervals <= longest)
    pairs = np.flatnonzero(valid[1:] & valid[:-1])
    if not len(pairs):
        return np.empty(0)
    kept = edges[pairs[0] : pairs[-1] + 3]
    followed = np.append(np.diff(kept) < GLITCH, False)
    return np.asarray(kept[~followed])


def measured_delay(edges: FloatArray, stimulus_frames: FloatArray) -> float:
    """Return the delay of a monitor in seconds.

    Turn k of the square belongs to stimulus frame 60 k. The delay is the mean of their differences.

    Parameters
    ----------
    edges : numpy.ndarray, shape (edges,)
        Rising and falling edges of the photodiode, ascending, in seconds.
    stimulus_frames : numpy.ndarray, shape (frames,)
        Times at which frames were sent to the monitor, in seconds.

    Raises
    ------
    ValueError
        With the reason, where no delay can be measured or it is not between 0 and 0.07 s.
    """
    turns, drawn = photodiode_turns(edges), stimulus_frames[::FRAMES_PER_TURN]
    if not len(turns):
        raise ValueError("the photodiode has no two consecutive intervals of one second")
    if len(turns) < len(drawn):
        raise ValueError(f"the photodiode has {len(turns)} edges for {len(drawn)} flips of the screen")
    delay = float(np.mean(turns[: len(drawn)] - drawn))
    shortest, longest = BELIEVED_DELAY
    if not shortest <= delay <= longest:
        raise ValueError(f"the measured delay {delay:.5f} s is outside {shortest:g} to {longest:g} s")
    return delay
