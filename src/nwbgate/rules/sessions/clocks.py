"""Rules about clocks and required columns of one file."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.offsets import UNIX
from nwbgate.rules.sessions.rows import Times, as_column, numbers, of_planes, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Share of intervals of a clock that may be gaps before it is worth a warning.
_GAPS = 0.001
#: Streams that are sampled one after another: of two samples with one time, one is wrong. Events may coincide.
_SAMPLED = ["imaging", "stimulus", "running", "eye", "ephys"]
#: Words for the gaps of a clock.
_GAP_WORDS = "{n_gaps} gaps, the longest {longest:.4f} s"
#: Usual rates of streams in hertz: a unit of time that is wrong by 1000 is told from them.
_RATES = {"stimulus": 60.0, "running": 60.0, "eye": 30.0, "imaging": 30.0}


@check(scope="session", column="column")
def column_is_present(columns: "pd.DataFrame") -> "Rows":
    """Session tables have their required columns.

    Why: rules and readers rely on them; a table that lacks one is not judged any further.

    Example: trials has no column change_time.

    Fix: write the column; `schemas/session_tables.yaml` says what it holds.
    """
    wrong = columns["required"].astype(bool) & ~columns["found"].astype(bool)
    rows = offending(columns, wrong)
    return None if rows is None else rows.assign(sentence=rows["home"] + " lacks the column " + rows["column"])


@check(scope="session", column="stored")
def values_are_of_their_type(columns: "pd.DataFrame") -> "Rows":
    """Values of a described column have its type.

    Why: a text among numbers, or 0.5 among whole numbers, is a value that was lost or never was one.

    Example: reward_volume of one trial is the text "none".

    Fix: write the value as the type that `schemas/session_tables.yaml` says; NaN for a missing number.
    """
    wrong = numbers(columns["n_unreadable"]) > 0
    return offending(columns, wrong, "{n_unreadable} values of {stored} with another type", columns["type"])


@check(scope="session", column="n_nan")
def timestamps_are_numbers(clocks: "pd.DataFrame") -> "Rows":
    """No timestamp is missing.

    Why: a sample without a time cannot be aligned with anything.

    Example: 12 of 140,000 imaging timestamps are NaN.

    Fix: interpolate the missing times from the frame number, or leave the samples out.
    """
    return offending(clocks, numbers(clocks["n_nan"]) > 0, "{n_nan} NaN", "none")


@check(scope="session", column="n_backward", needs=["clocks.timestamps_are_numbers"])
def timestamps_increase(clocks: "pd.DataFrame") -> "Rows":
    """Timestamps of every series never go back; those of sampled signals strictly increase.

    Why: readers find samples by bisection, which fails silently where times go back.

    Example: 3 running timestamps are before their predecessor, the first in row 4711, from 78.5 s back to 12.3 s.

    Fix: sort the samples, or repair the clock from the sync lines.
    """
    again = (numbers(clocks["n_equal"]) > 0) & clocks["stream"].isin(_SAMPLED).to_numpy()
    wrong = (numbers(clocks["n_backward"]) > 0) | again
    return offending(clocks, wrong, lambda: as_column(clocks, _steps_back(clocks)), "none")


def _steps_back(clocks: "pd.DataFrame") -> list[str]:
    """Return the number of backward and equal steps of each clock, and the first."""
    columns = ("backward_row", "backward_from", "backward_to", "equal_row", "equal_from")
    places = zip(*(numbers(clocks[name]) for name in columns), strict=True)
    counts = clocks["n_backward"].astype(str) + " backward and " + clocks["n_equal"].astype(str) + " equal steps"
    return [words + _first_step(*place) for words, place in zip(counts, places, strict=True)]


def _first_step(backward_row: float, start: float, end: float, equal_row: float, time: float) -> str:
    if not np.isnan(backward_row):
        return f", the first backward one in row {backward_row:.0f}, from {start:.9g} s back to {end:.9g} s"
    return "" if np.isnan(equal_row) else f", the first equal one in row {equal_row:.0f}, at {time:.9g} s"


@check(
    scope="session",
    severity="warning",
    column="n_equal",
    needs=[
        "clocks.timestamps_increase",
        "trials.lick_times_are_the_licks",
        "trials.trial_rewards_are_the_rewards",
    ],
    where={"clocks.stream": ["events"]},
)
def events_are_distinct(clocks: "pd.DataFrame", session: "pd.DataFrame") -> "Rows":
    """No two licks, and no two rewards, have the same time.

    Why: two licks or rewards at one instant are most often one, recorded twice. Events of a file whose layout is not
    described may have come on several lines, and are not judged.

    Example: 2 licks have the time of the lick before.

    Fix: leave the repeated event out, unless there were two.
    """
    described = not session["layout"].eq("other").any()
    wrong = (numbers(clocks["n_equal"]) > 0) & (clocks["stream"] == "events").to_numpy() & described
    return offending(clocks, wrong, "{n_equal} equal times", "none")


@check(scope="session", column="n_gaps", needs=["clocks.timestamps_increase"], where={"clocks.stream": ["imaging"]})
def imaging_has_no_gaps(clocks: "pd.DataFrame") -> "Rows":
    """No interval between imaging frames is longer than one and a half periods.

    Why: a missing frame shifts every later one by a period against the stimulus, or leaves a hole in the traces.

    Example: 1 gap of 0.0647 s where the period is 0.0323 s.

    Fix: align imaging frames with the sync line again; where frames are truly lost, cut the recording there.
    """
    wrong = (numbers(clocks["n_gaps"]) > 0) & (clocks["stream"] == "imaging").to_numpy()
    return offending(clocks, wrong, _GAP_WORDS, "none")


@check(
    scope="session",
    severity="warning",
    column="n_gaps",
    needs=["clocks.timestamps_increase"],
    where={"clocks.stream": ["stimulus", "running", "eye"]},
)
def few_gaps(clocks: "pd.DataFrame") -> "Rows":
    """At most one in a thousand intervals of the stimulus, running and eye clocks is longer than 1.5 periods.

    Why: a monitor drops a frame now and then; many dropped frames distort durations and speeds.

    Example: 90 of 27,000 stimulus intervals are gaps.

    Fix: look at the sync line; the session may have run on an overloaded machine.
    """
    behavior = clocks["stream"].isin(["stimulus", "running", "eye"]).to_numpy()
    wrong = behavior & (numbers(clocks["n_gaps"]) > _GAPS * numbers(clocks["n"]))
    return offending(clocks, wrong, _GAP_WORDS, f"at most {_GAPS:.1%} of the intervals")


@check(scope="session", column="first", needs=["clocks.timestamps_increase"])
def timestamps_are_session_seconds(clocks: "pd.DataFrame", planes: "pd.DataFrame | None" = None) -> "Rows":
    """Timestamps are seconds since the start of the session, not milliseconds and not seconds since 1970.

    Why: NWB counts every time from session_start_time in seconds; in another unit or from another zero, nothing in the
    file can be aligned.

    Example: running timestamps from 11,300 to 460,452: these are milliseconds.

    Fix: divide milliseconds by 1000; from Unix times subtract that of session_start_time.
    """
    factor = numbers(clocks["period"]) * _usual_rates(clocks, planes)
    milli, micro = (np.abs(np.log10(np.where(factor > 0, factor, 1.0)) - power) < 0.5 for power in (3, 6))
    unix = numbers(clocks["first"]) > UNIX
    words = np.where(milli, "milliseconds", np.where(micro, "microseconds", "seconds since 1970 (Unix time)"))
    return offending(
        clocks,
        unix | milli | micro,
        lambda: span_words(clocks, words),
        "seconds since session_start_time",
    )


def _usual_rates(clocks: "pd.DataFrame", planes: "pd.DataFrame | None") -> Times:
    """Return the clock rate of a stream in hertz; NaN if it varies."""
    rates = np.array([_RATES.get(stream, np.nan) for stream in clocks["stream"]], dtype=np.float64)
    if planes is None:
        return rates
    stated = of_planes(clocks["plane"], planes, "imaging_rate")
    return np.where((clocks["stream"] == "imaging").to_numpy() & (stated > 0), stated, rates)


def span_words(clocks: "pd.DataFrame", causes: "Times | list[str]") -> "pd.Series[Any]":
    """Return, per clock, its first and last time, with what they look like."""
    rows = zip(clocks["first"], clocks["last"], causes, strict=True)
    return as_column(
        clocks, [f"{first:.3f} to {last:.3f} s{f': {cause}' if cause else ''}" for first, last, cause in rows]
    )


@check(
    scope="session",
    column="digest",
    needs=["clocks.timestamps_increase", "series.as_long_as_its_timestamps"],
    where={"clocks.stream": ["imaging"]},
)
def plane_has_one_clock(clocks: "pd.DataFrame") -> "Rows":
    """All series of one imaging plane have equal timestamps.

    Why: traces, events and motion of a plane are samples of the same frames.

    Example: the events of a plane lag its dF/F by one frame.

    Fix: link the timestamps of one series of the plane from all others.
    """
    imaging = clocks[(clocks["stream"] == "imaging") & clocks["plane"].notna()]
    if not imaging["plane"].duplicated().any():
        return None
    first = imaging.groupby("plane")["digest"].transform("first")
    odd = clocks.index.isin(imaging.index[imaging["digest"] != first])
    return offending(clocks, odd, "clock", "timestamps equal to those of the plane's first series")


@check(
    scope="session",
    column="plane",
    needs=["clocks.plane_has_one_clock", "clocks.imaging_covers_stimulus"],
    where={"planes.imaging_plane_group": []},
)
def groups_share_clocks(planes: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """Planes of one group have equal timestamps; planes of different groups start less than a period apart.

    Why: planes of a group are imaged at once, groups in turn within one period of the microscope.

    Example: two planes of group 0 are offset by 0.047 s.

    Fix: give the planes the timestamps frames[group::number of groups] of the microscope's frames.
    """
    if len(planes) < 2:
        return None
    clock_of = (
        series[series["stream"] == "imaging"]
        .dropna(subset=["plane"])
        .drop_duplicates("plane")
        .set_index("plane")["clock"]
    )
    times = clocks.set_index("clock")[["digest", "first", "period"]].reindex(planes["plane"].map(clock_of))
    grouped = planes["imaging_plane_group"].notna().to_numpy() & times["digest"].notna().to_numpy()
    in_groups = planes.assign(digest=times["digest"].to_numpy(), first=times["first"].to_numpy())[grouped]
    alike = in_groups.groupby("imaging_plane_group")["digest"].transform("first") == in_groups["digest"]
    earliest = in_groups["first"].min()
    near = (in_groups["first"] - earliest) < times["period"].to_numpy()[grouped]
    odd = planes.index.isin(in_groups.index[~(alike & near)])
    return offending(
        planes, odd, "plane", "timestamps equal within its group, less than one period from the other groups"
    )


RULES: tuple[Rule, ...] = (
    column_is_present,
    values_are_of_their_type,
    timestamps_are_numbers,
    timestamps_increase,
    events_are_distinct,
    imaging_has_no_gaps,
    few_gaps,
    timestamps_are_session_seconds,
    plane_has_one_clock,
    groups_share_clocks,
)
