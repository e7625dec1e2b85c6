"""Units, factors, wavelengths and pixels: what is passed and what is found."""

import numpy as np
import pandas as pd
import pytest

from nwbgate.rules.sessions import scaling
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE


def changed(table: str, column: str, value: object):
    """An edit of the first row of a frame."""

    def edit(frames: Frames) -> None:
        frames[table][column] = frames[table][column].astype(object)
        frames[table].loc[0, column] = value

    return edit


CASES: list[Case] = [
    ("series.values_are_in_their_unit", changed("series", "conversion", 0.0)),
    ("series.times_are_in_seconds", changed("series", "time_unit", "milliseconds")),
    ("optics.channel_has_its_color", changed("optics", "channel", "Red")),
    ("optics.wavelength_in_nanometers", changed("optics", "excitation_lambda", 9100.0)),
    ("optics.emission_fits_excitation", changed("optics", "emission_lambda", 910.0)),
    ("optics.pixel_has_a_possible_size", changed("optics", "pixel_size", 0.78)),
    ("session.stimulus_rate_is_measured", changed("session", "stimulus_frame_rate", 30.0)),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=[code for code, _ in CASES])
def test_a_fault_of_a_unit_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize(
    ("excitation", "emission", "fires"),
    [
        (910.0, 520.0, False), (920.0, 641.0, False), (1300.0, 600.0, False), (470.0, 525.0, False),
        (600.0, 500.0, False), (780.0, 820.0, False), (np.nan, 520.0, False),
        (910.0, 910.0, True), (910.0, 1000.0, True), (520.0, 910.0, True), (488.0, 488.0, True),
    ],
)  # fmt: skip
def test_emission_lies_below_two_photons_and_near_one(excitation, emission, fires):
    optics = pd.DataFrame({"excitation_lambda": [excitation], "emission_lambda": [emission]})
    assert (scaling.emission_fits_excitation.function(optics) is not None) == fires


@pytest.mark.parametrize(("size", "fires"), [(1e-8, False), (1e-3, False), (9e-9, True), (2e-3, True), (np.nan, False)])
def test_a_pixel_measures_ten_nanometers_to_one_millimeter(size, fires):
    optics = pd.DataFrame(
        {"plane": ["p"], "grid_spacing": [0.78], "grid_spacing_unit": ["micrometers"], "pixel_size": [size]}
    )
    assert (scaling.pixel_has_a_possible_size.function(optics) is not None) == fires


def test_a_series_that_no_dataset_describes_may_have_a_factor():
    frames = good(ACTIVE)
    series = frames["series"]
    other = series["accepted_units"].map(len) == 0
    series.loc[other, "conversion"] = 1e-6
    assert other.any()
    assert fired(frames) == []


@pytest.mark.parametrize(
    ("channel", "emission", "fires"),
    [
        ("Green", 510.0, False), ("Red", 610.0, False), ("red_channel", 510.0, True), ("Green", 641.0, True),
        ("infrared", 800.0, False), ("red and green", 510.0, False), ("channel", 510.0, False), ("Red", np.nan, False),
    ],
)  # fmt: skip
def test_a_channel_named_for_one_color_has_its_wavelength(channel, emission, fires):
    optics = pd.DataFrame({"channel": [channel], "emission_lambda": [emission]})
    assert (scaling.channel_has_its_color.function(optics) is not None) == fires


def test_a_factor_is_judged_beside_a_series_with_another_unit():
    frames = good(ACTIVE)
    series = frames["series"]
    described = series.index[series["accepted_units"].map(len) > 0]
    series.loc[described[0], "unit"] = "meters"
    series.loc[described[1], "conversion"] = 0.01
    assert fired(frames) == ["series.unit_is_as_described", "series.values_are_in_their_unit"]
