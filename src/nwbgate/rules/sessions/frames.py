"""Rules about events stored twice, as a stimulus frame and as a time."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.offsets import (
    DELAY_DIFFERS,
    POSSIBLE_DELAYS,
    ROUNDING,
    cause_of_offset,
    common_offset,
    difference_words,
    rig_delay,
    unlike_seconds,
)
from nwbgate.rules.sessions.rows import Mask, Times, as_column, gray_screens, numbers, offending, omissions

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Fewest licks that tell a shifted stimulus clock from shifted licks.
_FEWEST = 5


def frame_times(frames: "pd.Series[Any]", clock: Times) -> Times:
    """Return the time of each stimulus frame in seconds; NaN without a frame, infinite for an unknown one."""
    number = numbers(frames)
    there = (number >= 0) & (number < len(clock))
    times = np.where(np.isnan(number), np.nan, np.inf)
    times[there] = clock[number[there].astype(np.int64)]
    return times


def monitor_delay(presentations: "pd.DataFrame | None", clock: Times) -> float | None:
    """Return the median delay of start_time after start_frame in seconds, or None."""
    if presentations is None:
        return None
    differences = start_differences(presentations, clock)
    known = differences[np.isfinite(differences)]
    return float(np.median(known)) if len(known) else None


def start_differences(presentations: "pd.DataFrame", clock: Times) -> Times:
    """Return start_time minus the time of start_frame in seconds, NaN for gray screens.

    The first gray screen begins with the session, and one beside an omitted flash where that flash was due.
    """
    differences = numbers(presentations["start_time"]) - frame_times(presentations["start_frame"], clock)
    omitted = omissions(presentations)
    beside_omission = np.append(omitted[1:], False) | np.concatenate([[False], omitted[:-1]])
    apart = gray_screens(presentations) & (beside_omission | (np.arange(len(presentations)) == 0))
    differences[apart] = np.nan
    return differences


def _clock(stimulus_timestamps: "pd.DataFrame") -> Times:
    return numbers(stimulus_timestamps["timestamps"])


def _beyond_rounding(differences: Times) -> Mask:
    """Return the differences beyond rounding."""
    return np.asarray(np.abs(np.nan_to_num(differences, nan=0.0)) > ROUNDING)


def _distance(times: "pd.Series[Any]", clock: Times) -> Times:
    """Return the distance in seconds of each time from the nearest frame; NaN for a missing time."""
    wanted = numbers(times)
    after = np.searchsorted(clock, wanted).clip(0, max(len(clock) - 1, 0))
    before = (after - 1).clip(0)
    nearest: Times = np.minimum(np.abs(clock[after] - wanted), np.abs(clock[before] - wanted))
    return nearest


@check(
    scope="session",
    column="timestamps",
    needs=["clocks.timestamps_are_session_seconds", "stimulus_presentations.in_order"],
)
def stimulus_clock_is_of_the_session(
    stimulus_timestamps: "pd.DataFrame",
    licks: "pd.DataFrame",
    stimulus_presentations: "pd.DataFrame",
    session: "pd.DataFrame",
    clocks: "pd.DataFrame | None" = None,
) -> "Rows":
    """The stimulus timestamps are those from which licks, running and presentations were timed.

    Why: every event names its frame. Where licks, and running or presentations, are off their frames by one constant,
    it is the clock that was moved or replaced, and everything that is aligned with frames moves with it.

    Example: all licks and all flashes are 0.5 s before the frames they name.

    Fix: restore the stimulus timestamps from the sync file, or from the stimulus log.
    """
    clock = _clock(stimulus_timestamps)
    differences = numbers(licks["timestamps"]) - frame_times(licks["frame"], clock)
    delay, usual = monitor_delay(stimulus_presentations, clock), _usual_delay(session)
    shared = common_offset(differences) if len(licks) >= _FEWEST else None
    if shared is None or delay is None or not _possible(delay - shared, usual):
        return None
    if _possible(delay, usual) and not _running_is_off(clocks, abs(shared)):
        return None
    got = f"{clock[0]:.4f} s for frame 0, {-shared:+.4f} s off the others{cause_of_offset(-shared, None)}"
    return _first_row_of(stimulus_timestamps, got, f"{clock[0] + shared:.4f} s")


def _running_is_off(clocks: "pd.DataFrame | None", offset: float) -> bool:
    """Return whether running is this far from the stimulus clock, in seconds."""
    return clocks is not None and bool((np.abs(numbers(clocks["off_stimulus"]) - offset) < 10 * ROUNDING).any())


def _usual_delay(session: "pd.DataFrame") -> float | None:
    return rig_delay(session["equipment_name"].iloc[0]) if len(session) else None


def _first_row_of(frame: "pd.DataFrame", got: str, expected: str) -> "Rows":
    """Return the first row, for a fault of the whole table."""
    return offending(frame, np.arange(len(frame)) == 0, lambda: as_column(frame, [got] * len(frame)), expected)


@check(
    scope="session",
    column="timestamps",
    needs=["licks.licks_within_stimulus", "stimulus_timestamps.stimulus_clock_is_of_the_session"],
)
def lick_is_at_its_frame(
    licks: "pd.DataFrame",
    stimulus_timestamps: "pd.DataFrame",
    stimulus_presentations: "pd.DataFrame | None" = None,
) -> "Rows":
    """The time of a lick is the time of the stimulus frame that it names, without the monitor's delay.

    Why: licks are recorded by frame. Reaction times and outcomes move with a lick that is a frame or a delay off.

    Example: all 108 licks are 0.0361 s after their frames: the monitor delay was added.

    Fix: take the time from the stimulus timestamps at that frame, or correct the frame.
    """
    clock = _clock(stimulus_timestamps)
    differences = numbers(licks["timestamps"]) - frame_times(licks["frame"], clock)
    wrong = _beyond_rounding(differences)
    return offending(
        licks,
        wrong,
        lambda: _timed_rows(
            licks, ("timestamps", "frame"), clock, differences, monitor_delay(stimulus_presentations, clock)
        ),
        lambda: _expected_times(licks, licks["frame"], clock, 0.0),
    )


@check(
    scope="session",
    column="timestamps",
    needs=["rewards.rewards_within_stimulus", "stimulus_timestamps.stimulus_clock_is_of_the_session"],
)
def reward_is_at_a_frame(rewards: "pd.DataFrame", stimulus_timestamps: "pd.DataFrame") -> "Rows":
    """The time of a reward is the time of a stimulus frame.

    Why: rewards are given and recorded by the program that draws the frames; a time between two frames is of another
    clock, or was edited.

    Example: a reward at 314.7200 s, where the nearest frame is 0.0046 s away.

    Fix: take the time from the stimulus timestamps at the frame of the reward.
    """
    return _between_frames(rewards, "timestamps", stimulus_timestamps)


@check(
    scope="session",
    needs=[
        "trials.times_in_order",
        "trials.length_is_stop_minus_start",
        "stimulus_timestamps.stimulus_clock_is_of_the_session",
    ],
)
def trial_bounds_are_at_frames(trials: "pd.DataFrame", stimulus_timestamps: "pd.DataFrame") -> "Rows":
    """start_time and stop_time of a trial are times of stimulus frames.

    Why: trials begin and end with a frame. Bounds on another clock give a trial the licks of its neighbours.

    Example: a trial starts at 310.59 s, where the nearest frame is 0.0081 s away.

    Fix: take both times from the stimulus timestamps at the frames of the trial log.
    """
    starts = _between_frames(trials, "start_time", stimulus_timestamps)
    return _between_frames(trials, "stop_time", stimulus_timestamps) if starts is None else starts


def _between_frames(frame: "pd.DataFrame", column: str, stimulus_timestamps: "pd.DataFrame") -> "Rows":
    clock = _clock(stimulus_timestamps)
    if not len(clock):
        return None
    distance = _distance(frame[column], clock)
    wrong = _beyond_rounding(distance)
    unlike = _unlike_clock(numbers(frame[column]), clock)
    words = f"{column} {{time:.5f}} s, {{far:.5f}} s from the nearest frame, {wrong.sum()} of {len(wrong)} rows"
    words += f": {unlike}" if unlike else ""
    return offending(
        frame,
        wrong,
        lambda: as_column(
            frame,
            [words.format(time=time, far=far) for time, far in zip(numbers(frame[column]), distance, strict=True)],
        ),
        "the time of a stimulus frame",
    )


@check(
    scope="session",
    column="start_time",
    needs=["stimulus_presentations.in_order", "stimulus_timestamps.stimulus_clock_is_of_the_session"],
)
def delay_is_of_the_rig(
    stimulus_presentations: "pd.DataFrame", stimulus_timestamps: "pd.DataFrame", session: "pd.DataFrame"
) -> "Rows":
    """Presentations start one monitor delay after their frames, within 0.018 s of the rig's usual delay.

    Why: photons leave the monitor 0.021 to 0.038 s after the frame was drawn, and each rig has its own delay. Without
    it, or with twice of it, all responses are early or late by it; frames of another count give seconds.

    Example: all presentations start at the very time of their frames: the monitor delay was left out.

    Fix: add the delay once, to start_time, stop_time and change_time; count frames from the first of the session.
    """
    clock = _clock(stimulus_timestamps)
    delay, usual = monitor_delay(stimulus_presentations, clock), _usual_delay(session)
    if delay is None or _possible(delay, usual):
        return None
    unlike = _unlike_clock(numbers(stimulus_presentations["start_time"]), clock)
    cause = f": {unlike}" if unlike else _cause_of_delay(delay, usual)
    expected = (
        f"{usual:.4f} s on {session['equipment_name'].iloc[0]}" if usual else "{} to {} s".format(*POSSIBLE_DELAYS)
    )
    return _first_row_of(stimulus_presentations, f"a delay of {delay:.4f} s of all presentations{cause}", expected)


@check(
    scope="session",
    column="start_time",
    needs=["stimulus_presentations.delay_is_of_the_rig"],
)
def start_is_at_its_frame(stimulus_presentations: "pd.DataFrame", stimulus_timestamps: "pd.DataFrame") -> "Rows":
    """start_time is the time of start_frame plus one delay, the same for all presentations.

    Why: the monitor shows a frame a constant time after it was drawn. A presentation that is a frame off moves every
    response that is aligned with it. Gray screens at the begin and beside an omitted flash are exempt.

    Example: a flash starts at 314.60 s, its frame with the delay of the others is at 314.58 s.

    Fix: correct start_time or start_frame from the stimulus log.
    """
    clock = _clock(stimulus_timestamps)
    delay = monitor_delay(stimulus_presentations, clock)
    if delay is None:
        return None
    differences = start_differences(stimulus_presentations, clock) - delay
    wrong = _beyond_rounding(differences)
    frame = stimulus_presentations
    return offending(
        frame,
        wrong,
        lambda: _timed_rows(frame, ("start_time", "start_frame"), clock, differences, delay),
        lambda: _expected_times(frame, frame["start_frame"], clock, delay),
    )


def _possible(delay: float, usual: float | None) -> bool:
    if usual is not None:
        return abs(delay - usual) <= DELAY_DIFFERS
    return POSSIBLE_DELAYS[0] <= delay <= POSSIBLE_DELAYS[1]


def _cause_of_delay(delay: float, usual: float | None) -> str:
    if abs(delay) < POSSIBLE_DELAYS[0]:
        return ": it was left out"
    if usual is not None and abs(delay - 2 * usual) < POSSIBLE_DELAYS[0]:
        return ": it was added twice"
    if usual is not None and abs(delay + usual) < POSSIBLE_DELAYS[0]:
        return ": it was subtracted"
    return ": start_frame is counted from another frame, or start_time of another clock" if abs(delay) > 1 else ""


@check(
    scope="session",
    column="stop_time",
    needs=["stimulus_presentations.start_is_at_its_frame", "stimulus_presentations.overlap_only_at_last_omission"],
)
def stop_is_at_its_frame(stimulus_presentations: "pd.DataFrame", stimulus_timestamps: "pd.DataFrame") -> "Rows":
    """stop_time is the time of end_frame plus the delay of the monitor.

    Why: it says how long the stimulus was seen. A movie's frame may end with the frame after end_frame, and an omitted
    flash, which has no frames of its own, two frames beside.

    Example: a flash stops at 351.40 s, its end_frame with the delay is at 351.38 s.

    Fix: correct stop_time or end_frame from the stimulus log.
    """
    frame, clock = stimulus_presentations, _clock(stimulus_timestamps)
    delay = monitor_delay(frame, clock)
    if delay is None or not len(clock):
        return None
    differences = numbers(frame["stop_time"]) - frame_times(frame["end_frame"], clock) - delay
    next_frame = frame_times((frame["end_frame"] + 1).clip(upper=len(clock) - 1), clock)
    one_frame = np.nan_to_num(next_frame - frame_times(frame["end_frame"], clock), nan=0.0, posinf=0.0, neginf=0.0)
    omitted, flash = omissions(frame), frame["image_name"].notna().to_numpy()
    early = np.where(omitted, 2 * one_frame, 0.0) + ROUNDING
    late = np.where(omitted, 2 * one_frame, np.where(flash, 0.0, one_frame)) + ROUNDING
    wrong = (np.nan_to_num(differences) < -early) | (np.nan_to_num(differences) > late)
    return offending(
        frame,
        wrong,
        lambda: _timed_rows(frame, ("stop_time", "end_frame"), clock, differences, delay),
        lambda: _expected_times(frame, frame["end_frame"], clock, delay),
    )


@check(
    scope="session",
    column="change_frame",
    needs=["trials.change_at_presentation", "stimulus_presentations.start_is_at_its_frame"],
)
def change_is_at_its_frame(
    trials: "pd.DataFrame", stimulus_timestamps: "pd.DataFrame", stimulus_presentations: "pd.DataFrame"
) -> "Rows":
    """change_time is the time of change_frame plus the delay of the monitor; a trial without a change has no frame.

    Why: it is one moment, told twice, to which responses are aligned.

    Example: change_frame is 18,285, at 316.34 s; change_time is 316.33 s.

    Fix: take change_frame from the trial log, or correct change_time.
    """
    clock = _clock(stimulus_timestamps)
    delay = monitor_delay(stimulus_presentations, clock)
    if delay is None:
        return None
    differences = numbers(trials["change_time"]) - frame_times(trials["change_frame"], clock) - delay
    lonely = trials["change_frame"].notna().to_numpy() & trials["change_time"].isna().to_numpy()
    wrong = _beyond_rounding(differences) | lonely
    return offending(
        trials,
        wrong,
        lambda: _timed_rows(trials, ("change_time", "change_frame"), clock, differences, delay),
        lambda: _expected_times(trials, trials["change_frame"], clock, delay),
    )


def _timed_rows(
    frame: "pd.DataFrame", columns: tuple[str, str], clock: Times, differences: Times, delay: float | None
) -> "pd.Series[Any]":
    """Return, per row, a time, its frame, their difference and its pattern."""
    time, number = columns
    times = numbers(frame[time])
    words = difference_words(differences, delay)
    shared = _unlike_clock(times, clock) or _frame_shift(times, numbers(frame[number]), differences, clock)
    words = [shared] * len(frame) if shared else words
    rows = zip(times, frame[number], words, strict=True)
    return as_column(frame, [f"{time} {at:.5f} s at {number} {named}, {off}" for at, named, off in rows])


def _frame_shift(times: Times, named: Times, differences: Times, clock: Times) -> str:
    """Describe a constant shift of all frames, or return an empty text."""
    known = np.isfinite(named) & np.isfinite(differences)
    if known.sum() < 2 or common_offset(differences) is not None:
        return ""
    delays = times[known] - differences[known] - clock[named[known].astype(np.int64)]
    meant = np.searchsorted(clock, times[known] - delays - ROUNDING)
    shifts = named[known] - meant
    return "" if np.ptp(shifts) or not shifts[0] else f"all {len(shifts)} name a frame {shifts[0]:+.0f} off"


def _unlike_clock(times: Times, clock: Times) -> str:
    """Describe a column of times that does not fit the stimulus clock."""
    known = times[np.isfinite(times)]
    if not len(known) or not len(clock):
        return ""
    return unlike_seconds(float(known.min()), float(known.max()), (float(clock[0]), float(clock[-1])))


def _expected_times(frame: "pd.DataFrame", number: "pd.Series[Any]", clock: Times, delay: float) -> "pd.Series[Any]":
    """Return, per row, the time of its frame plus the delay."""
    times = frame_times(number, clock) + delay
    words = [f"{time:.5f} s" if np.isfinite(time) else f"a frame from 0 to {len(clock) - 1}" for time in times]
    return as_column(frame, words)


RULES: tuple[Rule, ...] = (
    stimulus_clock_is_of_the_session,
    lick_is_at_its_frame,
    delay_is_of_the_rig,
    start_is_at_its_frame,
    stop_is_at_its_frame,
    reward_is_at_a_frame,
    trial_bounds_are_at_frames,
    change_is_at_its_frame,
)
