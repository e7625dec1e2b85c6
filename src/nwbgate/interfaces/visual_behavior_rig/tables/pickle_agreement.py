"""Agreement of the stimulus pickle with itself."""

from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from nwbgate.interfaces.visual_behavior_rig.pickles.logged_trials import LoggedTrial
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import Agreement

FloatArray = npt.NDArray[np.float64]

#: Frames between the two records of one reward; the real pickle of AllenSDK's tests has 0 and 1.
SAME_REWARD = 3
#: Frames from a trial's end to the next trial's start: one flash cycle of 45 to 47 frames at most, in real pickles 46.
LONGEST_GAP = 75
#: Frames of an omission from its place among the flashes around it: flash cycles have 41 to 47 in the real pickle.
SAME_FLASH = 6
#: Frames within which a flash was drawn in spite of its omission.
DRAWN_NEARBY = 3
#: Seconds between the duration by the frames and by the clock of the day; made-up pickles of other makers have 7.
SAME_DURATION = 60.0
#: Rotation in degrees per second whose spread tells a running mouse from one at rest.
RUNS = 10.0
#: Correlation and ratio of the wheel's two records over seconds; real ones have 0.99 and 1.00.
LEAST_CORRELATION, RATIO = 0.5, (2 / 3, 1.5)

#: Volts and degrees per frame beyond which a step is a wrap or a spike.
LONGEST_STEP, FASTEST = 1.0, 90.0


def pickle_contradictions(pickle: StimulusPickle) -> list[Agreement]:
    """Return a comparison for each fact told twice and differently.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.

    Returns
    -------
    list of Agreement
        One row for each fact of `source_comparisons.yaml`; facts that the pickle tells once are not compared.
    """
    parts: dict[str, Callable[[StimulusPickle], Iterator[str]]] = {
        "frames": _frames,
        "duration": _duration,
        "trials": _trials,
        "changes": _changes,
        "omissions": _omissions,
        "epilogue": _epilogue,
        "trial_licks": _licks,
        "rewards": _rewards,
        "trial_kinds": _kinds,
        "settings": _settings,
        "wheel": _wheel,
    }
    told = {name: list(part(pickle)) for name, part in parts.items()}
    return [contradiction(name, found) for name, found in told.items() if found]


def contradiction(name: str, found: list[str], about: str = "session") -> Agreement:
    """Return the row of a fact that sources tell differently.

    Parameters
    ----------
    name : str
        The fact, as `source_comparisons.yaml` calls it.
    found : list of str
        Each difference in words.
    about : str
        ``session``, or the name of an imaging plane.
    """
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    sentence = f"{name.replace('_', ' ')}: {found[0]}{more}"
    return Agreement(name, about, len(found), len(found), len(found), sentence=sentence)


def _frames(pickle: StimulusPickle) -> Iterator[str]:
    counts = dict(pickle.again.samples)
    if len(pickle.encoder.v_sig):
        counts["vsig"] = len(pickle.encoder.v_sig)
    if len({*counts.values()}) > 1 or not {*counts.values()} <= {pickle.frames, pickle.frames + 1}:
        yield f"{pickle.frames} by intervalsms, " + ", ".join(f"{n} by {name}" for name, n in counts.items())


def _duration(pickle: StimulusPickle) -> Iterator[str]:
    if pickle.start_time is None or pickle.stop_time is None:
        return
    by_day, by_frames = (pickle.stop_time - pickle.start_time).total_seconds(), float(pickle.frame_times[-1])
    if abs(by_day - by_frames) > SAME_DURATION:
        yield f"{by_day:.0f} s from start_time to stop_time, {by_frames:.0f} s of frames"


def _trials(pickle: StimulusPickle) -> Iterator[str]:
    trials, told = pickle.trials, pickle.again.trials
    if told is not None and told != len(trials):
        yield f"{len(trials)} in trial_log, trial_count {told}"
    for earlier, later in pairwise(trials):
        gap = later.start_frame - earlier.events["trial_end"]
        if later.index != earlier.index + 1:
            yield f"index {earlier.index} is followed by {later.index}"
        elif gap > LONGEST_GAP:
            yield f"no trial for {gap} frames after trial {earlier.index}, expected up to {LONGEST_GAP}"


def _changes(pickle: StimulusPickle) -> Iterator[str]:
    """Compare the settings of stimuli with the changes that trials log."""
    changed = {int(frame) for frame in pickle.stimulus.set_frames[1:]}
    logged = {trial.events["stimulus_changed"] for trial in pickle.trials if "stimulus_changed" in trial.events}
    yield from (
        f"set_log changes the stimulus in frame {frame}, and no trial does" for frame in sorted(changed - logged)
    )
    yield from (
        f"a trial changes the stimulus in frame {frame}, and set_log does not" for frame in sorted(logged - changed)
    )


def _omissions(pickle: StimulusPickle) -> Iterator[str]:
    """Compare the frames of omissions with the flashes before and after them."""
    drawn = pickle.stimulus.drawn.astype(np.int8)
    onsets = np.flatnonzero(np.diff(drawn, prepend=0) == 1)
    omitted = np.unique(pickle.omitted_frames)
    if len(onsets) < 2:
        return
    omitted = omitted[(omitted > onsets[0]) & (omitted < onsets[-1])]
    omitted = omitted[np.abs(omitted[:, None] - onsets).min(axis=1, initial=np.iinfo(np.int64).max) > DRAWN_NEARBY]
    after = np.searchsorted(onsets, omitted)
    for place in np.unique(after):
        inside, (first, last) = omitted[after == place], onsets[[place - 1, place]]
        due = np.linspace(first, last, len(inside) + 2)[1:-1]
        for frame, expected in zip(inside.tolist(), due.tolist(), strict=True):
            if abs(frame - expected) > SAME_FLASH:
                yield f"logged in frame {frame}, due in frame {expected:.0f} by the flashes around it"


def _epilogue(pickle: StimulusPickle) -> Iterator[str]:
    epilogue = pickle.epilogue
    if epilogue is not None and len(epilogue.frame_indices) and epilogue.frame_indices[0] != epilogue.starting_frame:
        yield f"starting_frame {epilogue.starting_frame}, frame_indices from {epilogue.frame_indices[0]}"


def _licks(pickle: StimulusPickle) -> Iterator[str]:
    """Compare the licks of trials with those of the sensor.

    Those in the first and last frame of a trial may be of its neighbour.
    """
    felt = pickle.lick_frames
    for trial in pickle.trials:
        if trial.licks is None:
            continue
        first, last = np.searchsorted(felt, [trial.start_frame + 1, trial.events["trial_end"]])
        lost = {*felt[first:last].tolist()} - {*trial.licks}
        yield from (f"lick_events has frame {frame}, and trial {trial.index} does not" for frame in sorted(lost))
        lost = {*trial.licks} - {*felt.tolist()}
        yield from (
            f"trial {trial.index} has a lick in frame {frame}, and lick_events does not" for frame in sorted(lost)
        )


def _rewards(pickle: StimulusPickle) -> Iterator[str]:
    """Compare rewards of trials with the line, and with their count."""
    frames = np.array([frame for trial in pickle.trials for _, frame in trial.rewards], dtype=np.int64)
    line = pickle.again.rewards
    if line is not None:
        for name, own, other, place in (
            ("trial_log", frames, line, "reward_times"),
            ("reward_times", line, frames, "trial_log"),
        ):
            alone = [frame for frame in own.tolist() if not (np.abs(other - frame) <= SAME_REWARD).any()]
            yield from (f"{name} has a reward in frame {frame}, and {place} does not" for frame in alone)
    counted = accumulate(len(trial.rewards) for trial in pickle.trials)
    for trial, count in zip(pickle.trials, counted, strict=True):
        if trial.cumulative_rewards is not None and trial.cumulative_rewards != count:
            yield f"{count} up to trial {trial.index}, cumulative_rewards {trial.cumulative_rewards}"
            return


def _kinds(pickle: StimulusPickle) -> Iterator[str]:
    """Compare flags of trials with what happened in them."""
    for trial in pickle.trials:
        if "abort" not in trial.events:
            yield from (f"trial {trial.index} {words}" for words in _of_kind(trial))


def _of_kind(trial: LoggedTrial) -> Iterator[str]:
    is_go = "stimulus_changed" in trial.events and not (trial.catch or trial.auto_reward)
    if is_go and trial.success is not None and trial.success != ("hit" in trial.events):
        yield f"is a {'hit' if 'hit' in trial.events else 'miss'} by its events, and success is {trial.success}"
    if trial.catch and "stimulus_changed" in trial.events:
        yield f"is a catch trial, and its stimulus changed in frame {trial.events['stimulus_changed']}"
    if not trial.catch and "sham_change" in trial.events:
        yield f"is meant as a go trial, and has a sham change in frame {trial.events['sham_change']}"
    if "auto_reward" in trial.events and not trial.auto_reward:
        yield "has an automatic reward, and was not meant to"
    if trial.auto_reward and trial.rewards and "stimulus_changed" in trial.events and "auto_reward" not in trial.events:
        yield "was meant to have an automatic reward, and has none"


def _settings(pickle: StimulusPickle) -> Iterator[str]:
    for name, (own, other) in pickle.again.settings.items():
        if own != other:
            yield f"{name} {own} in params, {other} in config"


def _wheel(pickle: StimulusPickle) -> Iterator[str]:
    """Compare rotation by voltage with the logged one, by second."""
    turned, logged = (_by_second(each) for each in _rotations(pickle))
    if len(turned) < 10 or min(turned.std(), logged.std()) < RUNS:
        return
    correlation = float(np.corrcoef(turned, logged)[0, 1])
    ratio = float(logged.std() / turned.std())
    if correlation < LEAST_CORRELATION or not RATIO[0] <= ratio <= RATIO[1]:
        yield f"dx is {ratio:.2f} times the rotation by vsig and vin, their correlation {correlation:.2f}"


def _rotations(pickle: StimulusPickle) -> tuple[FloatArray, FloatArray]:
    """Return degrees by voltage and as logged, 0 at wraps and spikes."""
    encoder = pickle.encoder
    if not len(encoder.v_sig):  # no running was recorded
        return np.empty(0), np.empty(0)
    samples = min(len(encoder.v_sig), len(encoder.v_in), len(encoder.dx))
    steps, logged = np.diff(encoder.v_sig[:samples]), encoder.dx[1:samples]
    with np.errstate(divide="ignore", invalid="ignore"):
        turned = steps / encoder.v_in[1:samples] * 360
    sound = (np.abs(steps) < LONGEST_STEP) & np.isfinite(turned) & (np.abs(logged) < FASTEST)
    return np.where(sound, turned, 0.0), np.where(sound, logged, 0.0)


def _by_second(values: FloatArray) -> FloatArray:
    seconds = len(values) // 60
    return np.asarray(values[: seconds * 60].reshape(seconds, 60).sum(axis=1))
