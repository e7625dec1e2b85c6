"""Results in the file: added safely, replaced by newer ones, and nothing else touched."""

import subprocess
import sys
from dataclasses import replace

import h5py
import numpy as np
import pytest
from pynwb import read_nwb

from nwbgate.errors import CheckError, OutsideError, SourceError, WriteError
from nwbgate.gate.run import run
from nwbgate.qc_runs.run import run_quality
from nwbgate.qc_runs.stored_results import COLUMNS, LOCATION, store_results
from nwbgate.rules.rule import Finding, Severity
from nwbgate.writing.unchanged import refuse_changes
from support.quality_files import TRAINING, copied, session


@pytest.fixture(scope="session")
def original(tmp_path_factory):
    return session(tmp_path_factory.getbasetemp(), TRAINING)


@pytest.fixture
def judged(original, tmp_path):
    """A judged session, in a copy of its own."""
    return run_quality([copied(original, tmp_path)], jobs=1).judged[0]


def nothing(path) -> list[Finding]:
    return []


def test_the_table_has_every_result_and_all_else_is_as_it_was(judged, original):
    path = judged.quality.files[0]
    store_results(judged)
    frame = read_nwb(path).analysis["quality_control"].to_dataframe()
    assert list(frame) == list(COLUMNS)
    assert len(frame) == len(judged.results)
    assert set(frame["status"]) <= {"Pass", "Fail", "Pending"}
    assert list(frame["outcome"]) == list(judged.results["status"])
    assert (frame["status"] == "Pending").eq(frame["outcome"].isin(["Warning", "Not measured"])).all()
    refuse_changes(original, path, apart_from=LOCATION)


def test_a_file_with_its_results_is_sound(judged):
    path = judged.quality.files[0]
    before = {(each.code, each.location) for each in run([path], jobs=1).records if each.severity == "error"}
    store_results(judged)
    report = run([path], jobs=1)
    assert {(each.code, each.location) for each in report.records if each.severity == "error"} == before
    assert not report.broken


def test_a_new_table_takes_room_of_the_old_one(judged):
    path = judged.quality.files[0]
    sizes = [path.stat().st_size]
    for _ in range(3):
        store_results(judged, nothing)
        sizes.append(path.stat().st_size)
    first, *later = np.diff(sizes)
    assert max(later) < 0.75 * first  # HDF5 gives texts no room back


def test_a_file_of_an_older_version_of_nwb_keeps_its_version(judged):
    path = judged.quality.files[0]
    with h5py.File(path, "r+") as file:
        file.attrs["nwb_version"] = "2.6.0"
    store_results(judged, nothing)
    with h5py.File(path) as file:
        assert file.attrs["nwb_version"] == "2.6.0"
    assert "quality_control" in read_nwb(path).analysis


def test_storing_twice_replaces(judged):
    store_results(judged, nothing)
    fewer = replace(judged, results=judged.results.head(3))
    store_results(fewer, nothing)
    assert len(read_nwb(judged.quality.files[0]).analysis["quality_control"]) == 3


def test_a_link_stays_a_link_and_the_mode_stays(judged, tmp_path):
    path = judged.quality.files[0]
    path.chmod(0o640)
    link = tmp_path / "link.nwb"
    link.symlink_to(path)
    store_results(replace(judged, quality=replace(judged.quality, files=(link,))), nothing)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert "quality_control" in read_nwb(path).analysis


def refused(judged, error, findings=nothing) -> str:
    """Store, be refused, and find the file as it was and nothing beside it."""
    path = judged.quality.files[0]
    before = path.read_bytes()
    with pytest.raises(error) as caught:
        store_results(judged, findings)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    return str(caught.value)


def test_another_object_of_that_name_is_not_replaced(judged):
    with h5py.File(judged.quality.files[0], "r+") as file:
        file.require_group("analysis").create_group("quality_control")
    assert "another object has the name" in refused(judged, WriteError)


def test_a_copy_with_a_new_error_does_not_take_the_name(judged):
    def wrong(path) -> list[Finding]:
        found = Finding("schema.dtype", Severity.ERROR, "nwb_files", None, (), "wrong", location=LOCATION)
        return [found] if path != judged.quality.files[0] else []

    assert "would fail its check" in refused(judged, CheckError, wrong)


def test_an_error_that_the_file_had_before_is_no_reason(judged):
    found = Finding("schema.dtype", Severity.ERROR, "nwb_files", None, (), "wrong", location="/x")
    store_results(judged, lambda path: [found])
    assert "quality_control" in read_nwb(judged.quality.files[0]).analysis


def test_results_of_a_file_that_could_not_be_read_whole_are_refused(judged):
    finding = Finding("file.unreadable", Severity.ERROR, "nwb_files", None, (), "the disk failed", fix="copy it again")
    partly = replace(judged, quality=replace(judged.quality, findings=[finding]))
    assert "the disk failed" in refused(partly, SourceError)


def test_a_file_that_pynwb_cannot_open_is_refused(judged):
    with h5py.File(judged.quality.files[0], "r+") as file:
        del file["session_start_time"]
    assert "PyNWB cannot add the table" in refused(judged, WriteError)


def test_a_file_that_leads_to_another_is_refused_before_pynwb_sees_it(judged, tmp_path):
    with h5py.File(judged.quality.files[0], "r+") as file:
        file["elsewhere"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/")
    assert "external link" in refused(judged, OutsideError)


def test_a_read_only_file_stays_as_it_is(judged):
    judged.quality.files[0].chmod(0o444)
    said = refused(judged, WriteError)
    assert "the file is read-only" in said
    assert "chmod u+w" in said


def test_a_file_that_another_program_writes_to_is_refused(judged):
    path = judged.quality.files[0]
    write = f"import h5py, sys; file = h5py.File({str(path)!r}, 'r+'); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", write]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout.readline() == "open\n"
        said = refused(judged, WriteError)
        writer.communicate()
    assert "another program has the file open for writing" in said


def test_a_reader_keeps_what_it_has_open(judged):
    with h5py.File(judged.quality.files[0]) as reader:
        store_results(judged, nothing)
        assert "quality_control" not in reader["analysis"]
    assert "quality_control" in read_nwb(judged.quality.files[0]).analysis
