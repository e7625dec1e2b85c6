"""Plain series, epochs, stimuli and fields of view of unusual kinds that are valid, and their mistakes."""

from collections.abc import Callable

import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.icephys import VoltageClampStimulusSeries
from pynwb.ophys import TwoPhotonSeries
from pynwb.testing.mock.ophys import mock_ImagingPlane

from nwbgate.gate.judge import judge
from nwbgate.reading.facts.file_frames import key_columns, session_frames
from nwbgate.rules import all_rules
from support.made_nwbfiles import plain

#: All rules about one file; PyNWB's mocks have one wavelength for excitation and emission.
MOCKED = "optics.emission_fits_excitation"
RULES = [rule for rule in all_rules() if rule.scope == "session" and rule.code != MOCKED]
RANDOM = np.random.default_rng(0)
NOISE = RANDOM.normal(size=3000)


def found(nwbfile: NWBFile, path) -> list[str]:
    with NWBHDF5IO(path, "w") as io:
        io.write(nwbfile, cache_spec=False)
    frames = session_frames(path)
    outcome = judge(RULES, frames, {name: key_columns(name) for name in frames})
    assert outcome.broken == []
    return [finding.code for finding in outcome.findings]


def series(data, unit: str, **more) -> Callable[[NWBFile], None]:
    """Add a plain series to a file."""

    def add(nwbfile: NWBFile) -> None:
        nwbfile.add_acquisition(TimeSeries(name="x", data=data, rate=100.0, unit=unit, **more))

    return add


def nested_epochs(nwbfile: NWBFile) -> None:
    series(NOISE, "a.u.")(nwbfile)
    for start, stop in ((0.0, 30.0), (5.0, 10.0), (10.0, 25.0)):
        nwbfile.add_epoch(start_time=start, stop_time=stop)


def steps_of_a_command(nwbfile: NWBFile) -> None:
    """A stimulus is at its two voltages all the time."""
    electrode = nwbfile.create_icephys_electrode("p", description="p", device=nwbfile.create_device("amplifier"))
    steps = np.r_[np.full(2000, -70.0), np.full(2000, -60.0)]
    stimulus = VoltageClampStimulusSeries(
        name="s", data=steps, electrode=electrode, gain=1.0, rate=1e4, conversion=1e-3
    )
    nwbfile.add_stimulus(stimulus)


def movie(nwbfile: NWBFile, **more) -> None:
    plane = {"grid_spacing": [2e-6, 2e-6], "grid_spacing_unit": "meters", "imaging_rate": 10.0}
    plane |= {name: more.pop(name) for name in ("origin_coords", "origin_coords_unit") if name in more}
    frames = RANDOM.integers(0, 99, (30, 20, 30)).astype("u2")
    made = mock_ImagingPlane(nwbfile=nwbfile, name="plane", **plane)
    nwbfile.add_acquisition(TwoPhotonSeries(name="m", data=frames, imaging_plane=made, rate=10.0, unit="n.a.", **more))


def movie_with_sides_exchanged(nwbfile: NWBFile) -> None:
    movie(nwbfile, dimension=[30, 20], field_of_view=[60e-6, 40e-6])


def movie_of_a_plane_in_micrometers(nwbfile: NWBFile) -> None:
    movie(nwbfile, origin_coords=[2500.0, -1800.0, 250.0], origin_coords_unit="micrometers")


def movie_with_a_rounded_field(nwbfile: NWBFile) -> None:
    movie(nwbfile, field_of_view=[61e-6, 41e-6])


DIGITAL = np.where(NOISE > 0.5, 32_767, 0).astype("i2")
VALID: list[Callable[[NWBFile], None]] = [
    nested_epochs, steps_of_a_command, movie_with_sides_exchanged, movie_of_a_plane_in_micrometers,
    movie_with_a_rounded_field,
]  # fmt: skip


@pytest.mark.parametrize("kind", VALID, ids=lambda kind: kind.__name__)
def test_an_unusual_valid_file_has_no_finding(tmp_path, kind):
    kind(nwbfile := plain())
    assert found(nwbfile, tmp_path / "odd.nwb") == []


@pytest.mark.parametrize(
    ("name", "add"),
    [
        ("a digital line of 16 bits", series(DIGITAL, "n.a.")),
        ("a digital line in volts", series(np.where(NOISE > 0.5, 5.0, 0.0), "volts")),
        ("a photodiode that is clipped for a moment", series(np.clip(4 * NOISE, -10, 10), "volts")),
        ("a track with an end", series(np.clip(NOISE, 0, 1), "m")),
        ("a counter of 8 bits", series((np.arange(3000) % 256).astype("u1"), "n.a.")),
        ("a body", series(37 + 0.1 * NOISE, "degrees Celsius")),
        ("a freezer", series(-80 + 0.1 * NOISE, "celsius")),
        ("a body in kelvin", series(310 + 0.1 * NOISE, "K")),
        ("a wheel that stands", series(np.zeros(3000), "cm/s")),
        ("a temperature in numbers of a converter", series((20_000 + 9 * NOISE).astype("i2"), "C", conversion=1e-3)),
    ],
)
def test_an_unusual_valid_series_has_no_finding(tmp_path, name, add):
    add(nwbfile := plain())
    assert found(nwbfile, tmp_path / "odd.nwb") == [], name


@pytest.mark.parametrize(
    ("code", "add"),
    [
        ("signals.quantity_is_possible", series(310 + NOISE, "degrees Celsius")),
        ("signals.quantity_is_possible", series(37 + NOISE, "kelvin")),
        ("signals.quantity_is_possible", series((20_000 + 9 * NOISE).astype("i2"), "celsius")),
        ("signals.quantity_is_possible", series(200 + NOISE, "m/s")),
        ("signals.quantity_is_possible", series(50 + NOISE, "amperes")),
        ("signals.converter_is_within_its_limits", series(np.clip(9 * NOISE, -10, 10), "volts")),
        (
            "signals.converter_is_within_its_limits",
            series(np.clip(30_000 * NOISE, -32_768, 32_767).astype("i2"), "a.u."),
        ),
        ("movies.dimension_is_that_of_the_frames", lambda nwbfile: movie(nwbfile, dimension=[60, 40])),
        ("movies.field_is_pixels_times_spacing", lambda nwbfile: movie(nwbfile, field_of_view=[60.0, 40.0])),
        (
            "optics.origin_is_near_the_brain",
            lambda nwbfile: movie(nwbfile, origin_coords=[2500.0, 100.0], origin_coords_unit="meters"),
        ),
    ],
)
def test_a_mistake_is_found(tmp_path, code, add):
    add(nwbfile := plain())
    assert found(nwbfile, tmp_path / "odd.nwb") == [code]
