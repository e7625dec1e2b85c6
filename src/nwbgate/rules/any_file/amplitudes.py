"""Rules about the size of voltages, currents, positions and light."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending, surely

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Largest possible values in the unit of the schema: volts of an amplifier outside and inside a cell, amperes through
#: a pipette, meters of a room, watts of a laser, and volts of anything that has an input.
_POSSIBLE = {"extracellular": 0.1, "membrane": 1.0, "current": 1e-6, "position": 100.0, "light": 5.0, "voltage": 1000.0}
#: Deviation of every fifth sample of a voltage outside a cell that no brain, heart or muscle has, in volts.
_QUIET = 0.01
#: Median of a voltage in its own deviations from which it is nowhere near 0.
_ALOFT = 5.0
#: Least and largest median of plain series by spellings of their unit: rooms, bodies and freezers; running animals;
#: currents of amplifiers, stimulators and lasers.
_CELSIUS, _KELVIN, _AMPERES = (0.0, 150.0), (150.0, 450.0), (0.0, 10.0)
_OF_UNITS = {
    **dict.fromkeys(("celsius", "degrees celsius", "degree celsius", "deg c", "degc", "degrees c", "°c"), _CELSIUS),
    **dict.fromkeys(("kelvin", "kelvins", "k"), _KELVIN),
    **dict.fromkeys(("amperes", "ampere", "a", "amps"), _AMPERES),
    **dict.fromkeys(("m/s", "meters per second", "meters/second", "meter per second"), (0.0, 30.0)),
    **dict.fromkeys(("cm/s", "centimeters per second", "cm/sec"), (0.0, 3000.0)),
}
#: Ranges of converters in volts, and share by which a value may differ from one.
_RANGES, _CLOSE = (5.0, 10.0), 0.002
#: Share of samples at the limit from which a series is clipped, share from which it has two levels, and fewest samples.
_CLIPPED, _TWO_LEVELS, _FEWEST = 0.01, 0.9, 500
_UNITS = {"extracellular": "V", "membrane": "V", "current": "A", "position": "m", "light": "W", "voltage": "V"}


@check(
    scope="session",
    column="largest",
    needs=["signals.channel_is_finite", "series.values_are_in_their_unit", "series.unit_is_of_its_type"],
    where={"signals.kind": tuple(_POSSIBLE)},
)
def values_are_possible(signals: "pd.DataFrame", series: "pd.DataFrame") -> "Rows":
    """Voltages, currents, positions and light in their unit are possible ones.

    Why: conversion and offset take the stored numbers to the unit of the series. An extracellular voltage above 0.1 V,
    a membrane potential above 1 V, a current above 1 µA, a position 100 m away, light of 5 W on a brain or any other
    voltage above 1000 V is of another unit, or has a wrong conversion.

    Example: a membrane potential of -65 V, which is -65 mV without its conversion of 0.001.

    Fix: write the conversion from the stored numbers to the unit: for millivolts in a series of volts, 0.001.
    """
    units = dict(zip(series["path"], series["unit"].astype(str).str.lower(), strict=True))
    in_meters = signals["path"].map(lambda path: units.get(path, "") in ("meters", "meter", "m")).to_numpy(dtype=bool)
    position = (signals["kind"] == "position").to_numpy()
    limits = np.array([_POSSIBLE.get(kind, np.inf) for kind in signals["kind"]], dtype=np.float64)
    # A camera that lost the animal for a frame says anything; half of all samples do not.
    value = np.where(position, numbers(signals["middle"]), numbers(signals["largest"]))
    wrong = (value > limits) & (~position | in_meters)
    got = [f"{each:.4g} {_UNITS.get(kind, '')}" for each, kind in zip(value, signals["kind"], strict=True)]
    meant = [f"at most {limit:g} {_UNITS.get(kind, '')}" for limit, kind in zip(limits, signals["kind"], strict=True)]
    return offending(signals, wrong, lambda: as_column(signals, got), lambda: as_column(signals, meant))


@check(
    scope="session",
    severity="warning",
    column="spread",
    needs=["signals.values_are_possible"],
    where={"signals.kind": ("extracellular",)},
)
def voltage_is_quiet(signals: "pd.DataFrame") -> "Rows":
    """Four samples in five of an extracellular voltage are within 10 mV of its median.

    Why: brains make less than a few millivolts. Bytes in the wrong order, integers that wrapped around, and a wrong
    gain make noise of the whole range of the converter. An offset of the amplifier does no harm.

    Example: every fifth sample is more than 16 mV off in all channels: the bytes of each sample are exchanged.

    Fix: read the source with its own byte order and type, and write its gain as the conversion.
    """
    wrong = (signals["kind"] == "extracellular").to_numpy() & (numbers(signals["spread"]) > _QUIET)
    return offending(
        signals, wrong, "every fifth sample is {spread:.3g} V off in channel {column}", f"at most {_QUIET} V"
    )


@check(
    scope="session", column="middle", needs=["signals.values_are_possible"], where={"signals.kind": ("extracellular",)}
)
def unsigned_voltage_has_its_offset(signals: "pd.DataFrame") -> "Rows":
    """An extracellular voltage that is stored as numbers without a sign has an offset.

    Why: a voltage is negative as often as positive. A converter that counts from 0 gives 0 V in the middle of its
    range; without the offset, that middle is a voltage that was never there.

    Example: samples of uint16 around 32,768 with a conversion of 1.95e-7 V and no offset are 6.4 mV throughout.

    Fix: write the offset, minus the middle of the range times the conversion; or subtract the middle, and store
    signed integers.
    """
    judged = surely(signals["is_unsigned"]) & (signals["kind"] == "extracellular").to_numpy()
    wrong = (
        judged & (numbers(signals["middle"]) > _ALOFT * numbers(signals["spread"])) & ~surely(signals["is_constant"])
    )
    return offending(
        signals, wrong, "{middle:.3g} V in the middle of channel {column}, and none below 0", "voltages around 0"
    )


@check(
    scope="session",
    severity="warning",
    column="middle",
    needs=["signals.channel_has_values", "series.values_are_in_their_unit"],
    where={"signals.kind": ("other",)},
)
def quantity_is_possible(signals: "pd.DataFrame", series: "pd.DataFrame") -> "Rows":
    """Temperatures, speeds and currents of plain series are possible ones in their unit.

    Why: a plain series may have any unit; where half of its samples are those of no laboratory, the unit is another
    one, or the conversion is missing.

    Example: a body temperature of 310 degrees Celsius, which is 310 K.

    Fix: write the unit that the data are in, or the conversion to it.
    """
    units = dict(zip(series["path"], series["unit"].astype(str).str.strip().str.casefold(), strict=True))
    own = [units.get(path, "") for path in signals["path"]]
    limits = np.array([_OF_UNITS.get(unit, (-np.inf, np.inf)) for unit in own], dtype=np.float64).reshape(-1, 2)
    value = numbers(signals["middle"])
    plain = (signals["kind"] == "other").to_numpy(dtype=bool)
    with np.errstate(invalid="ignore"):
        wrong = plain & ((value < limits[:, 0]) | (value > limits[:, 1]))
    got = [f"{each:.4g} {unit} in the middle" for each, unit in zip(value, own, strict=True)]
    meant = [f"{low:g} to {high:g} {unit}" for (low, high), unit in zip(limits, own, strict=True)]
    return offending(signals, wrong, lambda: as_column(signals, got), lambda: as_column(signals, meant))


@check(
    scope="session",
    severity="warning",
    column="at_limit",
    needs=["signals.channel_has_values"],
    where={"signals.kind": ("other", "voltage")},
)
def converter_is_within_its_limits(signals: "pd.DataFrame") -> "Rows":
    """At most one sample in a hundred of a plain series is at the limit of its converter.

    Why: a converter that is driven beyond its range gives the largest number that it has: 32,767 of 16 bits, or 10 V.
    Signals of two levels, as of a digital line, are not judged, nor are stimuli.

    Example: 16 % of the samples of an ECG are 32,767, and 16 % are -32,768.

    Fix: leave the time out of the analysis, and say so in the file; lower the gain for the next recording.
    """
    recorded = ~signals["path"].str.startswith("/stimulus/").to_numpy(dtype=bool)
    largest, volts = numbers(signals["largest"]), (signals["kind"] == "voltage").to_numpy(dtype=bool)
    both = np.where(volts, numbers(signals["at_extremes"]), numbers(signals["at_limit"]))
    one = np.where(volts, numbers(signals["at_extreme"]), both)
    with np.errstate(invalid="ignore"):
        at_range = ~volts | np.any([np.abs(largest - each) < _CLOSE * each for each in _RANGES], axis=0)
        wrong = recorded & at_range & (one > _CLIPPED) & (both < _TWO_LEVELS) & (numbers(signals["n_read"]) >= _FEWEST)
    words = [f"{share:.1%} of channel {column}" for share, column in zip(both, signals["column"], strict=True)]
    return offending(signals, wrong, lambda: as_column(signals, words), f"at most {_CLIPPED:.0%} at the limit")


RULES: tuple[Rule, ...] = (
    values_are_possible,
    voltage_is_quiet,
    unsigned_voltage_has_its_offset,
    quantity_is_possible,
    converter_is_within_its_limits,
)
