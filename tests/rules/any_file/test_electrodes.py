"""Valid tables, images and sweeps of unusual kinds, on which no rule may fire, and the same with a mistake."""

from collections.abc import Callable

import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.base import Images
from pynwb.ecephys import ElectricalSeries
from pynwb.icephys import CurrentClampSeries, CurrentClampStimulusSeries, VoltageClampSeries
from pynwb.image import GrayscaleImage
from pynwb.ophys import ImageSegmentation
from pynwb.testing.mock.ophys import mock_ImagingPlane

from nwbgate.gate.judge import judge
from nwbgate.reading.facts.file_frames import key_columns, session_frames
from nwbgate.rules import all_rules
from support.made_nwbfiles import plain

#: All rules about one file; PyNWB's mocks have one wavelength for excitation and emission.
MOCKED = "optics.emission_fits_excitation"
RULES = [rule for rule in all_rules() if rule.scope == "session" and rule.code != MOCKED]
RANDOM = np.random.default_rng(0)


def found(nwbfile: NWBFile, path) -> list[str]:
    with NWBHDF5IO(path, "w") as io:
        io.write(nwbfile, cache_spec=False)
    frames = session_frames(path)
    outcome = judge(RULES, frames, {name: key_columns(name) for name in frames})
    assert outcome.broken == []
    return [finding.code for finding in outcome.findings]


def groups(nwbfile: NWBFile, *locations: str):
    probe = nwbfile.create_device("probe")
    return [
        nwbfile.create_electrode_group(f"group_{number}", "A group.", location, probe)
        for number, location in enumerate(locations)
    ]


def tetrodes(nwbfile: NWBFile) -> None:
    """Four electrodes share the place of their bundle."""
    for number, group in enumerate(groups(nwbfile, "CA1", "CA1", "CA1")):
        for _ in range(4):
            nwbfile.add_electrode(x=0.0, y=100.0 * number, z=5.0, group=group, location="CA1")


def channels_of_two_bands(nwbfile: NWBFile) -> None:
    """Each contact is there twice, once for spikes and once for LFP."""
    (group,) = groups(nwbfile, "VISp")
    for _ in range(2):
        for number in range(16):
            nwbfile.add_electrode(rel_x=0.0, rel_y=20.0 * number, group=group, location="VISp")


def places_known_in_depth_alone(nwbfile: NWBFile) -> None:
    (group,) = groups(nwbfile, "VISp")
    for number in range(16):
        nwbfile.add_electrode(x=np.nan, y=20.0 * (number // 2), z=np.nan, group=group, location="VISp")


def a_probe_through_several_areas(nwbfile: NWBFile) -> None:
    """The group is said to be in its target, electrodes where they ended."""
    (group,) = groups(nwbfile, "LGd")
    for place in ("VISp1", "VISp5", "CA1", "LGd-co"):
        nwbfile.add_electrode(group=group, location=place)


def impedances_not_measured(nwbfile: NWBFile) -> None:
    (group,) = groups(nwbfile, "VISp")
    for number in range(6):
        nwbfile.add_electrode(group=group, location="VISp", imp=(-1.0, float(number), 0.0)[number % 3])


def units_of_a_part_of_a_recording(nwbfile: NWBFile) -> None:
    """A sorter's numbers beside units that fire in a part of the session."""
    nwbfile.add_acquisition(TimeSeries(name="x", data=RANDOM.normal(size=6000), rate=10.0, unit="a.u."))
    nwbfile.add_unit_column("num_spikes", "Number."), nwbfile.add_unit_column("firing_rate", "While it was stable.")
    for number in range(10):
        times = np.sort(RANDOM.uniform(10, 10 + 40 * (1 + number % 3), 30 + 20 * number))
        nwbfile.add_unit(spike_times=times, num_spikes=len(times), firing_rate=len(times) / (40 * (1 + number % 3)))


def rates_of_silent_units(nwbfile: NWBFile) -> None:
    nwbfile.add_acquisition(TimeSeries(name="x", data=RANDOM.normal(size=600), rate=10.0, unit="a.u."))
    nwbfile.add_unit_column("firing_rate", "Mean rate.")
    for rate in (0.0, np.nan, 0.1):
        nwbfile.add_unit(spike_times=[] if not rate > 0 else np.arange(6.0), firing_rate=rate)


def channels_counted_from_the_probe(nwbfile: NWBFile) -> None:
    """Peak channels are numbers of the probe; electrodes have ids of a database."""
    (group,) = groups(nwbfile, "VISp")
    for number in range(8):
        nwbfile.add_electrode(group=group, location="VISp", id=850_000_000 + 7 * number)
    nwbfile.add_unit_column("peak_channel", "Channel of the probe.")
    for number in range(4):
        nwbfile.add_unit(spike_times=[1.0 + number], peak_channel=2 * number, electrodes=[7 - number])


def observed_a_little_longer_than_recorded(nwbfile: NWBFile) -> None:
    (group,) = groups(nwbfile, "VISp")
    nwbfile.add_electrode(group=group, location="VISp")
    region = nwbfile.create_electrode_table_region([0], "It.")
    data = RANDOM.normal(0, 1e-5, (30_000, 1))
    nwbfile.add_acquisition(ElectricalSeries(name="v", data=data, rate=1000.0, electrodes=region))
    nwbfile.add_unit(spike_times=[1.0, 7.0], obs_intervals=[[-0.5, 12.0], [15.0, 31.0]])


def latencies_and_cues_before_their_trial(nwbfile: NWBFile) -> None:
    nwbfile.add_acquisition(TimeSeries(name="x", data=RANDOM.normal(size=600), rate=10.0, unit="a.u."))
    for column in ("response_time", "cue_time", "reward_time"):
        nwbfile.add_trial_column(column, "In seconds.")
    for number in range(10):
        start = 5.0 * number + 1
        reward = start + 1 if number % 3 else np.nan
        nwbfile.add_trial(
            start_time=start, stop_time=start + 3, response_time=RANDOM.uniform(200, 900), cue_time=start - 0.5,
            reward_time=reward,
        )  # fmt: skip


def cells(nwbfile: NWBFile, add: Callable[..., None], *images: np.ndarray) -> None:
    plane = mock_ImagingPlane(nwbfile=nwbfile, name="plane", imaging_rate=10.0)
    module, segmentation = nwbfile.create_processing_module("ophys", "Cells."), ImageSegmentation()
    module.add(segmentation)
    add(segmentation.create_plane_segmentation("Cells.", plane, name="cells"))
    pictures = [GrayscaleImage(name=f"image_{number}", data=image) for number, image in enumerate(images)]
    module.add(Images(name="summary", images=pictures))


def images_cut_by_motion(nwbfile: NWBFile) -> None:
    """NaN at the border, a smaller maximum, and masks of which some weights are negative."""
    mean = RANDOM.uniform(size=(20, 30))
    mean[:3] = np.nan

    def add(table) -> None:
        for number in range(3):
            weights = np.zeros((20, 30))
            weights[5 * number : 5 * number + 4, 3:9] = RANDOM.uniform(-0.2, 1, (4, 6))
            table.add_roi(image_mask=weights)

    cells(nwbfile, add, mean, RANDOM.uniform(size=(16, 28)))


def pixels_in_the_order_of_images(nwbfile: NWBFile) -> None:
    """Width and height are exchanged, and masks of two cells overlap."""
    cells(
        nwbfile,
        lambda table: [table.add_roi(pixel_mask=[(28, 5 + n, 1.0), (27, 6 + n, 0.5)]) for n in range(2)],
        RANDOM.uniform(size=(20, 30)),
    )


def black_pictures_that_were_acquired(nwbfile: NWBFile) -> None:
    pictures = [GrayscaleImage(name=name, data=np.zeros((4, 4))) for name in ("a", "b")]
    nwbfile.add_acquisition(Images(name="shutter_closed", images=pictures))


def pipette(nwbfile: NWBFile, name: str = "pipette"):
    device = nwbfile.devices.get("amplifier") or nwbfile.create_device("amplifier")
    return nwbfile.create_icephys_electrode(name=name, description="A pipette.", device=device)


def response(electrode, name: str, kind=CurrentClampSeries, **more):
    more = {"starting_time": 0.0, "rate": 1000.0, "gain": 1.0, **more}
    unit = 1e-3 if kind is CurrentClampSeries else 1e-12
    return kind(name=name, data=RANDOM.normal(-65, 1, 500), electrode=electrode, conversion=unit, **more)


def sweeps_that_all_begin_at_zero(nwbfile: NWBFile) -> None:
    electrode = pipette(nwbfile)
    for number in (3, 1, 2):
        nwbfile.add_acquisition(response(electrode, f"sweep_{number}", sweep_number=number))


def two_pipettes_in_one_sweep(nwbfile: NWBFile) -> None:
    for name in ("a", "b"):
        electrode = pipette(nwbfile, name)
        for number in range(3):
            nwbfile.add_acquisition(
                response(electrode, f"{name}_{number}", sweep_number=number, starting_time=1.0 * number)
            )


def two_signals_of_one_sweep(nwbfile: NWBFile) -> None:
    electrode = pipette(nwbfile)
    for number in range(3):
        for kind in (CurrentClampSeries, VoltageClampSeries):
            name, start = f"{kind.__name__}_{number}", 2.0 * number
            nwbfile.add_acquisition(response(electrode, name, kind, sweep_number=number, starting_time=start))


def a_short_stimulus_and_circuits_that_were_off(nwbfile: NWBFile) -> None:
    electrode = pipette(nwbfile)
    for number in range(3):
        start = 2.0 * number
        stimulus = CurrentClampStimulusSeries(
            name=f"step_{number}", data=np.r_[np.zeros(50), np.full(50, 1e-11)], electrode=electrode, gain=400.0,
            rate=1000.0, starting_time=start, sweep_number=number,
        )  # fmt: skip
        nwbfile.add_stimulus(stimulus)
        own = response(
            electrode, f"voltage_{number}", sweep_number=number, starting_time=start, bias_current=-3e-11,
            bridge_balance=0.0, capacitance_compensation=np.nan,
        )  # fmt: skip
        nwbfile.add_acquisition(own)


KINDS: list[Callable[[NWBFile], None]] = [
    tetrodes, channels_of_two_bands, places_known_in_depth_alone, a_probe_through_several_areas,
    impedances_not_measured, units_of_a_part_of_a_recording, rates_of_silent_units, channels_counted_from_the_probe,
    observed_a_little_longer_than_recorded, latencies_and_cues_before_their_trial, images_cut_by_motion,
    pixels_in_the_order_of_images, black_pictures_that_were_acquired, sweeps_that_all_begin_at_zero,
    two_pipettes_in_one_sweep, two_signals_of_one_sweep, a_short_stimulus_and_circuits_that_were_off,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_unusual_valid_file_has_no_finding(tmp_path, kind):
    kind(nwbfile := plain())
    assert found(nwbfile, tmp_path / "odd.nwb") == []


def test_rates_of_other_rows_are_found(tmp_path):
    nwbfile = plain()
    nwbfile.add_acquisition(TimeSeries(name="x", data=RANDOM.normal(size=600), rate=10.0, unit="a.u."))
    nwbfile.add_unit_column("firing_rate", "Mean rate.")
    for number in range(10):
        times = np.sort(RANDOM.uniform(0, 59, 30 + 20 * number))
        nwbfile.add_unit(spike_times=times, firing_rate=(30 + 20 * ((number + 5) % 10)) / 60)
    assert found(nwbfile, tmp_path / "odd.nwb") == ["unit_columns.rate_follows_from_the_spikes"]


def test_kiloohms_are_found(tmp_path):
    nwbfile = plain()
    (group,) = groups(nwbfile, "VISp")
    for number in range(6):
        nwbfile.add_electrode(group=group, location="VISp", imp=480.0 + number)
    assert found(nwbfile, tmp_path / "odd.nwb") == ["electrode_sites.impedance_is_in_ohms"]
