"""Spikes that cannot have been seen, and a subject that is told twice and differently."""

from datetime import UTC, datetime

import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile
from pynwb.ecephys import ElectricalSeries, FilteredEphys

from support.judged_sessions import Case, Frames, fired, good, outcome
from support.standard_session import ACTIVE


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """A recording with one electrode and two units, in our layout."""
    nwb = NWBFile(
        session_description="A recording.", identifier="one", session_start_time=datetime(2020, 1, 1, tzinfo=UTC),
        session_id="103991", source_script='{"parameters": {"recipe": "dataset_ii"}}', source_script_file_name="x",
    )  # fmt: skip
    device = nwb.create_device(name="Amplifier")
    group = nwb.create_electrode_group(name="pipette", description="A pipette.", location="VISp2/3", device=device)
    nwb.add_electrode(group=group, location="VISp2/3")
    where = nwb.create_electrode_table_region(region=[0], description="The pipette.")
    nwb.add_acquisition(
        ElectricalSeries(
            name="ElectricalSeries", data=np.zeros(40_000), electrodes=where, rate=4000.0, starting_time=0.0
        )
    )
    filtered = FilteredEphys()
    nwb.create_processing_module("ecephys", "Filtered.").add(filtered)
    filtered.add_electrical_series(
        ElectricalSeries(
            name="ElectricalSeriesBaselineSubtracted",
            data=np.zeros(40_000),
            electrodes=where,
            rate=4000.0,
            starting_time=0.0,
        )
    )
    for times in ([0.1, 0.5, 4.0], [1.0, 2.0]):
        nwb.add_unit(spike_times=times, obs_intervals=[[0.0, 10.0]], electrodes=[0], electrode_group=group)
    path = tmp_path_factory.mktemp("recording") / "recording.nwb"
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    return path


def nan_spike(frames: Frames) -> None:
    frames["spikes"].loc[0, "n_nan"] = 1


def unsorted(frames: Frames) -> None:
    frames["spikes"].loc[1, "n_unsorted"] = 1


def overlapping_intervals(frames: Frames) -> None:
    frames["spikes"].loc[0, "n_bad_intervals"] = 1


def spike_after_the_end(frames: Frames) -> None:
    frames["spikes"].loc[0, ["n_outside", "last"]] = [1, 10.5]


def observed_longer_than_recorded(frames: Frames) -> None:
    frames["spikes"].loc[0, "observed_to"] = 60.0


def repeated_spike(frames: Frames) -> None:
    frames["spikes"].loc[0, "n_repeated"] = 1


def no_electrode(frames: Frames) -> None:
    frames["spikes"]["n_electrodes"] = 0


def electrode_that_is_not_there(frames: Frames) -> None:
    frames["spikes"].loc[0, "n_dangling_electrodes"] = 1


def another_group(frames: Frames) -> None:
    frames["spikes"].loc[0, "electrode_group"] = "probe"


def filtered_sample_lost(frames: Frames) -> None:
    filtered = frames["series"]["table"] == "baseline_subtracted_voltage"
    frames["series"].loc[filtered, ["n_samples", "n_timestamps"]] = 39_999


def filtered_voltage_late(frames: Frames) -> None:
    filtered = frames["clocks"]["clock"].str.contains("BaselineSubtracted")
    frames["clocks"].loc[filtered, "digest"] = "0.001 4000.0 40000"


UNIT_CASES: list[Case] = [
    ("series.filtered_voltage_follows_raw", filtered_sample_lost),
    ("series.filtered_voltage_follows_raw", filtered_voltage_late),
    ("spikes.spike_times_are_numbers", nan_spike),
    ("spikes.spike_times_are_sorted", unsorted),
    ("spikes.spikes_of_a_pipette_are_distinct", repeated_spike),
    ("spikes.observation_intervals_in_order", overlapping_intervals),
    ("spikes.spikes_inside_observation", spike_after_the_end),
    ("spikes.observation_inside_recording", observed_longer_than_recorded),
    ("spikes.unit_has_electrode", no_electrode),
    ("spikes.unit_has_electrode", electrode_that_is_not_there),
    ("spikes.unit_in_group_of_its_electrodes", another_group),
]


@pytest.mark.parametrize(("code", "edit"), UNIT_CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_of_a_unit_fires_its_rule_and_no_other(recording, code, edit):
    frames = good(recording)
    edit(frames)
    assert fired(frames) == [code]


def test_a_good_recording_has_no_findings(recording):
    found = outcome(good(recording))
    assert not found.findings
    assert {code for code, _ in UNIT_CASES} <= set(found.passed)


def test_one_of_several_units_may_lack_an_electrode_and_units_of_a_probe_may_repeat_a_time(recording):
    frames = good(recording)
    frames["spikes"].loc[1, "n_electrodes"] = 0
    repeated_spike(frames)
    del frames["voltages"]
    assert fired(frames) == []


def test_units_without_intervals_or_electrodes_are_not_held_to_them(recording):
    frames = good(recording)
    told = ["n_intervals", "n_bad_intervals", "observed_from", "observed_to", "n_outside", "n_electrodes"]
    frames["spikes"][[*told, "n_dangling_electrodes", "electrode_group"]] = np.nan
    assert fired(frames) == []


def test_spikes_without_a_voltage_have_no_recording_to_lie_in(recording):
    frames = good(recording)
    observed_longer_than_recorded(frames)
    frames["clocks"] = frames["clocks"].iloc[:0]
    assert fired(frames) == []


def task_of_another_session(frames: Frames) -> None:
    frames["task_parameters"].loc[0, "session_type"] = "OPHYS_3_images_A"


def reporter_of_another_mouse(frames: Frames) -> None:
    frames["session"].loc[0, "reporter_line"] = "Ai94(TITL-GCaMP6s)"


def driver_of_another_mouse(frames: Frames) -> None:
    frames["session"].loc[0, "driver_line"] = "Sst-IRES-Cre; Vip-IRES-Cre"


def indicator_of_another_mouse(frames: Frames) -> None:
    frames["planes"].loc[0, "indicator"] = "GCaMP6s"


def plane_of_another_depth(frames: Frames) -> None:
    frames["planes"].loc[0, "targeted_imaging_depth"] = 300


def cells_of_no_plane(frames: Frames) -> None:
    frames["cells"]["plane"] = "VISam_300"


CASES: list[Case] = [
    ("session.session_type_is_one", task_of_another_session),
    ("session.lines_are_in_genotype", reporter_of_another_mouse),
    ("session.lines_are_in_genotype", driver_of_another_mouse),
    ("planes.indicator_is_of_genotype", indicator_of_another_mouse),
    ("planes.plane_is_named_for_its_place", plane_of_another_depth),
    ("cells.cells_are_of_a_plane", cells_of_no_plane),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_of_the_session_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_an_unknown_reporter_is_not_judged():
    frames = good(ACTIVE)
    frames["session"].loc[0, ["genotype", "reporter_line"]] = ["Sst-IRES-Cre/wt;Ai203/wt", "Ai203"]
    frames["planes"].loc[0, "indicator"] = "jGCaMP8s"
    assert fired(frames) == []


def test_a_second_plane_of_one_place_is_named_with_its_experiment():
    frames = good(ACTIVE)
    frames["planes"].loc[0, "plane"] = "VISp_150_1900011010"
    frames["cells"]["plane"] = frames["masks"]["plane"] = "VISp_150_1900011010"
    assert fired(frames) == []


CASES_OF_OTHERS = UNIT_CASES
