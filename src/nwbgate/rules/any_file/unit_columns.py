"""Rules about columns of units beside their spikes and electrodes."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import Times, as_column, numbers, offending, surely_not

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Fewest units whose rates and numbers of spikes have an order, and the correlation of the two orders from which on
#: they are of the same units.
_UNITS, _SAME_ORDER = 8, 0.7
#: Times the length of the session that spikes over rate may be: cells may fire in a part of it, or be watched longer.
_TIMES = 30.0
#: Share of the units whose peak is among their electrodes from which on the others are mistakes.
_MOST = 0.5
#: Digits of a share that may be rounded up.
_ROUNDING = 1e-3


@check(scope="session", severity="warning", column="told_count", where={"unit_columns.told_count": ()})
def count_is_that_of_the_spikes(unit_columns: "pd.DataFrame") -> "Rows":
    """The number of spikes that a column tells is that of the spike times.

    Why: it is told twice; where the two differ, spikes were lost, or the column is of another unit. Only a warning: the
    number may be of the whole recording, of which the file holds a part.

    Example: num_spikes is 5,000 and spike_times has 120.

    Fix: write the spikes of the unit, or leave the column out.
    """
    told, stored = numbers(unit_columns["told_count"]), numbers(unit_columns["n_spikes"])
    wrong = np.isfinite(told) & (told != stored)
    words = [f"{each:g} of unit {unit}" for each, unit in zip(told, unit_columns["unit_id"], strict=True)]
    return offending(
        unit_columns,
        wrong,
        lambda: as_column(unit_columns, words),
        lambda: as_column(unit_columns, [f"{n:.0f} spikes" for n in stored]),
    )


@check(
    scope="session",
    severity="warning",
    column="told_rate",
    needs=["unit_columns.count_is_that_of_the_spikes", "spikes.spikes_are_of_the_session"],
    where={"unit_columns.told_rate": ()},
)
def rate_follows_from_the_spikes(unit_columns: "pd.DataFrame", session_extent: "pd.DataFrame | None" = None) -> "Rows":
    """Firing rates follow the numbers of spikes, and are in hertz.

    Why: spikes over rate is the time in which a unit was watched. Where it is a thousand sessions, rates are in another
    unit; where units of many spikes have low rates, rates are those of other rows.

    Example: unit 3 has 400 spikes and a rate of 0.2 Hz, unit 4 has 30 and 6.7 Hz.

    Fix: compute the rates again; where rows were sorted, sort all columns.
    """
    rate, n = numbers(unit_columns["told_rate"]), numbers(unit_columns["n_spikes"])
    active = np.isfinite(rate) & (rate > 0) & (n > 0)
    wrong = active & (_in_another_unit(rate[active], n[active], session_extent) | _of_others(rate[active], n[active]))
    words = [
        f"{each:.4g} Hz for {count:.0f} spikes of unit {unit}"
        for each, count, unit in zip(rate, n, unit_columns["unit_id"], strict=True)
    ]
    return offending(unit_columns, wrong, lambda: as_column(unit_columns, words), "spikes over the time of the session")


def _in_another_unit(rate: Times, n: Times, extent: "pd.DataFrame | None") -> bool:
    if extent is None or not len(rate):
        return False
    length = float(extent["last"].iloc[0] - extent["first"].iloc[0])
    watched = float(np.median(n / rate))
    return watched > _TIMES * length or watched < length / _TIMES


def _of_others(rate: Times, n: Times) -> bool:
    """Return whether the orders of rates and of numbers of spikes differ."""
    if len(rate) < _UNITS or len({*n.tolist()}) < _UNITS or len({*rate.tolist()}) < _UNITS:
        return False
    orders = [np.argsort(np.argsort(each)) for each in (rate, n)]
    return float(np.asarray(np.corrcoef(orders))[0, 1]) < _SAME_ORDER


@check(scope="session", severity="warning", column="told_peak", where={"unit_columns.told_peak": ()})
def peak_electrode_exists(unit_columns: "pd.DataFrame") -> "Rows":
    """The electrode of a unit's largest waveform is in the electrodes table.

    Why: the place of the unit in the brain is that of this electrode.

    Example: peak_channel_id 900 in a file of 384 electrodes with the ids 0 to 383.

    Fix: write the id of the electrode; channels that were left out of the table have to be counted.
    """
    wrong = surely_not(unit_columns["peak_exists"]) & np.isfinite(numbers(unit_columns["told_peak"]))
    return offending(unit_columns, wrong, "electrode {told_peak:g} of unit {unit_id}", "an id of the electrodes")


@check(
    scope="session",
    severity="warning",
    column="told_peak",
    needs=["unit_columns.peak_electrode_exists", "spikes.unit_has_electrode"],
    where={"unit_columns.told_peak": ()},
)
def peak_electrode_is_its_own(unit_columns: "pd.DataFrame") -> "Rows":
    """The electrode of a unit's largest waveform is one of its own.

    Why: it is told twice where a unit lists its electrodes. Judged where it holds for half of the units, so that
    both count electrodes in the same way.

    Example: unit 3 names electrodes 9 to 11, and its peak channel is 1.

    Fix: see which of the two columns was sorted otherwise.
    """
    own = unit_columns["peak_is_own"]
    holds = own.dropna().astype(bool)
    wrong = surely_not(own) if len(holds) and holds.mean() >= _MOST else np.zeros(len(own), dtype=bool)
    return offending(unit_columns, wrong, "electrode {told_peak:g} of unit {unit_id}", "one of its electrodes")


@check(scope="session", severity="warning", column="told_share", where={"unit_columns.told_share": ()})
def presence_ratio_is_a_share(unit_columns: "pd.DataFrame") -> "Rows":
    """A presence ratio is between 0 and 1.

    Why: it is the share of the session in which a unit fired; criteria compare it with 0.9 or 0.95.

    Example: 95, which is a percentage.

    Fix: divide percentages by 100.
    """
    share = numbers(unit_columns["told_share"])
    with np.errstate(invalid="ignore"):
        wrong = (share < -_ROUNDING) | (share > 1 + _ROUNDING)
    return offending(unit_columns, wrong, "{told_share:.4g} of unit {unit_id}", "0 to 1")


RULES: tuple[Rule, ...] = (
    count_is_that_of_the_spikes,
    rate_follows_from_the_spikes,
    peak_electrode_exists,
    peak_electrode_is_its_own,
    presence_ratio_is_a_share,
)
