"""Rules about imaging, eye tracking and running over the stimulus."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.clocks import span_words
from nwbgate.rules.sessions.offsets import ROUNDING, unlike_seconds
from nwbgate.rules.sessions.rows import Mask, numbers, offending, stimulus_span

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Seconds that imaging may go on after the last stimulus frame: cameras and microscope are stopped by hand.
_AFTER_STIMULUS = 600.0
#: Share of the stimulus that imaging has to cover; less is another clock, not an early stop.
_COVERED = 0.5
#: Share of the stimulus that imaging and eye tracking cover in sessions that were not stopped early.
_WHOLE = 0.95


def _outside_stimulus(clocks: "pd.DataFrame", stream: str, share: float) -> Mask:
    """Return which clocks lie outside the session or miss the stimulus."""
    span = stimulus_span(clocks)
    if span is None:
        return np.zeros(len(clocks), dtype=bool)
    first, last, _ = span
    start, stop = numbers(clocks["first"]), numbers(clocks["last"])
    covered = np.minimum(stop, last) - np.maximum(start, first)
    inside = (start >= -1) & (stop <= last + _AFTER_STIMULUS) & (covered >= share * (last - first))
    return (clocks["stream"] == stream).to_numpy() & ~inside


def _beside_stimulus(clocks: "pd.DataFrame", wrong: Mask) -> "Rows":
    """Return the offending clocks, with their likely cause."""
    span = stimulus_span(clocks) if wrong.any() else None
    if span is None:
        return None
    first, last, _ = span
    bounds = zip(clocks["first"], clocks["last"], strict=True)
    causes = [unlike_seconds(start, stop, (first, last)) for start, stop in bounds]
    expected = f"within the session, over the stimulus from {first:.3f} to {last:.3f} s"
    return offending(clocks, wrong, lambda: span_words(clocks, causes), expected)


@check(
    scope="session",
    column="first",
    needs=["clocks.timestamps_are_session_seconds", "clocks.imaging_has_no_gaps"],
    where={"clocks.stream": ["imaging"]},
)
def imaging_covers_stimulus(clocks: "pd.DataFrame") -> "Rows":
    """Imaging lies within the session and covers at least half of the stimulus.

    Why: imaging and stimulus share one clock; times that do not meet were never synchronised.

    Example: imaging runs from 3,602 to 8,104 s, the stimulus from 11 to 4,512 s.

    Fix: put the imaging timestamps on the session's clock, seconds since session_start_time.
    """
    return _beside_stimulus(clocks, _outside_stimulus(clocks, "imaging", _COVERED))


@check(
    severity="warning",
    scope="session",
    column="last",
    needs=["clocks.imaging_covers_stimulus"],
    where={"clocks.stream": ["imaging"]},
)
def imaging_is_whole(clocks: "pd.DataFrame") -> "Rows":
    """Imaging covers at least 95 % of the stimulus.

    Why: the microscope runs from before the stimulus to after it. Where it ends early, frames were lost on the way
    from the microscope to the file, or the session was cut, and the last trials have no cells.

    Example: imaging ends at 270 s, the stimulus at 460 s.

    Fix: compare the number of frames with that of the movie; if imaging was stopped early, say so in the notes.
    """
    whole = _beside_stimulus(clocks, _outside_stimulus(clocks, "imaging", _WHOLE))
    return None if whole is None else whole.drop_duplicates("plane")


@check(
    severity="warning",
    scope="session",
    column="first",
    needs=["clocks.imaging_covers_stimulus"],
    where={"clocks.stream": ["imaging"]},
)
def imaging_is_on_the_clock_of_the_session(clocks: "pd.DataFrame") -> "Rows":
    """Imaging does not begin at exactly 0 where the stimulus begins later.

    Why: the sync file that times imaging and stimulus begins before both. A first frame at exactly 0, on a clock on
    which the stimulus begins seconds later, is of times that were counted from the first frame.

    Example: imaging begins at 0.000 s, the stimulus at 11.300 s.

    Fix: give imaging the times of its frames in the sync file.
    """
    span = stimulus_span(clocks)
    if span is None:
        return None
    wrong = (clocks["stream"] == "imaging").to_numpy() & (numbers(clocks["first"]) == 0) & (span[0] > 0)
    rows = offending(clocks, wrong, "{first:.3f} s", f"another time, as the stimulus begins at {span[0]:.3f} s")
    return None if rows is None else rows.drop_duplicates("plane")


@check(
    scope="session", column="first", needs=["clocks.timestamps_are_session_seconds"], where={"clocks.stream": ["eye"]}
)
def eye_tracking_covers_stimulus(clocks: "pd.DataFrame") -> "Rows":
    """Eye tracking lies within the session and covers at least half of the stimulus.

    Why: the eye camera runs from before the stimulus to after it; times that do not meet were never synchronised.

    Example: eye tracking runs from 600 to 1,064 s, the stimulus from 11 to 460 s.

    Fix: put the camera's timestamps on the session's clock, by the pulses of its exposures.
    """
    return _beside_stimulus(clocks, _outside_stimulus(clocks, "eye", _COVERED))


@check(
    scope="session",
    severity="warning",
    column="last",
    needs=["clocks.eye_tracking_covers_stimulus"],
    where={"clocks.stream": ["eye"]},
)
def eye_tracking_is_whole(clocks: "pd.DataFrame") -> "Rows":
    """Eye tracking covers at least 95 % of the stimulus.

    Why: a camera that was stopped early, or a video cut in two, leaves trials without a pupil that look like trials
    with one.

    Example: eye tracking ends at 230 s, the stimulus at 460 s.

    Fix: look for the rest of the video; if there is none, say so in the notes of the file.
    """
    return _beside_stimulus(clocks, _outside_stimulus(clocks, "eye", _WHOLE))


@check(
    scope="session",
    column="off_stimulus",
    needs=["clocks.timestamps_are_session_seconds", "stimulus_timestamps.stimulus_clock_is_of_the_session"],
    where={"clocks.stream": ["running"]},
)
def running_is_on_the_stimulus_clock(clocks: "pd.DataFrame") -> "Rows":
    """Running is sampled at the stimulus frames: its timestamps are those of the stimulus, but for one at the end.

    Why: the wheel is read once per frame. Running on another clock is aligned with nothing, though it looks alike.

    Example: running runs from 611 to 1,060 s, the stimulus from 11 to 460 s.

    Fix: give the running series the stimulus timestamps.
    """
    stimulus = clocks[clocks["stream"] == "stimulus"]
    if stimulus.empty:
        return None
    lengths = np.abs(numbers(clocks["n"]) - stimulus["n"].iloc[0])
    off = np.nan_to_num(numbers(clocks["off_stimulus"])) > ROUNDING
    wrong = (clocks["stream"] == "running").to_numpy() & (off | (lengths > 1))
    words = "{n} samples from {first:.4f} to {last:.4f} s, off by up to {off_stimulus:.4f} s"
    expected = f"those of the stimulus: {stimulus['n'].iloc[0]} samples from {stimulus['first'].iloc[0]:.4f} s"
    return offending(clocks, wrong, words, expected)


@check(
    scope="session",
    column="off_stimulus",
    needs=["clocks.timestamps_are_session_seconds", "stimulus_timestamps.stimulus_clock_is_of_the_session"],
    where={"clocks.stream": ["stimulus"]},
)
def stimulus_times_are_told_alike(clocks: "pd.DataFrame") -> "Rows":
    """Data of the stimulus clock that are times too equal its timestamps.

    Why: released files tell the time of each frame twice in one series. Readers of the one and of the other align
    everything else with different clocks.

    Example: data and timestamps of the stimulus differ by 0.5 s.

    Fix: write one set of times, that of the sync file, into both.
    """
    off = np.nan_to_num(numbers(clocks["off_stimulus"]))
    wrong = (clocks["stream"] == "stimulus").to_numpy() & (off > ROUNDING)
    got = "data of {clock} off its timestamps by up to {off_stimulus:.4f} s"
    return offending(clocks, wrong, got, "data equal to the timestamps")


RULES: tuple[Rule, ...] = (
    imaging_covers_stimulus,
    imaging_is_whole,
    imaging_is_on_the_clock_of_the_session,
    eye_tracking_covers_stimulus,
    eye_tracking_is_whole,
    running_is_on_the_stimulus_clock,
    stimulus_times_are_told_alike,
)
