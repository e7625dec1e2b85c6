"""Rules about presentations stored twice, as a stimulus frame and as a time."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.offsets import (
    DELAY_DIFFERS,
    POSSIBLE_DELAYS,
    ROUNDING,
    cause_of_offset,
    common_offset,
    rig_delay,
)
from nwbgate.rules.sessions.rows import Times, numbers, offending, omissions
from nwbgate.rules.sessions.stimulus.frame_times import (
    beyond_rounding,
    clock_of,
    expected_times,
    first_row_of,
    frame_times,
    monitor_delay,
    start_differences,
    timed_rows,
    unlike_clock,
)

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Fewest licks that tell a shifted stimulus clock from shifted licks.
_FEWEST = 5
#: Frames that do not all happen to be numbers of single precision.
_FEWEST_FRAMES = 1000
#: Share of licks and of flashes that are off their frames where the clock is another one.
_MOST = 0.5


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
    clock = clock_of(stimulus_timestamps)
    differences = numbers(licks["timestamps"]) - frame_times(licks["frame"], clock)
    if len(licks) >= _FEWEST and _is_another(differences, start_differences(stimulus_presentations, clock)):
        got = f"{clock[0]:.4f} s for frame 0, and most licks and flashes off their frames, each by another time"
        return first_row_of(stimulus_timestamps, got, "the times by which licks and flashes were timed")
    delay, usual = monitor_delay(stimulus_presentations, clock), _usual_delay(session)
    shared = common_offset(differences) if len(licks) >= _FEWEST else None
    if shared is None or delay is None or not _possible(delay - shared, usual):
        return None
    if _possible(delay, usual) and not _running_is_off(clocks, abs(shared)):
        return None
    got = f"{clock[0]:.4f} s for frame 0, {-shared:+.4f} s off the others{cause_of_offset(-shared, None)}"
    return first_row_of(stimulus_timestamps, got, f"{clock[0] + shared:.4f} s")


@check(
    severity="warning",
    scope="session",
    column="timestamps",
    needs=["stimulus_timestamps.stimulus_clock_is_of_the_session"],
)
def times_have_double_precision(stimulus_timestamps: "pd.DataFrame") -> "Rows":
    """Stimulus timestamps were never rounded to single precision.

    Why: a single-precision time of an hour is 0.24 ms coarse. Frames, licks and traces that were timed before the
    rounding no longer agree with it, and stored as double precision it looks exact.

    Example: all 26,927 times are numbers of single precision.

    Fix: take the times from the sync file again, in double precision throughout.
    """
    clock = clock_of(stimulus_timestamps)
    if len(clock) < _FEWEST_FRAMES or not (clock == clock.astype(np.float32)).all() or _is_regular(clock):
        return None
    got = f"{len(clock):,} times, all of them numbers of single precision"
    return first_row_of(stimulus_timestamps, got, "times of double precision")


def _is_regular(clock: Times) -> bool:
    """Return whether all steps are equal, as in times made up from a rate."""
    return bool(np.ptp(np.diff(clock)) == 0)


def _is_another(licks: Times, flashes: Times) -> bool:
    """Return whether most licks and flashes are off, each differently."""
    apart = [times[np.isfinite(times)] for times in (licks, flashes)]
    if not all(len(times) for times in apart) or any(common_offset(times) is not None for times in apart):
        return False
    off = [beyond_rounding(times - shared) for times, shared in zip(apart, (0.0, np.median(apart[1])), strict=True)]
    return all(bool(each.mean() > _MOST) for each in off)


def _running_is_off(clocks: "pd.DataFrame | None", offset: float) -> bool:
    """Return whether running is this far from the stimulus clock, in seconds."""
    if clocks is None:
        return False
    running = clocks[clocks["stream"] == "running"]
    return bool((np.abs(numbers(running["off_stimulus"]) - offset) < 10 * ROUNDING).any())


def _usual_delay(session: "pd.DataFrame") -> float | None:
    return rig_delay(session["equipment_name"].iloc[0]) if len(session) else None


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
    clock = clock_of(stimulus_timestamps)
    delay, usual = monitor_delay(stimulus_presentations, clock), _usual_delay(session)
    if delay is None or _possible(delay, usual):
        return None
    unlike = unlike_clock(numbers(stimulus_presentations["start_time"]), clock)
    cause = f": {unlike}" if unlike else _cause_of_delay(delay, usual)
    expected = (
        f"{usual:.4f} s on {session['equipment_name'].iloc[0]}" if usual else "{} to {} s".format(*POSSIBLE_DELAYS)
    )
    return first_row_of(stimulus_presentations, f"a delay of {delay:.4f} s of all presentations{cause}", expected)


@check(
    scope="session",
    column="start_time",
    needs=["stimulus_presentations.delay_is_of_the_rig", "clocks.running_is_on_the_stimulus_clock"],
)
def start_is_at_its_frame(stimulus_presentations: "pd.DataFrame", stimulus_timestamps: "pd.DataFrame") -> "Rows":
    """start_time is the time of start_frame plus one delay, the same for all presentations.

    Why: the monitor shows a frame a constant time after it was drawn. A presentation that is a frame off moves every
    response that is aligned with it. Gray screens at the begin and beside an omitted flash are exempt.

    Example: a flash starts at 314.60 s, its frame with the delay of the others is at 314.58 s.

    Fix: correct start_time or start_frame from the stimulus log.
    """
    clock = clock_of(stimulus_timestamps)
    delay = monitor_delay(stimulus_presentations, clock)
    if delay is None:
        return None
    differences = start_differences(stimulus_presentations, clock) - delay
    wrong = beyond_rounding(differences)
    frame = stimulus_presentations
    return offending(
        frame,
        wrong,
        lambda: timed_rows(frame, ("start_time", "start_frame"), clock, differences, delay),
        lambda: expected_times(frame, frame["start_frame"], clock, delay),
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
    frame, clock = stimulus_presentations, clock_of(stimulus_timestamps)
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
        lambda: timed_rows(frame, ("stop_time", "end_frame"), clock, differences, delay),
        lambda: expected_times(frame, frame["end_frame"], clock, delay),
    )


RULES: tuple[Rule, ...] = (
    stimulus_clock_is_of_the_session,
    times_have_double_precision,
    delay_is_of_the_rig,
    start_is_at_its_frame,
    stop_is_at_its_frame,
)
