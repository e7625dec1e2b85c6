"""A verification proves what arrived: sizes, digests, and what the archive itself reports."""

from pathlib import Path

import pytest

from nwbgate.archives.client import key_variable
from nwbgate.cli import main
from nwbgate.dandi import upload, verify
from nwbgate.dandi.dandiset.dandiset_file import read_dandiset_file
from nwbgate.errors import FetchError
from support.archive_access import local_archive
from support.archive_state import Blob, etag_of
from support.made_nwb_files import edit, write
from support.published_folders import good_folder, set_text


@pytest.fixture(scope="module")
def local():
    with local_archive() as found, pytest.MonkeyPatch.context() as environment:
        environment.setenv(key_variable(found.address), found.key)
        yield found


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory, archive):
    folder = good_folder(tmp_path_factory.mktemp("uploaded"), 2)
    archive.init(folder)
    upload(folder)
    return folder


@pytest.fixture
def folder(tmp_path, local):
    """A file that has arrived in the local archive, to be spoilt on either side."""
    write(tmp_path, 0)
    local.init(tmp_path)
    upload(tmp_path)
    return tmp_path


def codes(verification):
    return [each.code for each in verification.report.records if each.severity.value == "error"]


def draft(local, folder):
    return local.server.state.dandisets[read_dandiset_file(folder).identifier].versions["draft"]


def test_an_uploaded_folder_is_proven(uploaded):
    found = verify(uploaded)
    assert codes(found) == []
    assert (found.compared, found.bytes) == (2, sum(file.stat().st_size for file in uploaded.rglob("*.nwb")))


def test_a_verification_prints_how_it_was_proven_and_exits_0(folder, capsys):
    assert main(["dandi", "verify", str(folder)]) == 0
    assert "compared by dandi-etag, 1 of them by SHA-256 as well" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_missing(folder):
    write(folder, 1)
    assert codes(verify(folder)) == ["archive.missing"]


def test_a_changed_file_differs(folder):
    edit(next(folder.rglob("*.nwb")), lambda opened: set_text(opened, "general/notes", "more"))
    assert codes(verify(folder))[0] in ("archive.size", "archive.digest")


def test_content_that_the_archive_spoilt_differs(folder, local):
    (asset,) = draft(local, folder).values()
    content = asset.blob.content[:-1] + bytes([asset.blob.content[-1] ^ 1])
    asset.blob = Blob(asset.blob.blob_id, content, etag_of(content))
    assert codes(verify(folder)) == ["archive.digest"]
    asset.blob = Blob(asset.blob.blob_id, content[:-1], etag_of(content[:-1]))
    assert codes(verify(folder)) == ["archive.size"]


def test_a_file_only_in_the_dandiset_is_a_warning(folder):
    next(folder.rglob("*.nwb")).rename(folder / "sub-m1" / "sub-m1_ses-new_ecephys.nwb")
    found = verify(folder)
    assert [each.code for each in found.report.records] == ["archive.missing", "archive.extra"]


def test_errors_of_the_archive_are_findings(folder, local):
    (asset,) = draft(local, folder).values()
    asset.metadata["contentSize"] = asset.metadata["encodingFormat"] = None
    asset.judge(local.address)
    found = verify(folder)
    assert codes(found) == ["archive.invalid"] * len(found.report.records)
    assert {each.location for each in found.report.records} == {"encodingFormat"}


def test_a_file_that_the_archive_has_not_judged_is_pending(folder, local):
    (asset,) = draft(local, folder).values()
    asset.status = "Pending"
    found = verify(folder)
    assert [each.code for each in found.report.records] == ["archive.pending"] * 2
    assert {Path(each.path).suffix for each in found.report.records} == {".nwb", ".yaml"}
    assert (found.exit_code, verify(folder, fail_on="warning").exit_code) == (0, 1)


def test_a_version_that_does_not_exist_is_named(folder):
    with pytest.raises(FetchError, match="does not have this"):
        verify(folder, version="0.111111.1111")
