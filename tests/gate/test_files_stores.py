"""Facts, rules and quality of a Zarr store are those of the HDF5 file of the same content."""

import pandas as pd
import pytest

import nwbgate
from nwbgate.cli import main
from nwbgate.corpus.any_file_session import any_file_session
from nwbgate.gate.run import run
from nwbgate.reading.named_tables import NamedTables
from support.zarr_stores import JSON, PICKLE, write_both, write_hdf5, write_store


@pytest.fixture(scope="module", params=[JSON, PICKLE], ids=["json", "pickle"])
def both(request, tmp_path_factory):
    return write_both(tmp_path_factory.mktemp("both"), request.param)


def test_rules_and_validators_say_the_same(both):
    hdf5, store = (run(path, jobs=1) for path in both)
    assert len(hdf5.passed) > 50
    assert (hdf5.passed, len(hdf5.findings)) == (store.passed, len(store.findings))
    gaps = {gap.code: gap.reason for gap in store.not_run}
    assert {gap.code for gap in hdf5.not_run} < {*gaps}
    assert gaps["dandi.filename"] == "in 1 of 1 files: DANDI has no rule for the names of Zarr stores"


def test_planted_faults_are_found_in_both(both, tmp_path):
    def faulty():
        nwbfile = any_file_session()
        nwbfile.acquisition["raw"].data[:, 2] = 0
        nwbfile.trials["stop_time"].data[3] = 0.0
        return nwbfile

    paths = write_hdf5(tmp_path / "a.nwb", faulty()), write_store(tmp_path / "a.nwb.zarr", faulty())
    found = [run(path, jobs=1, inspector=False, ignore="dandi").findings for path in paths]
    columns = ["code", "severity", "table", "message", "location"]
    assert len(found[0]) >= 2
    pd.testing.assert_frame_equal(found[0][columns], found[1][columns])


def test_tables_and_series_are_equal(both):
    hdf5, store = (nwbgate.open(path) for path in both)
    tables = [NamedTables(opened) for opened in (hdf5, store)]
    assert [*tables[0].entries] == [*tables[1].entries]
    assert len(tables[0].entries) > 10
    for name in tables[0].entries:
        pd.testing.assert_frame_equal(tables[0][name], tables[1][name])
    assert (hdf5.series["acquisition/raw"].data[5:9] == store.series["acquisition/raw"].data[5:9]).all()


@pytest.mark.parametrize("verb", [["show"], ["show", "units"], ["facts"], ["qc"]])
def test_verbs_print_the_same(both, verb, capsys):
    said = []
    for path in both:
        assert main([verb[0], str(path), *verb[1:]]) in (0, 1)
        text = capsys.readouterr().out
        said.append(text.replace(str(path), "FILE").replace(path.name, "FILE").split())
    assert len(said[0]) > 20
    assert said[0] == said[1]


def test_files_are_compared_across_formats(both, capsys):
    assert main(["diff", *map(str, both)]) == 0
    assert "1 equal" in capsys.readouterr().out


def test_results_are_not_stored_in_a_store(both, capsys):
    assert main(["qc", str(both[1]), "--store"]) == 1
    said = capsys.readouterr()
    assert "results cannot be stored in a Zarr store" in said.err + said.out


def test_a_folder_of_both_is_judged_whole(both):
    report = run(both[0].parent, jobs=1, inspector=False)
    assert len(report.files) == 2
    assert {*report.findings["code"]} == {"nwb_files.identifier_is_unique"}
