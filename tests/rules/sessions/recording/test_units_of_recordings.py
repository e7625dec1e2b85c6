"""Converted cell-attached recordings, real and made up, have nothing that the session rules find."""

import h5py
import pytest

from nwbgate.conversion.session import convert_session
from nwbgate.interfaces.dataset_ii import DatasetIIConverter, plan_sessions
from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.facts.files import file_facts
from nwbgate.samples.dataset_ii import make_recordings
from support.judged_sessions import fired, outcome


def converted(sources, folder):
    """Convert recordings as the shipped recipe does, without the whole-file validators."""
    for plan in plan_sessions(sources, {}):
        converter = DatasetIIConverter(source_data=plan.source_data)
        path = folder / f"{plan.session_id}.nwb"
        convert_session(
            converter, path, metadata=plan.metadata, conversion_options=plan.conversion_options,
            sources=plan.sources, check=False,
        )  # fmt: skip
        yield path


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    return list(converted(make_recordings(folder, recordings=2, seconds=5.0, sampling_rate=4000.0), folder))


def test_made_up_recordings_have_no_findings(made_up):
    assert [fired(session_frames(path)) for path in made_up] == [[], []]


def test_real_recordings_have_no_findings(real_recordings, tmp_path):
    found = [outcome(session_frames(path)) for path in converted(real_recordings, tmp_path)]
    assert [each.findings + each.broken for each in found] == [[], [], []]
    assert all("spikes.spikes_inside_observation" in each.passed for each in found)


def test_facts_of_a_recording_name_it(made_up):
    facts = file_facts(made_up[0])
    row, plane = facts.nwb_files.iloc[0], facts.nwb_planes.iloc[0]
    assert row["recording_id"] == row["session_id"] == made_up[0].stem
    assert (row["n_units"], row["n_planes"], row["n_rois"]) == (1, 1, 1)
    assert row["sampling_rate"] == pytest.approx(4000)
    assert row["duration"] == pytest.approx(5, abs=0.1)
    assert plane["imaging_rate"] == plane["measured_rate"]
    assert plane["n_frames"] == pytest.approx(5 * plane["measured_rate"], abs=2)


def unsort(file: h5py.File) -> None:
    times = file["units/spike_times"]
    times[:2] = times[:2][::-1]


def spike_after_the_end(file: h5py.File) -> None:
    file["units/spike_times"][-1] = 99.0


def lose_the_electrode(file: h5py.File) -> None:
    file["units/electrodes"][0] = 3


def voltage_in_millivolts(file: h5py.File) -> None:
    file["acquisition/ElectricalSeries/data"].attrs["unit"] = "mV"


def another_indicator(file: h5py.File) -> None:
    plane = file["general/optophysiology/ImagingPlane"]
    plane["indicator"][()] = "GCaMP6f" if plane["indicator"][()] == b"GCaMP6s" else "GCaMP6s"


EDITS = {
    unsort: "spikes.spike_times_are_sorted",
    spike_after_the_end: "spikes.spikes_inside_observation",
    lose_the_electrode: "spikes.unit_has_electrode",
    voltage_in_millivolts: "series.unit_is_as_described",
    another_indicator: "planes.indicator_is_of_genotype",
}


@pytest.mark.parametrize(("edit", "code"), EDITS.items(), ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_in_a_recording_fires_its_rule_and_no_other(made_up, tmp_path, edit, code):
    path = tmp_path / "edited.nwb"
    path.write_bytes(made_up[0].read_bytes())
    with h5py.File(path, "r+") as file:
        edit(file)
    assert fired(session_frames(path)) == [code]
