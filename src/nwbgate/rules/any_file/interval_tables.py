"""Rules about tables of intervals, whatever their names."""

from typing import TYPE_CHECKING

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Tables whose rows follow each other by definition; epochs may lie within each other.
_IN_TURN = ("trials",)


@check(scope="session", column="n_missing")
def intervals_have_times(interval_tables: "pd.DataFrame") -> "Rows":
    """Every interval has a start and a stop.

    Why: an interval without one of them selects no samples; most programs drop it silently, or everything after it.

    Example: 12 of 300 trials have no stop_time.

    Fix: write the time, or leave the interval out.
    """
    wrong = numbers(interval_tables["n_missing"]) > 0
    return offending(interval_tables, wrong, "{n_missing} of {n_rows} without start or stop", "none")


@check(scope="session", column="n_reversed", needs=["interval_tables.intervals_are_of_the_session"])
def intervals_stop_after_they_start(interval_tables: "pd.DataFrame") -> "Rows":
    """No interval stops before it starts.

    Why: an interval of negative length selects nothing. Where all are reversed, the two columns have changed places.

    Example: a trial from 31.2 to 30.7 s.

    Fix: exchange the columns where all rows are reversed; else correct the row.
    """
    reversed_, rows = numbers(interval_tables["n_reversed"]), numbers(interval_tables["n_rows"])
    words = interval_tables["n_reversed"].astype(str) + " reversed of " + interval_tables["n_rows"].astype(str)
    words += (reversed_ == rows).astype(object) * ": start_time and stop_time have changed places"
    return offending(interval_tables, reversed_ > 0, words, "none")


@check(scope="session", column="n_repeated", needs=["interval_tables.intervals_have_times"])
def intervals_are_listed_once(interval_tables: "pd.DataFrame") -> "Rows":
    """No row of a table of intervals repeats another in every column.

    Why: a trial that is listed twice counts twice in every average.

    Example: 40 of 80 trials are those of the first 40 again, of a file that was appended to twice.

    Fix: leave the repeated rows out.
    """
    wrong = numbers(interval_tables["n_repeated"]) > 0
    return offending(interval_tables, wrong, "{n_repeated} repeated rows of {n_rows}", "none")


@check(
    scope="session",
    severity="warning",
    column="n_overlapping",
    needs=["interval_tables.intervals_stop_after_they_start", "interval_tables.intervals_are_listed_once"],
    where={"interval_tables.name": _IN_TURN},
)
def trials_do_not_overlap(interval_tables: "pd.DataFrame") -> "Rows":
    """No trial starts before the previous one stops.

    Why: samples of the overlap belong to two trials. Only a warning, because a task may be made so.

    Example: 3 of 300 trials start before the previous one stops.

    Fix: see whether stop_time is that of the trial or of what follows it.
    """
    in_turn = interval_tables["name"].isin(_IN_TURN).to_numpy()
    wrong = in_turn & (numbers(interval_tables["n_overlapping"]) > 0)
    return offending(interval_tables, wrong, "{n_overlapping} of {n_rows}", "none")


RULES: tuple[Rule, ...] = (
    intervals_have_times,
    intervals_stop_after_they_start,
    intervals_are_listed_once,
    trials_do_not_overlap,
)
