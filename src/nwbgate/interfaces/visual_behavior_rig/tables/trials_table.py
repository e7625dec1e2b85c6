"""Trials of a session as a table."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.algorithms.trials import TrialKinds, rewards_of_trials, trial_kinds, trial_of_licks
from nwbgate.interfaces.visual_behavior_rig.pickles.logged_trials import LoggedTrial
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.tables.event_tables import (
    licks_table,
    refuse_frames_past_end,
    rewards_table,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: Events that decide the outcome, by its name in tables.
_EVENTS = {"aborted": "abort", "hit": "hit", "miss": "miss", "false_alarm": "false_alarm"}


def trials_table(pickle: StimulusPickle, times: FloatArray, monitor_delay: float) -> pd.DataFrame:
    """Return the trials of the change detection task, aborted ones included.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.
    times : numpy.ndarray, shape (frames,)
        Time of each stimulus frame, in seconds, without the monitor's delay.
    monitor_delay : float
        In seconds; added to the time of the change alone.

    Returns
    -------
    DataFrame
        A row for each trial, columns as ``trials`` of `session_tables.yaml`; ``lick_times`` holds arrays.

    Raises
    ------
    SourceError
        If events have no frame, or a trial has not one outcome.
    """
    trials = pickle.trials
    start, stop = (_event_times(pickle, times, name) for name in ("trial_start", "trial_end"))
    kinds = _kinds(pickle)
    change_frame = _change_frames(trials, kinds)
    refuse_frames_past_end(pickle, change_frame[change_frame >= 0], times, "changes")
    change_time = np.where(change_frame >= 0, times[np.maximum(change_frame, 0)] + monitor_delay, np.nan)
    licks = lick_times_of_trials(pickle, times)
    first_lick = np.array([row[0] if len(row) else np.nan for row in licks], dtype=np.float64)
    latency = np.where(np.isnan(first_lick), np.inf, first_lick - change_time)
    names = [_image_names(pickle, trial) for trial in trials]
    columns = {
        "trials_id": np.arange(len(trials)),
        "start_time": start,
        "stop_time": stop,
        "initial_image_name": np.array([first for first, _ in names], dtype=object),
        "change_image_name": np.array([second for _, second in names], dtype=object),
        "is_change": np.array(["stimulus_changed" in trial.events for trial in trials], dtype=bool),
        "change_time": change_time,
        "go": kinds.go,
        "catch": kinds.catch,
        "lick_times": pd.Series(licks, dtype=object),
        "response_time": np.where(kinds.aborted, np.nan, first_lick),
        "response_latency": np.where(kinds.aborted, np.nan, latency),
        "reward_time": _reward_times(pickle, times, start, stop),
        "reward_volume": np.array([_volume(trial) for trial in trials], dtype=np.float64),
        "hit": kinds.hit,
        "false_alarm": kinds.false_alarm,
        "miss": kinds.miss,
        "correct_reject": kinds.correct_reject,
        "aborted": kinds.aborted,
        "auto_rewarded": kinds.auto_rewarded,
        "change_frame": pd.array(np.where(change_frame < 0, -1, change_frame), dtype="Int64"),
        "trial_length": stop - start,
    }
    table = pd.DataFrame(columns)
    table.loc[change_frame < 0, "change_frame"] = pd.NA
    return table


def lick_times_of_trials(pickle: StimulusPickle, times: FloatArray) -> list[FloatArray]:
    """Return the licks of each trial in seconds, without those after the task."""
    licks = licks_table(pickle, times)[0]
    starts = np.array([trial.start_frame for trial in pickle.trials], dtype=np.int64)
    end = np.inf if pickle.epilogue is None else pickle.epilogue.starting_frame
    trial = trial_of_licks(licks["frame"].to_numpy(), starts, end)
    seconds = licks["timestamps"].to_numpy(np.float64)
    return [seconds[trial == number] for number in range(len(starts))]


def _event_times(pickle: StimulusPickle, times: FloatArray, name: str) -> FloatArray:
    frames = np.array([trial.events[name] for trial in pickle.trials], dtype=np.int64)
    refuse_frames_past_end(pickle, frames, times, f"{name} events")
    return times[frames]


def _kinds(pickle: StimulusPickle) -> TrialKinds:
    """Return kinds and outcomes, refused where a trial has not exactly one outcome."""
    trials = pickle.trials
    happened = {
        name: np.array([event in trial.events for trial in trials], dtype=bool) for name, event in _EVENTS.items()
    }
    kinds = trial_kinds(
        np.array([trial.catch for trial in trials], dtype=bool),
        np.array([trial.auto_reward for trial in trials], dtype=bool),
        **happened,
    )
    wrong = np.flatnonzero(kinds.outcomes != 1)
    if len(wrong):
        trial = trials[wrong[0]]
        raise pickle.unsound(
            "a trial of the stimulus pickle has not exactly one outcome",
            got=f"trial {trial.index} with {', '.join(trial.events)}",
            expected="one of hit, miss, false alarm, correct rejection, automatic reward, abort",
        )
    return kinds


def _change_frames(trials: list[LoggedTrial], kinds: TrialKinds) -> IntArray:
    """Return the frame of each trial's change or sham change, else -1."""
    event = np.where(kinds.catch, "sham_change", "stimulus_changed")
    event[kinds.aborted] = ""
    pairs = zip(trials, event.tolist(), strict=True)
    return np.array([trial.events.get(name, -1) for trial, name in pairs], dtype=np.int64)


def _reward_times(pickle: StimulusPickle, times: FloatArray, start: FloatArray, stop: FloatArray) -> FloatArray:
    rewards, counts = rewards_of_trials(rewards_table(pickle, times)["timestamps"].to_numpy(np.float64), start, stop)
    if (counts > 1).any():
        number = int(np.flatnonzero(counts > 1)[0])
        raise pickle.unsound(
            "a trial of the stimulus pickle has several times of reward",
            got=f"{counts[number]} within trial {number}",
            expected="one reward or none between start and end of a trial",
        )
    return rewards


def _volume(trial: LoggedTrial) -> float:
    return float(sum(volume for volume, _ in trial.rewards))


def _image_names(pickle: StimulusPickle, trial: LoggedTrial) -> tuple[str, str]:
    """Return what was shown at the start of a trial, and after its change."""
    prefix = "gratings_" if pickle.stimulus.kind == "grating" else ""
    initial = f"{prefix}{pickle.stimulus.value_at(trial.first_frame)}"
    if trial.change is None:
        return initial, initial
    before, after = (f"{prefix}{name}" for name in trial.change)
    if before != initial:
        raise pickle.unsound(
            "a change of the stimulus pickle does not start from what was shown",
            got=f"{before} in trial {trial.index}",
            expected=f"{initial}, which was set before",
        )
    return initial, after
