"""Rules about units and factors: data, times, wavelengths and pixels."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Spellings of seconds; the schema fixes the first.
_SECONDS = ("seconds", "second", "s", "sec")
#: Sizes of a pixel in meters: from super-resolution to a camera over a whole cortex.
_PIXEL = (1e-8, 1e-3)
#: Longest wavelength in nm of any light used for imaging, three-photon excitation included.
_LONGEST = 2000.0
#: Wavelength in nm from which excitation is by several photons; and from which it surely is (dyes in the near
#: infrared are excited by one photon up to there, and emit less than 100 nm above).
_MULTIPHOTON, _SURELY, _NEAR = 700.0, 850.0, 100.0
#: Largest Stokes shift in nm of a dye that one photon excites.
_STOKES = 250.0
#: Wavelengths in nm that a channel of this name may pass, with wide margins.
_COLORS = {"blue": (380.0, 500.0), "green": (480.0, 580.0), "red": (560.0, 750.0)}
#: Relative difference of stated and measured frame rate of the monitor.
_RATE = 0.05


@check(scope="session", column="conversion")
def values_are_in_their_unit(series: "pd.DataFrame") -> "Rows":
    """The data of a described series are in their unit: conversion is 1 and offset 0.

    Why: readers that know of the factor apply it, and get another value than those that do not. A series of another
    dataset may have a factor, but not 0.

    Example: running speed in cm/s with a conversion of 0.01.

    Fix: set conversion to 1 and offset to 0; if the data are in another unit, convert the data.
    """
    factor, offset = numbers(series["conversion"]), numbers(series["offset"])
    described = series["accepted_units"].map(len).to_numpy() > 0
    useless = (factor == 0) | ~np.isfinite(factor) | ~np.isfinite(offset)
    wrong = useless | (described & ((factor != 1) | (offset != 0)))
    words = "conversion {conversion:g} and offset {offset:g} of data in {unit}"
    return offending(series, wrong, words, "conversion 1 and offset 0")


@check(scope="session", column="time_unit", where={"series.time_unit": []})
def times_are_in_seconds(series: "pd.DataFrame") -> "Rows":
    """Timestamps and starting times are in seconds.

    Why: the NWB schema has no other unit, so readers take them for seconds whatever the file says.

    Example: timestamps with the unit milliseconds.

    Fix: convert the times to seconds, and write the unit seconds.
    """
    unit = series["time_unit"]
    wrong = unit.notna() & ~unit.astype(str).str.lower().isin(_SECONDS)
    return offending(series, wrong, "times in {time_unit}", "times in seconds")


@check(scope="session", column="excitation_lambda")
def wavelength_in_nanometers(optics: "pd.DataFrame") -> "Rows":
    """No wavelength is above 2,000 nm.

    Why: no light of imaging is longer; the number is in another unit. (NWB Inspector finds those below 300 nm.)

    Example: an excitation of 9,200, which is 920 nm in angstroms.

    Fix: write the wavelength in nanometers.
    """
    excited, emitted = numbers(optics["excitation_lambda"]), numbers(optics["emission_lambda"])
    wrong = (excited > _LONGEST) | (emitted > _LONGEST)
    return offending(optics, wrong, "{excitation_lambda:g} and {emission_lambda:g} nm", "at most 2000 nm")


@check(scope="session", column="emission_lambda", needs=["optics.wavelength_in_nanometers"])
def emission_fits_excitation(optics: "pd.DataFrame") -> "Rows":
    """Emission fits excitation: shorter than that of several photons, longer than that of one.

    Why: two photons of 910 nm excite what one of 455 nm does, and the light emitted lies between the two.

    Example: excitation 520 nm and emission 910 nm, which have changed places.

    Fix: correct the wavelengths of the plane and its channel.
    """
    excited, emitted = numbers(optics["excitation_lambda"]), numbers(optics["emission_lambda"])
    with np.errstate(invalid="ignore"):
        near_infrared = (excited < _SURELY) & (emitted > excited) & (emitted - excited < _NEAR)
        above = (excited >= _MULTIPHOTON) & (emitted >= excited) & ~near_infrared
        swapped = (excited < _MULTIPHOTON) & (emitted - excited > _STOKES)
        wrong = above | swapped | (excited == emitted)

    def wavelengths() -> "pd.Series[Any]":
        words = as_column(optics, ["; the two may have changed places" if each else "" for each in swapped])
        light = optics["excitation_lambda"].astype(str) + " nm excite and " + optics["emission_lambda"].astype(str)
        return light + " nm are emitted" + words

    expected = "emission below the excitation by several photons, or up to 250 nm above that by one"
    return offending(optics, wrong, wavelengths, expected)


@check(scope="session", column="grid_spacing")
def pixel_has_a_possible_size(optics: "pd.DataFrame") -> "Rows":
    """A pixel of an imaging plane measures between 10 nm and 1 mm.

    Why: sizes of cells and fields are computed from it.

    Example: a grid spacing of 0.78 meters: micrometers with the wrong unit.

    Fix: correct grid_spacing or its unit.
    """
    size = numbers(optics["pixel_size"])
    with np.errstate(invalid="ignore"):
        wrong = ~np.isnan(size) & ((size < _PIXEL[0]) | (size > _PIXEL[1]))
        wrong &= ~optics.duplicated("plane").to_numpy()

    def words() -> "pd.Series[Any]":
        return optics["grid_spacing"].map("{:g} ".format) + optics["grid_spacing_unit"].astype(str) + " a pixel"

    return offending(optics, wrong, words, "10 nm to 1 mm, in the unit that the file gives")


@check(
    scope="session",
    column="stimulus_frame_rate",
    needs=["clocks.timestamps_increase", "clocks.timestamps_are_session_seconds"],
    where={"session.stimulus_frame_rate": []},
)
def stimulus_rate_is_measured(session: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """The stated frame rate of the monitor is that of the stimulus timestamps.

    Why: frames are turned into times by either.

    Example: 30 Hz stated, 60.0 Hz measured.

    Fix: write the inverse of the mean interval, in whole Hz.
    """
    periods = clocks.loc[clocks["stream"] == "stimulus", "period"].dropna()
    if periods.empty:
        return None
    measured = 1 / float(periods.iloc[0])
    wrong = np.abs(numbers(session["stimulus_frame_rate"]) - measured) > max(_RATE * measured, 1.0)
    return offending(session, wrong, "{stimulus_frame_rate:g} Hz", f"{measured:.3f} Hz, by the stimulus timestamps")


@check(scope="session", severity="warning", column="emission_lambda", needs=["optics.emission_fits_excitation"])
def channel_has_its_color(optics: "pd.DataFrame") -> "Rows":
    """An optical channel that is named for a color has its wavelength.

    Why: where the wavelengths of two channels are exchanged, red is taken for green in every picture and correction.

    Example: a channel Green with an emission of 641 nm, and a channel Red with 510 nm.

    Fix: exchange the wavelengths, or name the channel for what it passes.
    """
    bands = [_band(name) for name in optics["channel"]]
    emitted = numbers(optics["emission_lambda"])
    wrong = np.array([not low <= light <= high for light, (low, high) in zip(emitted, bands, strict=True)], dtype=bool)
    wrong &= ~np.isnan(emitted)
    expected = [f"{low:g} to {high:g} nm" for low, high in bands]
    return offending(optics, wrong, "{emission_lambda:g} nm of {channel}", lambda: as_column(optics, expected))


def _band(channel: object) -> tuple[float, float]:
    """Return the wavelengths of the color that a channel is named for, else any."""
    words = set(re.split(r"[^a-z]+", str(channel).lower()))
    named = [band for color, band in _COLORS.items() if color in words]
    return named[0] if len(named) == 1 else (0.0, np.inf)


RULES: tuple[Rule, ...] = (
    channel_has_its_color,
    values_are_in_their_unit,
    times_are_in_seconds,
    wavelength_in_nanometers,
    emission_fits_excitation,
    pixel_has_a_possible_size,
    stimulus_rate_is_measured,
)
