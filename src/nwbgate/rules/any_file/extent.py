"""Rules about times beside the extent of the session."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.offsets import UNIX
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Times that end so many times later than the session: milliseconds between these two, sample numbers above.
_MILLI = (300.0, 3000.0)
#: Seconds, and share of the session, by which times may begin after its end.
_AFTER, _SHARE = 1.0, 0.01
#: Two series of one device that begin within this share of the longer one begin together; ratio of their lengths that
#: a wrong rate explains, and nothing else.
_TOGETHER, _TWOFOLD = 0.01, 2.0
#: Share of a shorter length by which the recording may end before its last spike, and seconds.
_SECOND = 1.0
#: Times the usual length that an interval has only by a mistake.
_MANY_TIMES = 20.0


def _cause(first: float, last: float, extent: "pd.DataFrame") -> str:
    """Return what times outside the session look like; empty for plausible ones."""
    begin, end = float(extent["first"].iloc[0]), float(extent["last"].iloc[0])
    if not np.isfinite([first, last]).all():
        return ""
    if first > UNIX:
        return "seconds since 1970 (Unix time)"
    if end > 0 and last > _MILLI[0] * end:
        return "milliseconds" if last < _MILLI[1] * end else "sample numbers or microseconds"
    margin = _AFTER + _SHARE * (end - begin)
    if first > end + margin:
        return "all after the end of the session"
    return "all before the session" if last < begin - margin else ""


def strange_times(frame: "pd.DataFrame", extent: "pd.DataFrame", judged: "Any" = True) -> "Rows":
    """Return rows with times outside the session, with their likely cause.

    Parameters
    ----------
    frame : DataFrame
        Rows with ``first`` and ``last`` in seconds.
    extent : DataFrame
        The summary ``session_extent``.
    judged : array of bool or bool
        Which rows are judged.
    """
    spans = zip(numbers(frame["first"]), numbers(frame["last"]), strict=True)
    causes = [_cause(first, last, extent) for first, last in spans]
    wrong = np.array([cause != "" for cause in causes], dtype=bool) & judged
    words = [
        f"{first:.3f} to {last:.3f} s: {cause}"
        for first, last, cause in zip(frame["first"], frame["last"], causes, strict=True)
    ]
    first, last = extent[["first", "last"]].iloc[0]
    expected = f"seconds since session_start_time, within the session of {first:.3f} to {last:.3f} s"
    return offending(frame, wrong, lambda: as_column(frame, words), expected)


@check(scope="session", column="first", needs=["clocks.timestamps_are_session_seconds", "clocks.timestamps_increase"])
def clock_is_of_the_session(clocks: "pd.DataFrame", session_extent: "pd.DataFrame") -> "Rows":
    """Samples and events of every series are in seconds of the session.

    Why: NWB counts every time from session_start_time in seconds. The extent of the session is that of its acquired
    series; what lies outside it, or is a thousand times as long, can be aligned with nothing.

    Example: stimulus pulses from 500 to 58,000 s beside an acquisition of 60 s: these are milliseconds.

    Fix: divide milliseconds by 1000, sample numbers by the sampling rate; put the times on the session's clock.
    """
    return strange_times(clocks, session_extent)


@check(scope="session", column="first", needs=["interval_tables.intervals_have_times"])
def intervals_are_of_the_session(interval_tables: "pd.DataFrame", session_extent: "pd.DataFrame") -> "Rows":
    """Intervals are in seconds of the session.

    Why: trials and epochs select samples by their times. Intervals in milliseconds, from 1970 or of another clock
    select none, or those of another trial.

    Example: trials from 500 to 58,000 beside an acquisition of 60 s: these are milliseconds.

    Fix: divide milliseconds by 1000; from Unix times subtract that of session_start_time.
    """
    return strange_times(interval_tables, session_extent)


@check(
    scope="session",
    severity="warning",
    column="longest",
    needs=["interval_tables.intervals_are_of_the_session", "interval_tables.intervals_stop_after_they_start"],
)
def interval_is_not_longer_than_the_session(interval_tables: "pd.DataFrame", session_extent: "pd.DataFrame") -> "Rows":
    """No interval of many is twice as long as the session.

    Why: one stop in milliseconds, or of another session, makes an interval that holds all others.

    Example: the last of 300 trials of 4 s stops after 5,400 s of a session of 60 s.

    Fix: correct stop_time of that row.
    """
    length = float(session_extent["last"].iloc[0] - session_extent["first"].iloc[0])
    longest, usual = numbers(interval_tables["longest"]), numbers(interval_tables["usual"])
    wrong = (longest > _TWOFOLD * length) & (longest > _MANY_TIMES * usual)
    return offending(
        interval_tables,
        wrong,
        "an interval of {longest:.3f} s where {usual:.3f} s are usual",
        f"at most {length:.3f} s",
    )


@check(
    scope="session",
    column="first",
    needs=["spikes.spike_times_are_possible", "spikes.spikes_inside_observation"],
)
def spikes_are_of_the_session(spikes: "pd.DataFrame", session_extent: "pd.DataFrame") -> "Rows":
    """Spike times are in seconds of the session.

    Why: spike sorters count samples or milliseconds; written as they are, they meet no trial and no stimulus.

    Example: spikes up to 1,790,000 beside an acquisition of 60 s: these are sample numbers at 30 kHz.

    Fix: divide sample numbers by the sampling rate, and add the start of the recording.
    """
    return strange_times(spikes, session_extent)


@check(
    scope="session",
    column="last",
    needs=["spikes.spikes_are_of_the_session", "spikes.spikes_inside_observation"],
    where={"session_extent.recorded_to": ()},
)
def spikes_are_of_their_recording(spikes: "pd.DataFrame", session_extent: "pd.DataFrame") -> "Rows":
    """No spike is more than a second outside the extracellular recordings of the file.

    Why: a spike that was not recorded is on another clock, or the recording was cut.

    Example: spikes up to 62.4 s of a recording that ends at 60 s.

    Fix: put spikes and recording on one clock; write the rate that the recording has.
    """
    begin, end = (float(session_extent[name].iloc[0]) for name in ("recorded_from", "recorded_to"))
    wrong = (numbers(spikes["last"]) > end + _SECOND) | (numbers(spikes["first"]) < begin - _SECOND)
    return offending(spikes, wrong, "{first:.3f} to {last:.3f} s", f"within {begin:.3f} to {end:.3f} s")


@check(
    scope="session",
    severity="warning",
    column="observed_to",
    needs=["spikes.spikes_inside_observation", "spikes.observation_intervals_in_order"],
    where={"spikes.n_intervals": ()},
)
def observation_is_of_the_session(spikes: "pd.DataFrame", session_extent: "pd.DataFrame") -> "Rows":
    """Observation intervals lie within the recordings of the file, or else within its session.

    Why: firing rates are spikes over observed time; time that was not recorded makes every unit fire less. Only a
    warning: the file may hold a part of what was sorted.

    Example: obs_intervals from 2 to 10,000 s of a recording of 60 s.

    Fix: write the intervals in which the unit was watched, in seconds of the session.
    """
    names = ("recorded_from", "recorded_to") if session_extent["recorded_to"].notna().all() else ("first", "last")
    begin, end = (float(session_extent[name].iloc[0]) for name in names)
    margin = _SECOND + _SHARE * (end - begin)
    first, last = numbers(spikes["observed_from"]), numbers(spikes["observed_to"])
    with np.errstate(invalid="ignore"):
        wrong = (last > end + margin) | (first < begin - margin)
    words = "{observed_from:.3f} to {observed_to:.3f} s of unit {unit_id}"
    return offending(spikes, wrong, words, f"within {begin:.3f} to {end:.3f} s")


@check(scope="session", severity="warning", column="clock", needs=["clocks.clock_is_of_the_session"])
def series_of_a_device_are_as_long(devices: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """Series of one device that begin together differ less than twofold in length.

    Why: a device records its signals for one time. One that is twice as long has a wrong rate, or lost half of its
    samples.

    Example: raw voltage of 60 s and LFP of 720 s of one probe, because LFP has the rate of another recording.

    Fix: write the rate with which the series was sampled.
    """
    if not devices["device"].duplicated().any():
        return None
    times = clocks.drop_duplicates("clock").set_index("clock").reindex(devices["clock"])
    first, last = numbers(times["first"]), numbers(times["last"])
    length = last - first
    longest = np.zeros(len(devices))
    for row, device in enumerate(devices["device"]):
        together = (devices["device"] == device).to_numpy() & (np.abs(first - first[row]) <= _TOGETHER * length)
        longest[row] = max(length[together], default=0.0)
    wrong = (length > 0) & (longest > _TWOFOLD * length)
    words = [f"{own:.3f} s beside {most:.3f} s of another series" for own, most in zip(length, longest, strict=True)]
    return offending(devices, wrong, lambda: as_column(devices, words), "equal lengths")


RULES: tuple[Rule, ...] = (
    clock_is_of_the_session,
    intervals_are_of_the_session,
    interval_is_not_longer_than_the_session,
    spikes_are_of_the_session,
    spikes_are_of_their_recording,
    observation_is_of_the_session,
    series_of_a_device_are_as_long,
)
