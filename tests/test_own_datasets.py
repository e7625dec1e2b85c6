"""Datasets of other labs, converted by recipes without code: what ships as proof is converted, checked and read."""

import shutil
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import yaml

import nwbgate
from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
from nwbgate.conversion.recipes.recipe import load_recipe, shipped_recipes
from nwbgate.errors import MissingExtraError, RecipeError
from nwbgate.qc_runs.run import run_quality
from support.two_photon_task import HOME, make_sources, maker_of


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    return make_sources(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def converted(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nwb")
    return convert_batch(HOME, [sources], folder, sessions=sources / "sessions.csv")


def test_the_sessions_are_converted_and_up_to_date_afterwards(sources, converted):
    assert [outcome.status for outcome in converted] == ["converted"] * 2, converted[0].reason
    assert converted[1].remarks == ("without Voltage: no source of it",)
    folder = converted[0].path.parents[1]
    again = convert_batch(HOME, [sources], folder, sessions=sources / "sessions.csv")
    assert [outcome.status for outcome in again] == ["skipped"] * 2


def test_every_value_is_that_of_the_sources(sources, converted):
    home = sources / "anna" / "day1"
    with h5py.File(converted[0].path) as file:
        fluorescence = file["processing/ophys/Fluorescence/RoiResponseSeries"]
        assert np.array_equal(fluorescence["data"][()].T, np.load(home / "suite2p/plane0/F.npy"))
        assert np.array_equal(fluorescence["timestamps"][()], pd.read_csv(home / "frames.csv")["time"])
        trials, table = file["intervals/trials"], pd.read_csv(home / "trials.csv")
        assert trials["start_time"][()] == pytest.approx(table["start_time"] + 1.25)
        assert trials["outcome"].asstr()[()].tolist() == table["outcome"].tolist()
        voltage = file["acquisition/Voltage/data"]
        assert np.array_equal(voltage[()], np.fromfile(home / "voltage.bin", "<i2"))
        assert voltage.attrs["conversion"] == 1e-5
        assert file["general/subject/age"].asstr()[()] == "P90D"


@pytest.mark.slow
def test_stores_of_the_recipe_hold_what_its_files_hold(sources, converted, tmp_path):
    table = sources / "sessions.csv"
    stores = convert_batch(HOME, [sources], tmp_path, settings=Settings(backend="zarr"), sessions=table)
    assert [outcome.status for outcome in stores] == ["converted"] * 2, stores[0].reason
    comparison = nwbgate.diff(converted[0].path.parents[1], tmp_path)
    assert comparison.equal
    assert len(comparison.pairs) == 2
    measured = [run_quality([folder]).measurements["value"] for folder in (converted[0].path.parents[1], tmp_path)]
    pd.testing.assert_series_equal(*measured)


def test_the_files_pass_the_checks(converted):
    report = nwbgate.check([converted[0].path.parents[1]])
    assert report.exit_code == 0
    assert {finding.code for finding in report.records} <= {"inspector.check_description"}  # suite2p describes nothing


def change(place, edit):
    """Return an edit of one dataset: its values, changed by a function."""

    def change_values(file):
        values = file[place][()]
        file[place][()] = edit(values)

    return change_values


def describe(place, **attributes):
    """Return an edit of the attributes of one object."""
    return lambda file: file[place].attrs.update(attributes)


def second_as_first(values):
    values[:, 1] = values[:, 0]
    return values


def without_values(values):
    values[:, 2] = np.nan
    return values


def cut_stop(values):
    values[2] = 0.0
    return values


def repeat_times(values):
    values[100:] = values[99]
    return values


def second_as_third(values):
    values[1] = values[2]
    return values


TRACES = "processing/ophys/Fluorescence/RoiResponseSeries"
#: Faults that a lab makes in files of its own, and a part of the code that names each.
FAULTS = [
    (change("intervals/trials/start_time", lambda times: times * 1000), "intervals_are_of_the_session"),
    (change("intervals/trials/stop_time", cut_stop), "interval"),
    (change(f"{TRACES}/timestamps", lambda times: times + 1.6e9), "session_seconds"),
    (change(f"{TRACES}/timestamps", lambda times: times[::-1]), "timestamps"),
    (change(f"{TRACES}/timestamps", repeat_times), "series_of_a_device"),
    (change(f"{TRACES}/data", second_as_first), "copy"),
    (change(f"{TRACES}/data", without_values), "values"),
    (change(f"{TRACES}/data", lambda traces: traces * 0 + 7), "channel_varies"),
    (describe(f"{TRACES}/data", conversion=0.0), "in_their_unit"),
    (describe("intervals/trials", colnames=["start_time", "stop_time", "licked", "outcome"]), "column_is_listed"),
    (change("general/optophysiology/ImagingPlane/excitation_lambda", lambda _: 9.2e-7), "optics"),
    (change(f"{TRACES}/rois", lambda rows: rows + 3), "regions"),
    (change("intervals/trials/start_time", second_as_third), "interval"),
    (describe("acquisition/Voltage/data", conversion=10.0), "values_are_possible"),
]


@pytest.mark.parametrize(("edit", "words"), FAULTS)
def test_a_fault_in_a_file_of_the_lab_is_named(converted, tmp_path, edit, words):
    path = Path(shutil.copy(converted[0].path, tmp_path))
    with h5py.File(path, "r+") as file:
        edit(file)
    report = nwbgate.check([path], inspector=False)
    found = [finding.code for finding in report.records]
    assert any(words in code for code in found), found


def test_the_files_agree_with_the_table_of_sessions_and_a_wrong_row_is_found(sources, converted, tmp_path):
    files = [converted[0].path.parents[1]]
    assert nwbgate.check(files, manifest=sources, spec=HOME).exit_code == 0
    table = (sources / "sessions.csv").read_text()
    (tmp_path / "sessions.csv").write_text(table.replace("P94D", "P49D"))
    report = nwbgate.check(files, manifest=tmp_path, spec=HOME)
    assert [finding.code for finding in report.records if str(finding.severity) == "error"] == ["nwb_files.age.copied"]


def test_their_quality_passes_the_criteria_of_the_lab_and_a_wrong_clock_fails(converted, tmp_path):
    files = [outcome.path for outcome in converted]
    run = run_quality(files, spec=HOME, jobs=1, complete=True)
    assert run.report.exit_code == 0, run.results
    assert set(run.results["status"]) == {"Pass", "Not applicable"}
    late = shutil.copyfile(files[0], tmp_path / "late.nwb")
    with h5py.File(late, "a") as file:
        file["intervals/trials/start_time"][:] += 60
        file["intervals/trials/stop_time"][:] += 60
    report = run_quality([late], spec=HOME, jobs=1).report
    assert [finding.code for finding in report.records] == ["qc.trials_inside"]


def test_they_are_read_by_what_they_hold(sources, converted):
    project = nwbgate.Project(converted[0].path.parents[1])
    assert project.select_files(subject_id="anna")["n_rois"].tolist() == [5]
    with project.open("day1") as data:
        assert list(data.planes["ImagingPlane"].responses) == ["Deconvolved", "Neuropil", "RoiResponseSeries"]
        assert data.aligned("RoiResponseSeries", "trials", (-0.5, 1)).shape[::2] == (6, 5)
        volts = data.series["acquisition/Voltage"].between(0, 0.01)
    assert volts.values == pytest.approx(np.fromfile(sources / "anna/day1/voltage.bin", "<i2")[:21] * 1e-5)


def test_a_changed_shift_makes_a_file_out_of_date(sources, converted, tmp_path):
    folder = converted[0].path.parents[1]
    table = pd.read_csv(sources / "sessions.csv", dtype=str)
    table.loc[0, "task_started"] = "1.5"
    table.to_csv(tmp_path / "sessions.csv", index=False)
    plans = convert_batch(
        HOME, [sources], folder, sessions=tmp_path / "sessions.csv",
        settings=Settings(dry_run=True),
    )  # fmt: skip
    assert [outcome.status for outcome in plans] == ["would convert", "skipped"]


def test_a_missing_source_fails_its_session_alone_by_name(sources, tmp_path):
    broken = shutil.copytree(sources, tmp_path / "lab")
    (broken / "berta/day2/trials.csv").unlink()
    (broken / "anna/day1/suite2p/plane0/ops.npy").write_bytes(b"cut")
    first, second = convert_batch(HOME, [broken], tmp_path / "nwb", sessions=sources / "sessions.csv")
    assert (first.status, second.status) == ("failed", "failed")
    assert first.reason.startswith("the interface Cells cannot read its source\n  where: interface Cells (Suite2p")
    assert second.reason.startswith("a source is missing\n  where: session day2, interface Trials: file_path")
    assert all(len(line) < 400 for outcome in (first, second) for line in outcome.reason.splitlines())


def test_the_mock_interfaces_are_converted_with_values_of_the_table(tmp_path):
    home = shipped_recipes()["mock_streams"]
    sources = maker_of(home)(tmp_path / "mock")
    days = [sources / "day1", sources / "day2"]
    outcomes = convert_batch(home, days, tmp_path / "nwb", sessions=sources / "sessions.csv")
    assert [outcome.status for outcome in outcomes] == ["converted"] * 2, outcomes[0].reason
    assert nwbgate.check([tmp_path / "nwb"]).exit_code == 0
    data = []
    for outcome in outcomes:
        with h5py.File(outcome.path) as file:
            data.append(file["acquisition/Channels/data"][()])
            assert file["processing/ophys/Fluorescence/DfOverF/starting_time"][()] == 0.25
    assert data[0].shape == (5000, 3)
    assert not np.array_equal(*data)  # each has the seed of its row


def specification(folder: Path, **changes) -> Path:
    """A specification of NeuroConv, as NeuroConv itself takes it, for the trials of both sessions."""
    subject = {"species": "Mus musculus", "sex": "F", "age": "P90D"}

    def session(subject_id, day, **more):
        start = {"session_id": day, "session_start_time": "2024-05-01T10:00:00+02:00"}
        metadata = {"NWBFile": start, "Subject": {"subject_id": subject_id}}
        return {
            "source_data": {"Trials": {"file_path": f"{subject_id}/{day}/trials.csv"}},
            "metadata": metadata,
            **more,
        }

    options = {"Trials": {"column_descriptions": {"tone_hz": "Frequency of the tone (Hz)"}}}
    content = {
        "metadata": {"NWBFile": {"lab": "Decisions"}, "Subject": subject},
        "data_interfaces": {"Trials": "CsvTimeIntervalsInterface"},
        "experiments": {
            "tones": {
                "metadata": {"NWBFile": {"session_description": "Tones"}},
                "sessions": [
                    session("anna", "day1", nwbfile_name="first"),
                    session("berta", "day2", conversion_options=options),
                ],
            }
        },
        **changes,
    }  # fmt: skip
    path = folder / "spec.yml"
    path.write_text(yaml.safe_dump(content))
    return path


def test_a_specification_of_neuroconv_is_converted_as_it_is(sources, tmp_path):
    outcomes = convert_batch(specification(tmp_path), [sources], tmp_path / "nwb")
    assert [outcome.status for outcome in outcomes] == ["converted"] * 2, outcomes[0].reason
    names = [str(outcome.path.relative_to(tmp_path / "nwb")) for outcome in outcomes]
    assert names == ["first.nwb", "sub-berta/sub-berta_ses-day2.nwb"]
    with h5py.File(outcomes[1].path) as file:
        assert file["intervals/trials/tone_hz"].attrs["description"] == "Frequency of the tone (Hz)"
        assert file["general/lab"].asstr()[()] == "Decisions"
        assert file["session_description"].asstr()[()] == "Tones"


def test_a_missing_library_is_named_before_any_session(sources, tmp_path):
    path = specification(tmp_path, data_interfaces={"Trials": "Spike2RecordingInterface"})
    with pytest.raises(MissingExtraError, match=r'pip install "neuroconv\[spike2\]"'):
        convert_batch(path, [sources], tmp_path / "nwb")
    assert not (tmp_path / "nwb").exists()


def test_an_unknown_key_of_a_specification_suggests_the_nearest(tmp_path):
    with pytest.raises(RecipeError, match="did you mean 'data_interfaces'"):
        load_recipe(specification(tmp_path, data_interface={}))


def test_nothing_of_the_datasets_is_in_the_package():
    package = Path(nwbgate.__file__).parent
    names = ("two_photon_task", "two-photon-task", "mock_streams", "mock-streams", "Laboratory of Decisions")
    assert not [path for path in package.rglob("*.py") if any(name in path.read_text() for name in names)]
