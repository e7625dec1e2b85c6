"""Rules about mean waveforms of units, and about the places of electrodes."""

from typing import TYPE_CHECKING

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Seconds that the waveform of a spike lasts: from a few samples around it to many times its length.
_LENGTH = (2e-4, 0.1)
#: Volts that no spike outside a cell has.
_VOLTS = 0.1
#: Coordinates below this number are in meters or millimeters: a contact is tens of micrometers from the next one.
_MICROMETERS = 0.1


@check(scope="session", severity="warning", column="duration")
def waveform_is_as_long_as_a_spike(waveforms: "pd.DataFrame") -> "Rows":
    """A mean waveform lasts 0.2 to 100 ms by its sampling rate.

    Why: widths and slopes of spikes are measured with that rate, and tell cell types apart.

    Example: 60 samples at 30 Hz, which is 30 kHz.

    Fix: write sampling_rate of the waveforms in hertz.
    """
    length = numbers(waveforms["duration"])
    wrong = (length < _LENGTH[0]) | (length > _LENGTH[1])
    return offending(waveforms, wrong, "{n_samples} samples in {duration:.3g} s", f"{_LENGTH[0]} to {_LENGTH[1]} s")


@check(scope="session", severity="warning", column="largest")
def waveform_is_in_volts(waveforms: "pd.DataFrame") -> "Rows":
    """Most mean waveforms stay below 0.1 V.

    Why: the schema fixes volts for waveforms; sorters give microvolts, or numbers of the converter, which amplitudes
    and thresholds then take for volts.

    Example: a peak of 80 in the unit volts, which is 80 microvolts.

    Fix: divide microvolts by a million.
    """
    return offending(
        waveforms, numbers(waveforms["largest"]) > _VOLTS, "a peak of {largest:.4g} V", f"below {_VOLTS} V"
    )


@check(scope="session", column="n_broken")
def waveform_has_no_hole(waveforms: "pd.DataFrame") -> "Rows":
    """No waveform lacks samples in a channel that has others, and no standard deviation is negative.

    Why: one NaN makes width and amplitude of the unit NaN; a negative standard deviation is none.

    Example: sample 10 of the waveform of unit 2 is NaN.

    Fix: compute mean and standard deviation again from the spikes.
    """
    broken, negative = (numbers(waveforms[name]) for name in ("n_broken", "n_negative_spreads"))
    got = "{n_broken} waveforms with holes, {n_negative_spreads} negative deviations"
    return offending(waveforms, (broken + negative) > 0, got, "none")


@check(scope="session", severity="warning", column="n_copies")
def waveform_is_not_another_units(waveforms: "pd.DataFrame") -> "Rows":
    """No two units have one mean waveform, sample by sample.

    Why: means of different spikes are never equal; one of the two is a copy, or a unit was written twice.

    Example: the waveforms of units 2 and 3 are equal.

    Fix: compute the mean of the unit's own spikes.
    """
    wrong = numbers(waveforms["n_copies"]) > 0
    return offending(waveforms, wrong, "{n_copies} of {n_units} equal to an earlier one", "a waveform of its own")


@check(scope="session", severity="warning", column="largest")
def place_is_in_micrometers(electrode_places: "pd.DataFrame") -> "Rows":
    """Coordinates of electrodes are in micrometers.

    Why: the schema fixes micrometers; maps of a probe and distances in the brain are computed from them.

    Example: y from 0.002 to 0.0021, which is meters.

    Fix: multiply meters by a million, millimeters by a thousand.
    """
    largest = numbers(electrode_places["largest"])
    return offending(
        electrode_places, (largest > 0) & (largest < _MICROMETERS), "{name} up to {largest:.3g}", "micrometers"
    )


RULES: tuple[Rule, ...] = (
    waveform_is_as_long_as_a_spike,
    waveform_is_in_volts,
    waveform_has_no_hole,
    waveform_is_not_another_units,
    place_is_in_micrometers,
)
