"""`--changed`: only what changed is judged again, and the report is that of a whole check."""

import json
import shutil
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import h5py
import pytest
from click.testing import CliRunner
from pynwb import NWBHDF5IO

import nwbgate
from nwbgate.cache import file_stamp
from nwbgate.cache.folder_cache import NAME, FolderCache
from nwbgate.cli.verbs.check import check as check_verb
from nwbgate.corpus.any_file_edits import TRIALS
from nwbgate.corpus.any_file_session import any_file_session
from nwbgate.errors import SourceWarning, UsageError
from nwbgate.gate.plain_results import result_of
from nwbgate.rules.rule import check
from support.places import VALID_MANIFEST


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    monkeypatch.setattr(file_stamp, "GRANULARITY", 0)


def edit(path, name, rows, value):
    with h5py.File(path, "r+") as file:
        file[name][rows] = value
    time.sleep(0.02)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    return [valid_file(folder / f"sub-m1_ses-{name}.nwb", name) for name in ("a", "b")]


def valid_file(path, name):
    """Write a session of any lab with one warning: two trials overlap."""
    with NWBHDF5IO(path, "w") as io:
        io.write(any_file_session())
    for place, value in (("identifier", name), ("general/session_id", name)):
        edit(path, place, (), value)
    edit(path, f"{TRIALS}/stop_time", 3, 23.0)
    return path


@pytest.fixture
def folder(made, tmp_path):
    (tmp_path / "data" / "sub-m1").mkdir(parents=True)
    for path in made:
        shutil.copy(path, tmp_path / "data" / "sub-m1")
    time.sleep(0.02)  # the clock of the file system goes in steps of some milliseconds
    return tmp_path / "data"


def checked(folder, **options):
    options = {"inspector": False, "jobs": 1, "changed": True, **options}
    return nwbgate.check(folder, **options)


def unchanged(report):
    return sorted(path.rpartition("-")[2] for path in report.unchanged)


def test_what_did_not_change_is_not_judged_again_and_reported_alike(folder):
    whole = checked(folder, changed=False)
    assert not (folder / NAME).exists()
    first = checked(folder)
    assert unchanged(first) == []
    second = checked(folder)
    assert unchanged(second) == ["a.nwb", "b.nwb"]
    assert whole.records
    assert whole.passed
    assert whole.not_run
    assert replace(second, unchanged={}, rules={}) == replace(whole, rules={}) == replace(first, rules={})


def test_a_changed_file_alone_is_judged_again(folder):
    checked(folder)
    edit(folder / "sub-m1" / "sub-m1_ses-a.nwb", "general/subject/age", (), "P30D")
    assert unchanged(report := checked(folder)) == ["b.nwb"]
    assert replace(report, unchanged={}, rules={}) == replace(checked(folder, changed=False), rules={})


def test_files_are_judged_again_by_other_rules_or_options(folder):
    checked(folder)
    assert unchanged(checked(folder, ignore="series")) == []
    assert unchanged(checked(folder)) == []
    assert unchanged(checked(folder, integrity=True)) == []
    assert unchanged(checked(folder, integrity=True)) == ["a.nwb", "b.nwb"]


def test_a_file_that_fails_is_judged_again_until_it_is_waived(folder, tmp_path):
    assert {finding.severity for finding in checked(folder).records} == {"warning"}
    assert unchanged(checked(folder, fail_on="warning")) == []
    waivers = tmp_path / "waivers.yaml"
    codes = sorted({finding.code for finding in checked(folder).records})
    waivers.write_text("\n".join(f"- {{code: {code}, reason: known}}" for code in codes))
    report = checked(folder, fail_on="warning", waivers=waivers)
    assert unchanged(report) == ["a.nwb", "b.nwb"]
    assert report.exit_code == 0
    assert report.waived


def test_rules_across_files_see_the_unchanged_ones(folder):
    checked(folder)
    shutil.copy(folder / "sub-m1" / "sub-m1_ses-a.nwb", folder / "sub-m1" / "sub-m1_ses-c.nwb")
    report = checked(folder)
    assert unchanged(report) == ["a.nwb", "b.nwb"]
    whole = checked(folder, changed=False)
    assert replace(report, unchanged={}, rules={}) == replace(whole, rules={})
    assert "nwb_files" in {finding.table for finding in report.records}


def test_results_are_kept_for_files_as_for_folders(folder):
    files = sorted(folder.rglob("*.nwb"))
    checked(files)
    assert (folder / "sub-m1" / NAME).exists()
    assert unchanged(checked(folder / "sub-m1")) == ["a.nwb", "b.nwb"]


def test_a_moved_folder_keeps_its_results(folder, tmp_path):
    checked(folder)
    (tmp_path / "elsewhere").mkdir()
    moved = folder.rename(tmp_path / "elsewhere" / "data")
    assert unchanged(checked(moved)) == ["a.nwb", "b.nwb"]


def test_a_folder_of_another_name_is_judged_again(folder):
    checked(folder / "sub-m1")
    renamed = (folder / "sub-m1").rename(folder / "sub-m2")
    report = checked(renamed)
    assert unchanged(report) == []
    assert "dandi.subject_folder" in {finding.code for finding in report.records}


def test_several_processes_judge_and_keep(folder):
    checked(folder, jobs=2)
    assert unchanged(checked(folder, jobs=2)) == ["a.nwb", "b.nwb"]


def test_a_folder_that_cannot_be_written_is_judged_with_a_note(folder):
    (folder / NAME).mkdir()
    with pytest.warns(SourceWarning, match="folder"):
        assert unchanged(checked(folder)) == []


@pytest.mark.parametrize(
    ("options", "where"),
    [({"qc": True}, "--qc"), ({"follow_links": True}, "--follow-links"), ({"rules": True}, "rules")],
)
def test_what_cannot_be_compared_is_refused(folder, options, where):
    @check(scope="session")
    def own(session):
        """A session is never wrong.

        Why: to try.

        Example: none.

        Fix: none.
        """

    given = {name: [own] if name == "rules" else value for name, value in options.items()}
    with pytest.raises(UsageError, match="--changed cannot be combined") as refused:
        checked(folder, **given)
    assert refused.value.where == where


def test_without_files_there_is_nothing_to_compare():
    with pytest.raises(UsageError, match="needs NWB files"):
        nwbgate.check(manifest=VALID_MANIFEST, changed=True)


GOOD = {"path": "a.nwb", "findings": [], "fired": [], "outcome": json.dumps({"passed": ["x.y"], "not_run": []})}
FINDING = {
    "code": "x.y", "severity": "warning", "table": "x", "column": None, "keys": [[1, 2]], "message": "m",
    "location": "", "fix": "", "validator": "nwbgate", "rows": [3],
}  # fmt: skip


def test_plain_values_are_a_result(tmp_path):
    found = result_of({**GOOD, "findings": [FINDING]}, tmp_path / "a.nwb", {})
    assert found.outcome.passed == ["x.y"]
    assert (found.findings[0].keys, found.findings[0].path) == (((1, 2),), str(tmp_path / "a.nwb"))


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        {},
        {**GOOD, "outcome": 5},
        {**GOOD, "outcome": "no JSON"},
        {**GOOD, "outcome": json.dumps({"passed": [5], "not_run": []})},
        {**GOOD, "outcome": json.dumps({"passed": [], "not_run": [{"code": "x", "other": 1, "absent": []}]})},
        {**GOOD, "findings": [{**FINDING, "severity": "none"}]},
        {**GOOD, "findings": [{**FINDING, "message": 5}]},
        {**GOOD, "findings": [{**FINDING, "keys": 5}]},
        {**GOOD, "findings": [{**FINDING, "other": 5}]},
        {**GOOD, "findings": [{**FINDING, "message": "a.nwb was made elsewhere"}]},
    ],
)
def test_other_values_are_none(values, tmp_path):
    assert result_of(values, tmp_path / "b.nwb", {}) is None


def test_a_hostile_entry_is_judged_again(folder):
    checked(folder)
    cache, file = FolderCache(folder), folder / "sub-m1" / "sub-m1_ses-a.nwb"
    with sqlite3.connect(folder / NAME) as database:
        (version,) = database.execute("SELECT version FROM entries WHERE kind = 'judged'").fetchone()
    cache.keep("judged", version, file, cache.stamps([file])[file], {"path": 5})
    cache.save()
    assert unchanged(checked(folder)) == ["b.nwb"]


def test_the_command_line_says_how_many_were_judged(folder):
    arguments = [str(folder), "--changed", "--no-inspector", "--jobs", "1"]
    first = CliRunner().invoke(check_verb, arguments)
    assert "judged now" not in first.output
    (folder / "sub-m1" / "sub-m1_ses-b.nwb").touch()
    time.sleep(0.02)
    second = CliRunner().invoke(check_verb, [*arguments, "--format", f"html={folder}/r.html", "--format", "text"])
    assert "1 file judged now; 1 file unchanged since 20" in second.output
    assert "2 files (1 unchanged and not judged again)" in second.output
    assert "unchanged since their last check" in (folder / "r.html").read_text()
    lines = CliRunner().invoke(check_verb, [*arguments, "--format", "jsonl"]).output.splitlines()
    kept = [line for line in map(json.loads, lines) if line["metadata"]["status"] == "unchanged"]
    assert [Path(line["path"]).name for line in kept] == ["sub-m1_ses-a.nwb", "sub-m1_ses-b.nwb"]


def test_the_command_line_notes_a_cache_that_cannot_be_used(folder):
    (folder / NAME).mkdir()
    result = CliRunner().invoke(check_verb, [str(folder), "--changed", "--no-inspector", "--jobs", "1"])
    assert f"note: {folder / NAME}" in result.output
