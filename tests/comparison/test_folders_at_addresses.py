"""A folder is compared with its dandiset, file by file, without a download."""

from shutil import copytree

import pytest

import nwbgate
from nwbgate.archives.client import key_variable
from nwbgate.cli import main
from nwbgate.dandi import plan, upload
from nwbgate.errors import UsageError
from support.archive_access import local_archive
from support.made_nwb_files import edit, write
from support.published_folders import one_session, set_text
from support.range_server import serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("folder")
    write(folder, 0)
    one_session(folder, "m2", 1)
    return folder


@pytest.fixture(scope="module")
def dandiset(folder):
    """The address of the dandiset to which the folder was uploaded."""
    with local_archive() as archive, pytest.MonkeyPatch.context() as environment:
        environment.setenv(key_variable(archive.address), archive.key)
        environment.setenv("DANDI_INSTANCE", archive.address)
        environment.setenv("no_proxy", "127.0.0.1")
        number = archive.init(folder)
        plan(folder, jobs=1)
        upload(folder)
        yield f"dandi://{number}"


@pytest.fixture
def copy(folder, tmp_path):
    return copytree(folder, tmp_path / "copy")


def test_what_was_uploaded_is_equal(folder, dandiset):
    comparison = nwbgate.diff(folder, dandiset)
    assert comparison.equal
    assert len(comparison.pairs) == 2
    assert nwbgate.diff(dandiset, f"{dandiset}@draft").equal


def test_a_changed_a_renamed_and_a_lost_file_are_seen(copy, dandiset):
    first, second = sorted(copy.rglob("*.nwb"))
    edit(first, lambda opened: set_text(opened, "general/notes", "more"))
    first.rename(copy / "renamed.nwb")
    second.unlink()
    pairs = nwbgate.diff(copy, dandiset).pairs
    assert [(bool(pair.first), bool(pair.second)) for pair in pairs] == [(True, True), (False, True)]
    assert [difference.path for difference in pairs[0].differences] == ["/general/notes"]


def test_a_file_is_compared_with_the_one_that_an_address_means(copy, dandiset):
    path = sorted(copy.rglob("*.nwb"))[0]
    address = f"{dandiset}/{path.relative_to(copy).as_posix()}"
    assert main(["diff", str(path), address]) == 0
    edit(path, lambda opened: set_text(opened, "general/notes", "more"))
    assert main(["diff", str(path), address]) == 1


def test_a_file_is_not_compared_with_a_dandiset(folder, dandiset):
    with pytest.raises(UsageError, match="a file and a folder cannot be compared"):
        nwbgate.diff(next(folder.rglob("*.nwb")), dandiset)


def test_a_file_is_compared_with_one_on_a_server(folder):
    first, second = sorted(folder.rglob("*.nwb"))
    with serving(folder) as server:
        there = server.url(first.relative_to(folder).as_posix())
        assert nwbgate.diff(first, there).equal
        assert not nwbgate.diff(second, there).equal
