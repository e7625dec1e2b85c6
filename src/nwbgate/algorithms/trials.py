"""Go/no-go trials: their licks, rewards and kinds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

#: Outcomes of a trial, of which each trial has exactly one.
OUTCOMES = ("hit", "miss", "false_alarm", "correct_reject", "auto_rewarded", "aborted")


def trial_of_licks(licks: npt.NDArray[Any], starts: npt.NDArray[Any], end: float = np.inf) -> IntArray:
    """Return the number of the trial that each lick belongs to.

    Trial k has the licks after its start, up to and at the start of trial k + 1.

    Parameters
    ----------
    licks, starts : numpy.ndarray, shape (licks,) and (trials,)
        Ascending, in seconds or in frames.
    end : float
        Last time or frame of the last trial.

    Returns
    -------
    numpy.ndarray, shape (licks,), int64
        -1 for licks before the first trial and after the end of the last.
    """
    trial = np.searchsorted(starts, licks, side="left") - 1
    return np.where(licks > end, -1, trial).astype(np.int64)


@dataclass(frozen=True)
class TrialKinds:
    """Kinds and outcomes of trials, each an array of truth values, shape (trials,)."""

    go: BoolArray
    catch: BoolArray
    auto_rewarded: BoolArray
    aborted: BoolArray
    hit: BoolArray
    miss: BoolArray
    false_alarm: BoolArray
    correct_reject: BoolArray

    @property
    def outcomes(self) -> IntArray:
        """Number of outcomes of each trial; one in a valid session."""
        outcomes: IntArray = np.sum([getattr(self, name) for name in OUTCOMES], axis=0, dtype=np.int64)
        return outcomes


def trial_kinds(
    meant_catch: BoolArray,
    meant_auto: BoolArray,
    *,
    aborted: BoolArray,
    hit: BoolArray,
    miss: BoolArray,
    false_alarm: BoolArray,
) -> TrialKinds:
    """Return kinds and outcomes of trials from what was meant and what happened.

    An aborted trial is of no kind. Other trials are catch or auto-rewarded where meant so, else go. A catch trial
    without a false alarm is a correct rejection. An auto-rewarded trial has no other outcome.

    Parameters
    ----------
    meant_catch, meant_auto : numpy.ndarray of bool, shape (trials,)
        What the trial was to be.
    aborted, hit, miss, false_alarm : numpy.ndarray of bool, shape (trials,)
        What the task logged.
    """
    catch, auto = meant_catch & ~aborted, meant_auto & ~aborted
    judged = ~auto
    return TrialKinds(
        go=~catch & ~auto & ~aborted,
        catch=catch,
        auto_rewarded=auto,
        aborted=aborted,
        hit=hit & judged,
        miss=miss & judged,
        false_alarm=false_alarm & judged,
        correct_reject=catch & ~false_alarm & judged,
    )


def rewards_of_trials(rewards: FloatArray, start: FloatArray, stop: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return each trial's first reward time and number of rewards.

    Parameters
    ----------
    rewards : numpy.ndarray, shape (rewards,)
        Ascending, in seconds.
    start, stop : numpy.ndarray, shape (trials,)
        In seconds; a reward at either belongs to the trial.

    Returns
    -------
    times : numpy.ndarray, shape (trials,)
        In seconds, NaN without a reward.
    counts : numpy.ndarray, shape (trials,), int64
    """
    first, last = np.searchsorted(rewards, start, side="left"), np.searchsorted(rewards, stop, side="right")
    counts = np.maximum(last - first, 0).astype(np.int64)
    padded = np.append(rewards, np.nan)
    return np.where(counts > 0, padded[first], np.nan), counts
