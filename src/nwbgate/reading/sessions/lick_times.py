"""Assignment of licks to trials."""

from typing import Any

import numpy as np
import pandas as pd

from nwbgate.algorithms.trials import trial_of_licks

Times = np.ndarray[Any, np.dtype[np.float64]]


def licks_by_trial(licks: Times, starts: Times) -> list[Times]:
    """Return each trial's licks, up to the start of the next.

    The rule by which AllenSDK 2.16.2 fills ``lick_times``. It needs them ragged; when the session has as many licks as
    trials it writes them without their index, one per row, whatever trial they belong to.

    Parameters
    ----------
    licks : numpy.ndarray, shape (licks,)
        Times in seconds, ascending, all within trials.
    starts : numpy.ndarray, shape (trials,)
        Starts of the trials in seconds, ascending.
    """
    if not len(starts):
        return []
    trial = np.maximum(trial_of_licks(licks, starts), 0)
    return [licks[trial == row] for row in range(len(starts))]


def with_lick_times(trials: pd.DataFrame) -> pd.DataFrame:
    """Return trials whose lick times, without an index in the file, are theirs again.

    Parameters
    ----------
    trials : DataFrame
        With ``lick_times``, all of which may lie in one trial, and ``start_time``.
    """
    flat = np.concatenate([np.empty(0), *trials["lick_times"]])
    rows = licks_by_trial(flat, trials["start_time"].to_numpy())
    return trials.assign(lick_times=pd.Series(rows, dtype=object))
