"""What passed arrives, also through faults; what arrived is not sent again; what did not pass stays."""

import json
import re
import subprocess
import sys
import time
from shutil import copytree

import h5py
import pytest

from nwbgate.archives.client import key_variable
from nwbgate.dandi import plan, upload
from nwbgate.dandi.planning import Action
from nwbgate.dandi.transfer.file_transfer import SendStatus
from nwbgate.errors import FetchError, UsageError
from support.archive_access import local_archive
from support.made_nwb_files import edit, write
from support.published_folders import good_folder, one_session, set_text


@pytest.fixture(scope="module")
def several(tmp_path_factory, archive):
    """Six files that passed, with their ledger; do not write into it."""
    folder = good_folder(tmp_path_factory.mktemp("several"), 6)
    archive.init(folder, "000001")
    plan(folder, offline=True, jobs=1)
    return folder


@pytest.fixture
def folder(several, tmp_path, archive):
    """A copy of the six files, which are still the ones that passed, in a new dandiset."""
    copy = copytree(several, tmp_path / "folder")
    for path in copy.rglob("*.nwb"):
        path.unlink()
        path.symlink_to(several / path.relative_to(copy))
    archive.init_like(copy)
    return copy


def statuses(sent):
    return [one.status for one in sent.outcomes]


def ledger_of(folder):
    return [json.loads(line) for line in (folder / ".dandi-ledger.jsonl").read_text().splitlines()]


def test_files_arrive_once_and_the_ledger_says_so(folder, archive):
    first = upload(folder)
    assert statuses(first) == [SendStatus.UPLOADED] * 6
    assert archive.paths(first.plan.dandiset.identifier) == [one.path for one in first.plan.files]
    assert statuses(upload(folder)) == [SendStatus.SKIPPED] * 6
    events = [entry["event"] for entry in ledger_of(folder)]
    assert events.count("uploaded") == events.count("skipped") == 6
    assert first.exit_code == 0


def test_a_changed_file_replaces_its_copy(tmp_path, archive):
    file = write(tmp_path)
    archive.init(tmp_path)
    upload(tmp_path)
    edit(file, lambda opened: set_text(opened, "general/notes", "more"))
    (planned,) = plan(tmp_path, jobs=1).files
    assert planned.action is Action.REPLACE
    sent = upload(tmp_path)
    assert statuses(sent) == [SendStatus.REPLACED]
    assert archive.paths(sent.plan.dandiset.identifier) == [planned.path]


def test_one_bad_file_stops_no_other(tmp_path, archive):
    write(tmp_path, 0)
    edit(write(tmp_path, 1), lambda opened: set_text(opened, "general/subject/sex", "U"))
    number = archive.init(tmp_path)
    plan(tmp_path, jobs=1)
    sent = upload(tmp_path)
    assert statuses(sent) == [SendStatus.UPLOADED, SendStatus.REFUSED]
    assert archive.paths(number) == ["sub-m1/sub-m1_ses-s0_ecephys.nwb"]
    assert sent.exit_code == 1


def test_the_name_of_another_recording_is_not_taken(tmp_path, archive):
    for name, number in (("here", 1), ("there", 2)):
        folder = tmp_path / name
        file = write(folder, number)
        edit(file, lambda opened, n=number: set_text(opened, "session_start_time", f"202{n}-01-01T00:00:00+00:00"))
        file.rename(file.with_name("sub-m1_ses-same_ecephys.nwb"))
    number = archive.init(tmp_path / "there")
    upload(tmp_path / "there")
    archive.init(tmp_path / "here", number)
    (planned,) = plan(tmp_path / "here", jobs=1).files
    assert planned.codes == ("publish.name_taken",)


def test_files_only_in_the_dandiset_are_listed(folder):
    upload(folder)
    gone = folder / "sub-m1" / "sub-m1_ses-s0_ecephys.nwb"
    gone.unlink()
    assert [one.path for one in plan(folder, jobs=1).only_remote] == ["sub-m1/sub-m1_ses-s0_ecephys.nwb"]


def test_a_dry_run_sends_nothing(folder, archive):
    sent = upload(folder, dry_run=True)
    assert (statuses(sent), sent.exit_code) == ([SendStatus.PLANNED] * 6, 0)
    assert archive.paths(sent.plan.dandiset.identifier) == []


def test_content_that_the_archive_has_is_not_sent_again(folder, archive):
    upload(folder)
    archive.init_like(folder)
    before = archive.server.sent if archive.server else 0
    assert statuses(upload(folder)) == [SendStatus.UPLOADED] * 6
    assert archive.server is None or archive.server.sent == before


def test_without_a_key_nothing_begins(folder, archive, monkeypatch):
    monkeypatch.delenv(key_variable(archive.address))
    with pytest.raises(UsageError, match="no key for the archive"):
        upload(folder)


@pytest.fixture
def local(monkeypatch):
    """An archive of its own, to fail on demand."""
    with local_archive() as found:
        monkeypatch.setenv(key_variable(found.address), found.key)
        yield found


@pytest.fixture
def into_local(folder, local):
    local.init_like(folder)
    return folder


def test_faults_on_the_way_delay_files_and_lose_none(into_local, local):
    server = local.server
    server.fail("POST /api/uploads/initialize", "503")
    server.fail("PUT /s3/", "drop")
    server.fail("PUT /s3/", "wrong_digest")
    server.fail("PUT /s3/", "flip")
    server.fail("POST /api/uploads/.*/validate", "drop_after")
    server.fail("POST /api/dandisets/.*/assets", "drop_after")
    sent = upload(into_local, jobs=6)
    assert statuses(sent) == [SendStatus.UPLOADED] * 6
    assert [times for _, _, times in server.faults] == [0] * 6
    assert len(local.paths(sent.plan.dandiset.identifier)) == 6


def test_a_dandiset_of_another_person_gets_nothing(folder, local, monkeypatch):
    local.init_like(folder)
    monkeypatch.setenv(key_variable(local.address), "another-key")
    sent = upload(folder, jobs=2)
    assert statuses(sent) == [SendStatus.FAILED] * 6
    assert all(one.reason.startswith("you have no right to this dandiset") for one in sent.outcomes)
    assert local.server.count("/uploads/initialize") <= 2


def test_an_embargoed_dandiset_is_hidden_from_others(folder, local, monkeypatch):
    local.init_like(folder, local.new_dandiset(embargo=True))
    assert statuses(upload(folder)) == [SendStatus.UPLOADED] * 6
    monkeypatch.setenv(key_variable(local.address), "another-key")
    with pytest.raises(FetchError, match="you have no right to this dandiset"):
        upload(folder)


def test_a_key_that_expires_ends_the_upload_and_is_shown_nowhere(into_local, local, capfd):
    local.server.fail("POST /api/uploads/initialize", "401", times=9)
    sent = upload(into_local, jobs=1)
    assert statuses(sent) == [SendStatus.FAILED] * 6
    assert local.server.count("/uploads/initialize") == 1
    texts = "".join([*(one.reason for one in sent.outcomes), *capfd.readouterr(), json.dumps(ledger_of(into_local))])
    assert "does not accept the key" in texts
    assert local.key not in texts


class Meddler:
    """A program that writes to a file once the plan is made."""

    def begin(self, plan):
        with h5py.File(plan.files[0].file, "r+") as file:
            file["general/notes"] = "a note"

    def advance(self, number):
        pass

    def end(self, outcome):
        pass


def test_a_file_that_changes_after_its_check_is_not_sent(tmp_path, local):
    write(tmp_path, 0)
    one_session(tmp_path, "m2", 1)
    number = local.init(tmp_path)
    plan(tmp_path, jobs=1)
    sent = upload(tmp_path, watch=Meddler())
    assert statuses(sent) == [SendStatus.FAILED, SendStatus.UPLOADED]
    assert "changed after it was checked" in sent.outcomes[0].reason
    assert local.paths(number) == ["sub-m2/sub-m2_ses-s1_ecephys.nwb"]


class Impatient(Meddler):
    """A person who interrupts the upload after its first file."""

    def begin(self, plan):
        pass

    def end(self, outcome):
        raise KeyboardInterrupt


def test_an_interrupted_upload_continues_where_it_stopped(into_local, local):
    with pytest.raises(KeyboardInterrupt):
        upload(into_local, jobs=1, watch=Impatient())
    arrived = local.paths(plan(into_local, jobs=1).dandiset.identifier)
    assert 1 <= len(arrived) < 6
    assert statuses(upload(into_local)).count(SendStatus.SKIPPED) == len(arrived)


@pytest.mark.slow
def test_a_killed_upload_continues_and_sends_nothing_twice(tmp_path, archive):
    good_folder(tmp_path, 12)
    number = archive.init(tmp_path)
    plan(tmp_path, jobs=1)
    if archive.server:
        archive.server.fail(f"POST /api/dandisets/{number}/versions/draft/assets", "slow", times=12)
    command = [sys.executable, "-m", "nwbgate", "dandi", "upload", str(tmp_path), "--jobs", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while len(archive.paths(number)) < 3 and process.poll() is None:
            time.sleep(0.1)
        process.kill()
    arrived = len(archive.paths(number))
    assert 3 <= arrived < 12
    if archive.server:
        archive.server.faults.clear()
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    skipped = int(re.search(r"(\d+) skipped", again.stdout)[1])
    assert arrived <= skipped <= arrived + 2  # two requests were on their way
    assert len(archive.paths(number)) == 12
    assert archive.key not in again.stdout + again.stderr + (tmp_path / ".dandi-ledger.jsonl").read_text()
