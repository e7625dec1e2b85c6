"""Rules about the order of a pipette's sweeps, and the settings of its amplifier."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.any_file.sweeps import spans
from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending, surely

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Share of the sweeps of a pipette that overlap by a mistake, and share by which stimulus and response may differ.
_RARE, _APART = 0.5, 0.01
#: Least and largest value of a setting, whether it may be negative, and its unit by the schema. Gains are of any unit.
_POSSIBLE = {
    "gain": (1e-15, np.inf, 0, ""),
    "bias_current": (0.0, 1e-6, 1, "A"),
    "bridge_balance": (1e4, 1e11, 0, "ohms"),
    "capacitance_compensation": (1e-16, 1e-7, 1, "F"),
    "capacitance_fast": (1e-16, 1e-7, 0, "F"),
    "capacitance_slow": (1e-16, 1e-7, 0, "F"),
    "resistance_comp_correction": (0.0, 100.0, 0, "%"),
    "resistance_comp_prediction": (0.0, 100.0, 0, "%"),
    "whole_cell_capacitance_comp": (1e-16, 1e-7, 0, "F"),
    "whole_cell_series_resistance_comp": (1e4, 1e11, 0, "ohms"),
}


def _sweep_times(sweeps: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame") -> "pd.DataFrame":
    """Return the sweeps with their first and last time and number of samples."""
    own = spans(sweeps["path"], series, clocks)
    return sweeps.assign(**{name: numbers(own[name]) for name in ("first", "last", "n_samples")})


def _responses(timed: "pd.DataFrame") -> "pd.DataFrame":
    """Return responses of known electrodes by electrode and time."""
    known = ~surely(timed["is_stimulus"]) & timed["electrode"].notna().to_numpy() & timed["first"].notna().to_numpy()
    return timed[known].sort_values(["electrode", "first"], kind="stable")


@check(
    scope="session",
    severity="warning",
    column="number",
    needs=["clocks.timestamps_increase"],
    where={"sweeps.number": ()},
)
def number_is_of_one_sweep(sweeps: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """No two responses of a pipette at different times have one sweep number.

    Why: the number tells which stimulus belongs to which response; of two sweeps with one number, one has the other's.
    Only a warning: some programs count the sweeps of each protocol from 0.

    Example: the responses at 11 s and at 19 s are both of sweep 2.

    Fix: count the sweeps through the session, or list the pairs in intracellular_recordings.
    """
    timed = _responses(_sweep_times(sweeps, series, clocks))
    timed = timed[timed["number"].notna()]
    begun = timed.groupby(["electrode", "number"])["first"].transform("min")
    ended = timed.groupby(["electrode", "number"])["last"].transform("min")
    later = (timed["first"] > ended) & (timed["first"] > begun)
    words = {
        row: f"sweep {number:.0f} at {first:.3f} s and at {begin:.3f} s"
        for row, number, first, begin in zip(timed.index, timed["number"], timed["first"], begun, strict=True)
    }
    wrong = sweeps.index.isin(timed.index[later.to_numpy(dtype=bool)])
    got = as_column(sweeps, [words.get(row, "") for row in sweeps.index])
    return offending(sweeps, wrong, got, "a number for each sweep")


@check(
    scope="session",
    severity="warning",
    column="number",
    needs=["sweeps.number_is_of_one_sweep", "clocks.timestamps_increase"],
    where={"sweeps.number": ()},
)
def numbers_follow_time(sweeps: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """Later sweeps of a pipette have larger numbers.

    Why: sweeps are counted as they are recorded; where the order differs, numbers or times are those of other sweeps.

    Example: sweep 4 begins at 27 s, sweep 3 at 35 s.

    Fix: compare both with the source, and correct starting_time or sweep_number.
    """
    timed = _responses(_sweep_times(sweeps, series, clocks))
    timed = timed[timed["number"].notna()]
    before = timed.groupby("electrode")[["number", "first"]].shift()
    back = (timed["first"] > before["first"]) & (timed["number"] < before["number"])
    words = {
        row: f"sweep {number:.0f} at {first:.3f} s after sweep {other:.0f}"
        for row, number, first, other in zip(
            timed.index, timed["number"], timed["first"], before["number"], strict=True
        )
    }
    wrong = sweeps.index.isin(timed.index[back.to_numpy(dtype=bool)])
    return offending(
        sweeps, wrong, as_column(sweeps, [words.get(row, "") for row in sweeps.index]), "increasing numbers"
    )


@check(scope="session", severity="warning", column="electrode", needs=["clocks.timestamps_increase"])
def sweeps_of_a_pipette_take_turns(sweeps: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """No sweep of a pipette begins while the one before it is recorded.

    Why: one amplifier records one sweep at a time. Sweeps that all begin at one time have times of their own, and two
    signals of one sweep begin together; neither is judged.

    Example: sweep 2 begins at 11.3 s, and sweep 1 ends at 11.8 s.

    Fix: correct starting_time, or the rate of the earlier sweep.
    """
    timed = _responses(_sweep_times(sweeps, series, clocks))
    before = timed.groupby("electrode")[["first", "last"]].shift()
    overlap = (timed["first"] > before["first"]) & (timed["first"] < before["last"])
    rare = overlap.groupby(timed["electrode"]).transform("mean") < _RARE
    words = {
        row: f"begins at {first:.3f} s, the one before ends at {last:.3f} s"
        for row, first, last in zip(timed.index, timed["first"], before["last"], strict=True)
    }
    wrong = sweeps.index.isin(timed.index[(overlap & rare).to_numpy(dtype=bool)])
    got = as_column(sweeps, [words.get(row, "") for row in sweeps.index])
    return offending(sweeps, wrong, got, "sweeps one after the other")


@check(
    scope="session",
    severity="warning",
    column="stimulus",
    needs=["sweeps.stimulus_is_during_its_response"],
    where={"sweeps.stimulus": ()},
)
def stimulus_has_the_rate_of_its_response(
    sweeps: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame"
) -> "Rows":
    """A stimulus with as many samples as its response is as long.

    Why: both are made and recorded by one converter; with another rate, steps and the response to them are apart.

    Example: 8,000 samples each, 0.8 s of response and 1.6 s of stimulus.

    Fix: write the rate of the sweep in both.
    """
    timed = _sweep_times(sweeps, series, clocks)
    given = timed.drop_duplicates("path").set_index("path").reindex(timed["stimulus"])
    own, other = numbers(timed["last"]) - numbers(timed["first"]), numbers(given["last"]) - numbers(given["first"])
    same = numbers(timed["n_samples"]) == numbers(given["n_samples"])
    with np.errstate(invalid="ignore"):
        wrong = same & (np.abs(own - other) > _APART * own) & (own > 0)
    words = [f"a stimulus of {length:.4g} s" for length in other]
    expected = [f"{length:.4g} s, as its response of as many samples" for length in own]
    return offending(sweeps, wrong, as_column(sweeps, words), as_column(sweeps, expected))


@check(scope="session", severity="warning", column="value")
def setting_is_possible(pipette_settings: "pd.DataFrame") -> "Rows":
    """Settings of an amplifier are possible in the unit of the schema.

    Why: the schema fixes ohms, farads and amperes; amplifiers show megaohms, picofarads and picoamperes. 0 and NaN say
    that a circuit was off.

    Example: a series resistance of 12 ohms, which is 12 megaohms.

    Fix: multiply megaohms by 1e6, picofarads and picoamperes by 1e-12.
    """
    value = numbers(pipette_settings["value"])
    limits = [_POSSIBLE[name] for name in pipette_settings["setting"]]
    low, high, is_signed = np.array([limit[:3] for limit in limits], dtype=np.float64).reshape(-1, 3).T
    size = np.where(is_signed == 1, np.abs(value), value)
    off = (value == 0) & (pipette_settings["setting"] != "gain").to_numpy()
    with np.errstate(invalid="ignore"):
        wrong = np.isfinite(value) & ~off & ((size < low) | (size > high))
    expected = [f"{limit[0]:g} to {limit[1]:g} {limit[3]}".strip() for limit in limits]
    return offending(pipette_settings, wrong, "{setting} {value:g}", as_column(pipette_settings, expected))


RULES: tuple[Rule, ...] = (
    number_is_of_one_sweep,
    numbers_follow_time,
    sweeps_of_a_pipette_take_turns,
    stimulus_has_the_rate_of_its_response,
    setting_is_possible,
)
