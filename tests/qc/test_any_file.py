"""Quality of a file of no known dataset."""

import h5py
import pytest

import nwbgate
from nwbgate.qc.measure import measure
from nwbgate.qc_runs.run import run_quality
from nwbgate.qc_runs.stored_results import store_results
from support.any_nwb_file import make_empty_nwb_file, make_nwb_file
from support.browsed_files import write_any
from support.qc_files import write_criteria


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return make_nwb_file(tmp_path_factory.mktemp("any") / "a.nwb")


@pytest.fixture(scope="module")
def measured(path):
    return measure(path)


def test_each_object_is_measured_by_its_type(measured):
    objects = dict(zip(measured["metric"], measured["object"], strict=True))
    assert objects["electrical.noise"] == "series acquisition/Raw"
    assert objects["responses.constant"] == "series processing/ophys/Fluorescence/F"
    assert objects["intervals.outside"] == "table tones"
    assert objects["units.rate"] == "unit 1"
    assert len(measured[measured["metric"] == "sampling.jitter"]) == 1  # both series share their timestamps


def test_words_in_volts_and_in_traces_are_not_measured(tmp_path):
    path = write_any(tmp_path / "words.nwb")
    with h5py.File(path, "r+") as file:
        file["acquisition/words/data"].attrs["unit"] = "V"
        file.copy("acquisition/words", "acquisition/traces")
        file["acquisition/traces"].attrs["neurodata_type"] = "RoiResponseSeries"
    report = run_quality([path]).report
    assert not report.broken
    assert {"qc.roi_snr", "qc.series_noise"} & {rule.code for rule in report.not_run}


def test_what_a_file_does_not_have_is_not_applicable_and_lets_it_pass(path, tmp_path):
    with h5py.File(path) as source, h5py.File(tmp_path / "b.nwb", "w") as target:
        for name in source:
            source.copy(name, target)
        target.attrs.update(source.attrs)
        del target["units"]
    criteria = {
        "units": {"title": "Units fire", "metric": "units.rate", "fail": {"minimum": 0}, "reason": "r", "source": "s"},
        "inside": {"title": "In", "metric": "intervals.outside", "fail": {"maximum": 0}, "reason": "r", "source": "s"},
    }
    folder = write_criteria(tmp_path / "criteria", {"criteria": criteria})
    run = run_quality([tmp_path / "b.nwb"], spec=folder, complete=True)
    assert dict(zip(run.results["criterion"], run.results["status"], strict=True)) == {
        "units": "Not applicable", "inside": "Pass",
    }  # fmt: skip
    assert run.report.exit_code == 0
    assert [(rule.code, rule.reason) for rule in run.report.not_run] == [
        ("qc.units", "not applicable: the file has no units with spike times")
    ]


def test_results_are_stored_in_the_file_those_not_applicable_too(tmp_path):
    stored = make_nwb_file(tmp_path / "a.nwb")
    with h5py.File(stored, "a") as file:
        del file["units"]
    (judged,) = run_quality([stored], jobs=1).judged
    store_results(judged)
    with nwbgate.open(stored) as opened:
        table = opened.tables["analysis/quality_control"]
    assert table.loc[table["outcome"] == "Not applicable", "status"].unique().tolist() == ["Pass"]


def test_criteria_of_any_file_are_the_default(path):
    run = run_quality([path], jobs=1)
    assert {"qc.intervals_inside", "qc.samples_dropped"} <= {*run.report.passed}


def test_a_file_with_nothing_is_said_to_have_nothing(tmp_path):
    with pytest.raises(nwbgate.NwbgateError, match="nothing to measure"):
        measure(make_empty_nwb_file(tmp_path / "a.nwb"))
