"""Times of stimulus frames, and how rows differ from them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.sessions.offsets import (
    ROUNDING,
    common_offset,
    difference_words,
    unlike_seconds,
)
from nwbgate.rules.sessions.rows import Mask, Times, as_column, gray_screens, numbers, offending, omissions

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


def frame_times(frames: "pd.Series[Any]", clock: Times) -> Times:
    """Return each frame's time in seconds, infinite for unknown frames."""
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


def clock_of(stimulus_timestamps: "pd.DataFrame") -> Times:
    """Return the times of all stimulus frames in seconds."""
    return numbers(stimulus_timestamps["timestamps"])


def beyond_rounding(differences: Times) -> Mask:
    """Return the differences beyond rounding."""
    return np.asarray(np.abs(np.nan_to_num(differences, nan=0.0)) > ROUNDING)


def distance_to_frames(times: "pd.Series[Any]", clock: Times) -> Times:
    """Return each time's distance from the nearest frame in seconds."""
    wanted = numbers(times)
    after = np.searchsorted(clock, wanted).clip(0, max(len(clock) - 1, 0))
    before = (after - 1).clip(0)
    nearest: Times = np.minimum(np.abs(clock[after] - wanted), np.abs(clock[before] - wanted))
    return nearest


def first_row_of(frame: "pd.DataFrame", got: str, expected: str) -> "Rows":
    """Return the first row, for a fault of the whole table."""
    return offending(frame, np.arange(len(frame)) == 0, lambda: as_column(frame, [got] * len(frame)), expected)


def timed_rows(
    frame: "pd.DataFrame", columns: tuple[str, str], clock: Times, differences: Times, delay: float | None
) -> "pd.Series[Any]":
    """Return, per row, a time, its frame, their difference and its pattern."""
    time, number = columns
    times = numbers(frame[time])
    words = difference_words(differences, delay)
    shared = unlike_clock(times, clock) or _frame_shift(times, numbers(frame[number]), differences, clock)
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


def unlike_clock(times: Times, clock: Times) -> str:
    """Describe a column of times that does not fit the stimulus clock."""
    known = times[np.isfinite(times)]
    if not len(known) or not len(clock):
        return ""
    return unlike_seconds(float(known.min()), float(known.max()), (float(clock[0]), float(clock[-1])))


def expected_times(frame: "pd.DataFrame", number: "pd.Series[Any]", clock: Times, delay: float) -> "pd.Series[Any]":
    """Return, per row, the time of its frame plus the delay."""
    times = frame_times(number, clock) + delay
    words = [f"{time:.5f} s" if np.isfinite(time) else f"a frame from 0 to {len(clock) - 1}" for time in times]
    return as_column(frame, words)
