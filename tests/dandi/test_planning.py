"""A plan says of each file whether it may go, and what the archive has already."""

import json
import subprocess
import sys
from shutil import copytree

import h5py
import pytest
from dandi.files import dandi_file
from dandi.validate._types import Severity

from nwbgate.dandi import plan
from nwbgate.dandi.planning import Action
from nwbgate.errors import FetchError, MetadataError, UnreachableError, UsageError, WriteError
from support.archive_access import LICENCE
from support.made_nwb_files import edit, write
from support.published_folders import FAULTS, GOOD, cut_file, faulty_folder, set_text


@pytest.fixture(scope="module")
def faulty(tmp_path_factory, archive):
    folder = faulty_folder(tmp_path_factory.mktemp("faulty"))
    archive.init(folder, "000001")
    cut_file(folder)
    return folder


@pytest.fixture(scope="module")
def judged(faulty):
    return plan(faulty, offline=True, jobs=1)


@pytest.mark.parametrize(("path", "codes"), FAULTS.items())
def test_each_fault_refuses_its_file_with_its_code(judged, path, codes):
    (one,) = [each for each in judged.files if each.path == path]
    assert one.action is Action.REFUSE
    assert codes <= {*one.codes}
    assert not {code for code in one.codes if code.startswith(("publish.", "file."))} - codes


def test_a_good_file_among_faulty_ones_may_go(judged):
    assert [each.path for each in judged.sent] == [GOOD]
    assert judged.exit_code == 1


@pytest.mark.slow
def test_dandi_validate_refuses_no_file_that_the_plan_lets_go(faulty, judged):
    refused = set()
    for one in judged.files:
        file = dandi_file(one.file, faulty)
        if any(each.severity.value >= Severity.ERROR.value for each in file.get_validation_errors()):
            refused.add(one.path)
    assert refused <= {one.path for one in judged.of(Action.REFUSE)}
    assert "loose/sub-m1_ses-s5_ecephys.nwb" in refused
    assert GOOD not in refused


@pytest.fixture
def unknown_sex(tmp_path, archive):
    edit(write(tmp_path), lambda file: set_text(file, "general/subject/sex", "U"))
    archive.init(tmp_path, "000001")
    return tmp_path


def test_placeholders_can_be_allowed_and_are_listed(unknown_sex):
    allowed = plan(unknown_sex, offline=True, allow_placeholders=True, jobs=1)
    assert [one.action for one in allowed.files] == [Action.UPLOAD]
    assert {each.severity.value for each in allowed.report.records if each.code == "publish.placeholder"} == {"warning"}


def test_a_waiver_lets_its_file_go(unknown_sex):
    waivers = unknown_sex / "waivers.yaml"
    waivers.write_text("- {code: publish.placeholder, path: sub-m1_ses-s0_ecephys.nwb, reason: never recorded}\n")
    planned = plan(unknown_sex, offline=True, waivers=waivers, jobs=1)
    assert [one.action for one in planned.files] == [Action.UPLOAD]
    assert [each.reason for each in planned.report.waived] == ["never recorded"]
    assert not planned.report.unused_waivers


@pytest.fixture
def folder(good, tmp_path, archive):
    copytree(good, tmp_path / "folder")
    archive.init(tmp_path / "folder")
    return tmp_path / "folder"


def test_an_empty_dandiset_gets_all_files(folder):
    planned = plan(folder, jobs=1)
    assert ([one.action for one in planned.files], planned.only_remote) == ([Action.UPLOAD] * 2, ())
    assert planned.exit_code == 0


def test_a_file_that_passed_is_not_checked_again_until_it_changes(folder):
    plan(folder, offline=True, jobs=1)
    again = plan(folder, offline=True, jobs=1)
    assert all("passed" in one.note for one in again.files)
    with h5py.File(again.files[0].file, "r+") as file:
        file["general/notes"] = "a note"
    assert "changed since it was checked" in plan(folder, offline=True, jobs=1).files[0].note


def test_a_ledger_with_foreign_values_is_no_verdict(folder):
    plan(folder, offline=True, jobs=1)
    ledger = folder / ".dandi-ledger.jsonl"
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    ledger.write_text("".join(json.dumps(entry | {"sha256": 1}) + "\n" for entry in entries) + "[1]\n{")
    assert all(not one.note for one in plan(folder, offline=True, jobs=1).files)


def test_without_a_licence_nothing_may_go(folder):
    path = folder / "dandiset.yaml"
    path.write_text(path.read_text().replace(f"license:\n- {LICENCE}\n", ""))
    planned = plan(folder, offline=True, jobs=1)
    assert {one.codes for one in planned.files} == {("publish.licence",)}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "the folder belongs to no dandiset"),
        ("identifier: '71'\n", "invalid identifier of a dandiset"),
        ("- 1\n", "the file does not contain a mapping"),
        ("identifier: [\n", "invalid YAML"),
    ],
    ids=["none", "short", "list", "no YAML"],
)
def test_a_folder_without_a_usable_dandiset_file_is_refused(tmp_path, content, what):
    if content is not None:
        (tmp_path / "dandiset.yaml").write_text(content)
    with pytest.raises((UsageError, MetadataError), match=what):
        plan(tmp_path, offline=True)


def test_a_dandiset_that_does_not_exist_is_named(folder, archive):
    archive.init(folder, "999998")
    with pytest.raises(FetchError, match="does not have this"):
        plan(folder, jobs=1)


def test_an_archive_that_does_not_answer_is_named(folder):
    with pytest.raises(UnreachableError, match="the archive does not answer"):
        plan(folder, instance="http://127.0.0.1:9/api", jobs=1)


def test_an_unknown_instance_is_refused_with_the_nearest(folder):
    with pytest.raises(UsageError, match="did you mean 'dandi-sandbox'"):
        plan(folder, instance="dandi-sandbx", jobs=1)


WRITER = "import h5py, sys; file = h5py.File(sys.argv[1], 'r+'); print('open', flush=True); sys.stdin.read()"


def test_a_file_that_a_program_writes_to_is_refused(folder):
    first = min(folder.rglob("*.nwb"))
    command = [sys.executable, "-c", WRITER, str(first)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout.readline() == "open\n"
        planned = plan(folder, offline=True, jobs=1)
        writer.stdin.close()
    assert [one.codes for one in planned.files] == [("file.unreadable",), ()]


def test_a_ledger_that_cannot_be_written_is_an_error_of_four_parts(folder):
    (folder / ".dandi-ledger.jsonl").symlink_to("elsewhere")
    with pytest.raises(WriteError, match="a link has this name"):
        plan(folder, offline=True, jobs=1)
