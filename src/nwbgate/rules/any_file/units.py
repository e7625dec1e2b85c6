"""Rules about spikes of units, whoever sorted them."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Share of common spikes from which two units are one.
_ONE_UNIT = 0.9
#: Fewest spikes of a unit and fewest units that tell an order, and the longest pause between two of them in intervals.
_ENOUGH, _UNITS, _PAUSE = 10, 3, 20.0


@check(
    scope="session",
    column="first",
    needs=["spikes.spike_times_are_numbers", "spikes.spikes_inside_observation"],
)
def spike_times_are_possible(spikes: "pd.DataFrame", session_extent: "pd.DataFrame | None" = None) -> "Rows":
    """Spike times are finite, and none is before the session.

    Why: a negative time is before session_start_time, when nothing was recorded, unless the recording began earlier; an
    infinite one corrupts every rate.

    Example: spikes from -0.41 s on of a recording that begins at 0.

    Fix: count spike times from session_start_time; leave out those that are not finite.
    """
    begin = 0.0 if session_extent is None else min(float(session_extent["first"].iloc[0]), 0.0)
    first, last = numbers(spikes["first"]), numbers(spikes["last"])
    wrong = (first < begin) | np.isinf(first) | np.isinf(last)
    return offending(spikes, wrong, "{first:.4g} to {last:.4g} s", f"finite times from {begin:g} s on")


@check(scope="session", column="share", needs=["spikes.spikes_are_of_the_session"])
def unit_is_not_another_one(unit_pairs: "pd.DataFrame") -> "Rows":
    """No two units have more than 90 % of their spikes at the same samples.

    Why: one neuron was sorted twice, or a unit was written twice; both count in every average.

    Example: 100 % of the spikes of unit 12 are those of unit 4.

    Fix: merge the two, or leave one out.
    """
    wrong = numbers(unit_pairs["share"]) > _ONE_UNIT
    return offending(
        unit_pairs, wrong, "{share:.0%} of {n_spikes} spikes are those of unit {other_id}", "spikes of its own"
    )


@check(
    scope="session",
    severity="warning",
    column="first",
    needs=["spikes.spike_times_are_sorted", "spikes.spike_times_are_possible"],
)
def units_fire_in_the_same_time(spikes: "pd.DataFrame") -> "Rows":
    """Units do not fire one after the other, each beginning where the one before it ends.

    Why: the spike times of all units were sorted as one list, and then cut into units: none has its own spikes. Units
    of several recordings in turn have pauses between them, and are not meant.

    Example: unit 0 fires from 0.5 to 20.1 s, unit 1 from 20.2 to 39.8 s, unit 2 from 40.0 to 59.4 s.

    Fix: sort the spike times of each unit by themselves.
    """
    active = numbers(spikes["n_spikes"]) >= _ENOUGH
    first, last, n = (numbers(spikes[name])[active] for name in ("first", "last", "n_spikes"))
    pauses = first[1:] - last[:-1]
    intervals = np.median((last - first) / (n - 1)) if len(n) else 0.0
    in_turn = active.sum() >= _UNITS and bool((pauses >= 0).all()) and bool((pauses <= _PAUSE * intervals).all())
    return offending(spikes, active & in_turn, "{first:.4g} to {last:.4g} s", "a time that it shares with other units")


RULES: tuple[Rule, ...] = (spike_times_are_possible, unit_is_not_another_one, units_fire_in_the_same_time)
