"""Rules about times that tables of intervals tell in further columns."""

from typing import TYPE_CHECKING

from nwbgate.rules.any_file.extent import strange_times
from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Share of the rows whose time lies in another row from which a column is of other rows.
_MOST = 0.5


@check(scope="session", severity="warning", column="first", needs=["interval_tables.intervals_are_of_the_session"])
def times_are_of_the_session(interval_times: "pd.DataFrame", session_extent: "pd.DataFrame") -> "Rows":
    """Times of rewards, cues or responses are in seconds of the session.

    Why: readers align data with them as with start_time; milliseconds, or seconds of another clock, select other
    samples. Columns that do not increase with the rows, such as latencies, are not judged.

    Example: reward_time from 4,500 to 56,500 in trials from 2.5 to 57.5 s.

    Fix: write every time in seconds from session_start_time.
    """
    return strange_times(interval_times, session_extent)


@check(
    scope="session",
    severity="warning",
    column="n_in_another",
    needs=["interval_times.times_are_of_the_session", "interval_tables.intervals_stop_after_they_start"],
)
def time_is_in_its_row(interval_times: "pd.DataFrame") -> "Rows":
    """Times of a column lie in the trial of their row.

    Why: where most lie in another trial, the column was shifted against the rows. Only a warning: a task may show a
    cue in the trial before.

    Example: cue_time of 13 of 14 trials is in the trial before.

    Fix: see where the first row of the column belongs.
    """
    n, known = numbers(interval_times["n_in_another"]), numbers(interval_times["n_known"])
    got = "{column} of {n_in_another} of {n_known} rows in the interval of another row"
    return offending(interval_times, n > _MOST * known, got, "in the interval of its own row")


RULES: tuple[Rule, ...] = (times_are_of_the_session, time_is_in_its_row)
