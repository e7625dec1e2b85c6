"""Rules about a pipette's voltage: baseline, unit, and spikes at peaks."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Least correlation between the changes of both voltages from sample to sample. A baseline over 20,001 samples (third
#: order Savitzky-Golay) changes by less than the noise: 0.998 and more in real and made-up recordings.
_FOLLOWS = 0.9
#: One voltage as a multiple of the other.
_SCALE = (0.9, 1.1)
#: Voltage that no cell-attached pipette records, and the least that one does, in volts.
_MOST, _LEAST = 0.5, 1e-6
#: Share of the spikes that may have no peak: overlapping spikes of a burst, and spikes at the ends.
_WITHOUT_PEAK = 0.1
#: Share of the spikes that peaks without a spike may be, and how many may always be.
_WITHOUT_SPIKE, _SPARE = 0.05, 2
#: If this share of the spikes has one lag behind its peaks, all were shifted. A lag of one sample is an index that
#: counts from 1; a shift is at least two samples.
_ALL, _SHIFTED = 0.9, 2
#: Seconds by which voltage and imaging of one recording may differ in length.
_LENGTH = 1.0

_NEEDS = ["series.filtered_voltage_follows_raw", "series.values_are_in_their_unit"]


@check(scope="session", column="correlation", needs=_NEEDS)
def filtered_voltage_is_the_raw_one(voltages: "pd.DataFrame") -> "Rows":
    """The voltage without its baseline is the recorded one minus something slow.

    Why: spikes are found in it and drawn on both; with another sign, scale or time it is another voltage.

    Example: a voltage that follows the raw one by 40 samples.

    Fix: subtract the baseline from the recorded voltage again.
    """
    words = as_column(voltages, [_unlike_raw(row) for row in voltages.to_dict("records")])
    return offending(voltages, (words != "").to_numpy(), words, "the recorded voltage minus its baseline")


def _unlike_raw(row: dict[Any, Any]) -> str:
    """Return how the voltage differs from the recorded one, or empty."""
    if row["correlation"] < -_FOLLOWS:
        return f"the recorded voltage with the opposite sign (correlation {row['correlation']:.2f})"
    if row["correlation"] < _FOLLOWS:
        shifted = f"; it follows by {row['lag']} samples" if row["lag"] else ""
        return f"a voltage whose changes correlate {row['correlation']:.2f} with those of the recorded one{shifted}"
    if not _SCALE[0] <= row["scale"] <= _SCALE[1] and row["scale"] == row["scale"]:
        return f"{row['scale']:.4g} times the recorded voltage"
    return ""


@check(severity="warning", scope="session", column="largest", needs=_NEEDS)
def voltage_is_in_volts(voltages: "pd.DataFrame") -> "Rows":
    """The voltage without its baseline stays between a microvolt and half a volt.

    Why: spikes of a cell-attached pipette are of some millivolts; larger numbers are millivolts that are called volts.

    Example: a largest voltage of 1.5 V.

    Fix: convert the data to volts.
    """
    largest = numbers(voltages["largest"])
    wrong = (largest > _MOST) | ((largest < _LEAST) & (largest > 0))
    expected = "up to some 0.01 V; these may be millivolts, or volts divided by a gain"
    return offending(voltages, wrong, "{largest:.4g} V at most", expected)


@check(
    scope="session",
    column="n_without_peak",
    needs=[*_NEEDS, "voltages.voltage_repeats_nothing", "spikes.spikes_inside_observation"],
)
def spikes_are_at_peaks(voltages: "pd.DataFrame") -> "Rows":
    """The voltage peaks within 1 ms of nine spikes in ten.

    Why: spikes are found as peaks of ten times the noise; where there is none of half that height, times and voltage
    are of different clocks or recordings. Three parts of the recording are read.

    Example: 40 of 43 spikes have no peak, the first at 0.512 s.

    Fix: write the spike times of this recording, on the voltage's clock and in seconds.
    """
    spikes, missing = numbers(voltages["n_spikes"]), numbers(voltages["n_without_peak"])
    with np.errstate(invalid="ignore"):
        wrong = missing > np.maximum(_WITHOUT_PEAK * spikes, 1)
    got = "no peak at {n_without_peak:.0f} of {n_spikes:.0f} spikes, the first at {without_peak_at:.4f} s"
    return offending(voltages, wrong, got, f"a peak within 1 ms of at least {1 - _WITHOUT_PEAK:.0%} of them")


@check(
    severity="warning",
    scope="session",
    column="n_peaks_without_spike",
    needs=["voltages.spikes_are_at_peaks", "voltages.voltage_is_in_volts"],
)
def peaks_are_spikes(voltages: "pd.DataFrame") -> "Rows":
    """Nineteen of twenty peaks as high as spikes are spikes.

    Why: spikes are all peaks of ten times the noise; where peaks of half the usual height of a spike and of ten times
    the noise have none, spikes were lost. An electric artefact is such a peak too, so this is a warning.

    Example: 12 peaks and 43 spikes, the first peak without a spike at 3.104 s.

    Fix: detect the spikes of this voltage again; leave parts with artefacts out of obs_intervals.
    """
    spikes, peaks = numbers(voltages["n_spikes"]), numbers(voltages["n_peaks_without_spike"])
    with np.errstate(invalid="ignore"):
        wrong = peaks > np.maximum(_WITHOUT_SPIKE * spikes, _SPARE)
    got = "{n_peaks_without_spike:.0f} peaks without a spike, the first at {peak_without_spike_at:.4f} s"
    return offending(voltages, wrong, got + ", beside {n_spikes:.0f} spikes", f"at most {_WITHOUT_SPIKE:.0%} of them")


@check(
    severity="warning",
    scope="session",
    column="peak_lag",
    needs=["voltages.spikes_are_at_peaks", "spikes.spikes_of_a_pipette_are_distinct"],
)
def spikes_are_not_shifted(voltages: "pd.DataFrame") -> "Rows":
    """Spikes do not all lie the same number of samples, two or more, beside the peaks of the voltage.

    Why: a spike may be dated at its threshold, which is now nearer to its peak and now farther from it. Where nine in
    ten are equally far from it, the times were shifted as a whole. One sample is an index that counts from 1.

    Example: 219 of 230 spikes follow the highest voltage by exactly 4 samples.

    Fix: date spikes by the samples of this voltage; look for an offset of the first sample, or another rate.
    """
    lag, share = numbers(voltages["peak_lag"]), numbers(voltages["share_at_lag"])
    with np.errstate(invalid="ignore"):
        wrong = (np.abs(lag) >= _SHIFTED) & (share >= _ALL)
    got = "{share_at_lag:.0%} of {n_spikes:.0f} spikes exactly {peak_lag:+.0f} samples from the highest voltage"
    return offending(voltages, wrong, got, "spikes at their peaks, or at distances that vary")


@check(
    scope="session",
    column="n_repeated",
    needs=["voltages.filtered_voltage_is_the_raw_one"],
)
def voltage_repeats_nothing(voltages: "pd.DataFrame") -> "Rows":
    """No stretch of the voltage repeats an earlier one, sample by sample.

    Why: noise never repeats itself; a buffer was written twice, and what should be there is lost. Three parts of the
    recording are compared.

    Example: 40,000 samples from 20.0 s on are those of the second before.

    Fix: read the recording again from the acquisition files.
    """
    wrong = numbers(voltages["n_repeated"]) > 0
    return offending(voltages, wrong, "{n_repeated} samples again, the first at {repeated_at:.4f} s", "none")


@check(severity="warning", scope="session", column="threshold", needs=["voltages.spikes_are_at_peaks"])
def threshold_is_below_the_spikes(voltages: "pd.DataFrame") -> "Rows":
    """The threshold of spike detection is above 0 and no higher than the spikes.

    Why: only peaks above it were counted; a higher one is in another unit, or of another recording.

    Example: a threshold of 0.28 V, and spikes of 0.0009 V: it is in millivolts.

    Fix: write the threshold in volts, as it was used for this recording.
    """
    threshold, height = numbers(voltages["threshold"]), numbers(voltages["spike_height"])
    with np.errstate(invalid="ignore"):
        wrong = (threshold <= 0) | (threshold > height)
    expected = [f"above 0, up to the {each:.4g} V of the spikes" for each in height]
    return offending(voltages, wrong, "{threshold:.4g} V", lambda: as_column(voltages, expected))


@check(
    scope="session",
    column="last",
    needs=["clocks.timestamps_increase", "spikes.observation_inside_recording"],
    where={"clocks.stream": ["ephys"]},
)
def voltage_is_as_long_as_imaging(clocks: "pd.DataFrame") -> "Rows":
    """Voltage and imaging of one recording are equally long, within a second.

    Why: both were started and stopped together; another length is another rate, or another recording.

    Example: 59.9 s of voltage, 29.9 s of imaging: the sampling rate is half of the true one.

    Fix: correct the rate, or take both streams from one recording.
    """
    imaged = clocks[clocks["stream"] == "imaging"]
    if imaged.empty:
        return None
    length = numbers(clocks["n"]) * numbers(clocks["period"])
    of_imaging = float((numbers(imaged["n"]) * numbers(imaged["period"])).max())
    wrong = (clocks["stream"] == "ephys").to_numpy() & (np.abs(length - of_imaging) > _LENGTH)

    def words() -> "pd.Series[Any]":
        return as_column(clocks, [f"{each:.3f} s" + _factor(each / of_imaging) for each in length])

    return offending(clocks, wrong, words, f"{of_imaging:.3f} s, as long as the imaging")


def _factor(ratio: float) -> str:
    """Return a length's whole multiple or fraction of another in words."""
    for whole in (2, 5, 10, 1000):
        if abs(ratio / whole - 1) < 0.02 or abs(ratio * whole - 1) < 0.02:
            return f" ({'' if ratio > 1 else '1/'}{whole} of it: the rate may be wrong by that factor)"
    return ""


RULES: tuple[Rule, ...] = (
    filtered_voltage_is_the_raw_one,
    voltage_is_in_volts,
    voltage_repeats_nothing,
    spikes_are_at_peaks,
    spikes_are_not_shifted,
    peaks_are_spikes,
    threshold_is_below_the_spikes,
    voltage_is_as_long_as_imaging,
)
