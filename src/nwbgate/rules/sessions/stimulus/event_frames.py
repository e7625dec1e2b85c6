"""Rules about licks, rewards, trials and changes at stimulus frames."""

from typing import TYPE_CHECKING

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending
from nwbgate.rules.sessions.stimulus.frame_times import (
    beyond_rounding,
    clock_of,
    distance_to_frames,
    expected_times,
    frame_times,
    monitor_delay,
    timed_rows,
    unlike_clock,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(
    scope="session",
    column="timestamps",
    needs=[
        "licks.licks_within_stimulus",
        "stimulus_timestamps.stimulus_clock_is_of_the_session",
        "clocks.running_is_on_the_stimulus_clock",
    ],
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
    clock = clock_of(stimulus_timestamps)
    differences = numbers(licks["timestamps"]) - frame_times(licks["frame"], clock)
    wrong = beyond_rounding(differences)
    return offending(
        licks,
        wrong,
        lambda: timed_rows(
            licks, ("timestamps", "frame"), clock, differences, monitor_delay(stimulus_presentations, clock)
        ),
        lambda: expected_times(licks, licks["frame"], clock, 0.0),
    )


@check(
    scope="session",
    column="timestamps",
    needs=[
        "rewards.rewards_within_stimulus",
        "stimulus_timestamps.stimulus_clock_is_of_the_session",
        "clocks.running_is_on_the_stimulus_clock",
    ],
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
        "clocks.running_is_on_the_stimulus_clock",
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
    clock = clock_of(stimulus_timestamps)
    if not len(clock):
        return None
    distance = distance_to_frames(frame[column], clock)
    wrong = beyond_rounding(distance)
    unlike = unlike_clock(numbers(frame[column]), clock)
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
    column="change_frame",
    needs=["trials.change_at_presentation", "stimulus_presentations.start_is_at_its_frame"],
)
def change_is_at_its_frame(
    trials: "pd.DataFrame", stimulus_timestamps: "pd.DataFrame", stimulus_presentations: "pd.DataFrame"
) -> "Rows":
    """change_time is the time of change_frame plus the delay of the monitor; a trial has both or neither.

    Why: it is one moment, told twice, to which responses are aligned.

    Example: change_frame is 18,285, at 316.34 s; change_time is 316.33 s.

    Fix: take change_frame from the trial log, or correct change_time.
    """
    clock = clock_of(stimulus_timestamps)
    delay = monitor_delay(stimulus_presentations, clock)
    if delay is None:
        return None
    differences = numbers(trials["change_time"]) - frame_times(trials["change_frame"], clock) - delay
    lonely = (trials["change_frame"].isna() != trials["change_time"].isna()).to_numpy()
    wrong = beyond_rounding(differences) | lonely
    return offending(
        trials,
        wrong,
        lambda: timed_rows(trials, ("change_time", "change_frame"), clock, differences, delay),
        lambda: expected_times(trials, trials["change_frame"], clock, delay),
    )


RULES: tuple[Rule, ...] = (
    lick_is_at_its_frame,
    reward_is_at_a_frame,
    trial_bounds_are_at_frames,
    change_is_at_its_frame,
)
