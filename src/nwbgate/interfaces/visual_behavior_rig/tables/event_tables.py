"""Tables of licks and rewards: the pickle's frames, the session's clock."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle

FloatArray = npt.NDArray[np.float64]


def licks_table(pickle: StimulusPickle, times: FloatArray) -> tuple[pd.DataFrame, list[str]]:
    """Return the licks, and what was decided about them.

    Times are those of the stimulus frames, without the monitor's delay. A last lick one frame past the end, as camstim
    logs it, is left out.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.
    times : numpy.ndarray, shape (frames,)
        Time of each stimulus frame, in seconds.

    Returns
    -------
    table : DataFrame
        Columns ``timestamps`` (s) and ``frame``, a row for each lick.
    decisions : list of str

    Raises
    ------
    SourceError
        If other licks have no frame.
    """
    frames, decisions = pickle.lick_frames, []
    if len(frames) and frames[-1] == len(times):
        frames = frames[:-1]
        decisions.append(f"last lick left out: it is on frame {len(times)}, one past the last")
    refuse_frames_past_end(pickle, frames, times, "licks")
    return pd.DataFrame({"timestamps": times[frames], "frame": frames}), decisions


def rewards_table(pickle: StimulusPickle, times: FloatArray) -> pd.DataFrame:
    """Return the rewards: the first of each trial that had one.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.
    times : numpy.ndarray, shape (frames,)
        Time of each stimulus frame, in seconds.

    Returns
    -------
    DataFrame
        Columns ``timestamps`` (s), ``volume`` (mL) and ``auto_rewarded``.

    Raises
    ------
    SourceError
        If a reward has no frame.
    """
    rewarded = [trial for trial in pickle.trials if trial.rewards]
    frames = np.array([trial.rewards[0][1] for trial in rewarded], dtype=np.int64)
    refuse_frames_past_end(pickle, frames, times, "rewards")
    return pd.DataFrame(
        {
            "timestamps": times[frames],
            "volume": np.array([trial.rewards[0][0] for trial in rewarded], dtype=np.float64),
            "auto_rewarded": np.array([trial.auto_reward for trial in rewarded], dtype=bool),
        }
    )


def refuse_frames_past_end(
    pickle: StimulusPickle, frames: npt.NDArray[np.int64], times: FloatArray, things: str
) -> None:
    """Refuse frames that have no time.

    Raises
    ------
    SourceError
        With the first of them, and how many frames have a time.
    """
    wrong = frames[(frames < 0) | (frames >= len(times))]
    if len(wrong):
        raise pickle.unsound(
            f"{things} of the stimulus pickle lie outside of the session",
            got=f"frame {int(wrong[0])}",
            expected=f"frames from 0 to {len(times) - 1}",
        )
