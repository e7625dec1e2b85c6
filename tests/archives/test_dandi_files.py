"""A ``dandi://`` address means the NWB files of a version, by folder or pattern, private ones for their owners."""

from dataclasses import replace

import pytest

from nwbgate import Project, check
from nwbgate.archives.client import key_variable
from nwbgate.archives.dandi_files import DandiAddress, dandi_files
from nwbgate.cli import main
from nwbgate.dandi import plan, upload
from nwbgate.errors import FetchError, UsageError
from support.archive_access import local_archive
from support.made_nwb_files import write
from support.published_folders import one_session


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("dandi://000711", ("dandi", "000711", None, "")),
        ("dandi://000711@draft/sub-m1/*.nwb", ("dandi", "000711", "draft", "sub-m1/*.nwb")),
        ("dandi://ember-dandi/000711@0.240101.1200", ("ember-dandi", "000711", "0.240101.1200", "")),
    ],
)
def test_an_address_has_parts(address, parts, monkeypatch):
    monkeypatch.delenv("DANDI_INSTANCE", raising=False)
    found = DandiAddress.parse(address)
    assert (found.instance, found.number, found.version, found.glob) == parts


@pytest.mark.parametrize("address", ["dandi://711", "dandi://", "dandi://000711@a b", "dandi://x/y/000711"])
def test_other_forms_are_refused(address):
    with pytest.raises(UsageError, match="invalid address of a dandiset"):
        DandiAddress.parse(address)


@pytest.fixture(scope="module")
def local():
    """An archive with the key of its user, which dandi:// means."""
    with local_archive() as found, pytest.MonkeyPatch.context() as environment:
        environment.setenv(key_variable(found.address), found.key)
        environment.setenv("DANDI_INSTANCE", found.address)
        environment.setenv("no_proxy", "127.0.0.1")
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("folder")
    write(folder, 0)
    one_session(folder, "m2", 1)
    return folder


@pytest.fixture(scope="module")
def number(local, folder):
    number = local.init(folder)
    plan(folder, jobs=1)
    upload(folder)
    return number


@pytest.mark.parametrize(("glob", "count"), [("", 2), ("/sub-m2", 1), ("/sub-*/*_ses-s0_*.nwb", 1), ("/sub-m1/", 1)])
def test_files_are_those_of_the_pattern(number, glob, count):
    assert len(dandi_files(f"dandi://{number}{glob}")) == count


def test_a_pattern_that_fits_nothing_is_refused(number):
    with pytest.raises(UsageError, match="means no NWB file") as refused:
        dandi_files(f"dandi://{number}/sub-m3")
    assert refused.value.got == "2 files in version draft"


def test_a_version_or_dandiset_that_does_not_exist_is_named(number):
    with pytest.raises(FetchError, match="does not have this"):
        dandi_files(f"dandi://{number}@0.111111.1111")
    with pytest.raises(FetchError, match="does not have this"):
        dandi_files("dandi://999999")


def test_a_check_of_a_dandiset_finds_what_a_check_of_the_folder_finds(number, folder):
    here, there = check(folder, jobs=1), check(f"dandi://{number}", jobs=1)
    assert [each.code for each in there.records] == [each.code for each in here.records]
    assert {*there.passed} == {*here.passed}
    assert there.files[0] == f"dandi://{number}@draft/sub-m1/sub-m1_ses-s0_ecephys.nwb"


def test_the_bytes_are_announced_before_they_are_read(number, folder, capsys):
    size = sum(file.stat().st_size for file in folder.rglob("*.nwb"))
    assert main(["check", f"dandi://{number}", "--jobs", "1", "--integrity", "--no-inspector"]) == 0
    assert f"2 files at addresses: reading all {size / 1e3:.1f} kB" in capsys.readouterr().err


def test_a_sample_is_the_same_for_the_same_seed(number, capsys):
    shown = []
    for _ in range(2):
        assert main(["facts", f"dandi://{number}", "--sample", "1", "--seed", "3", "--csv"]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert len(shown[0].splitlines()) == 2
    assert main(["facts", f"dandi://{number}", "--sample", "3"]) == 2
    assert "at most 2" in capsys.readouterr().err


def test_a_project_of_a_dandiset_opens_its_sessions(number):
    project = Project(f"dandi://{number}")
    assert [path.name for path in project.files.paths] == ["sub-m1_ses-s0_ecephys.nwb", "sub-m2_ses-s1_ecephys.nwb"]
    assert project.files.identity(project.files.paths[0]).session_id == "s0"


@pytest.fixture
def with_a_store(local, number):
    """The dandiset with an asset that is a Zarr store."""
    assets = local.server.state.dandisets[number].versions["draft"]
    one = next(iter(assets.values()))
    assets["store"] = replace(one, asset_id="store", path="sub-m3/sub-m3_ses-s2.nwb.zarr")
    yield f"dandi://{number}"
    del assets["store"]


def test_a_store_of_a_dandiset_is_named_as_not_judged(with_a_store, capsys):
    report = check(with_a_store, jobs=1, inspector=False)
    (left,) = [finding for finding in report.records if finding.code == "file.not_judged"]
    assert left.path.endswith("@draft/sub-m3/sub-m3_ses-s2.nwb.zarr")
    assert "download it" in left.message
    assert len(report.files) == 2
    assert main(["facts", with_a_store]) == 0
    assert "sub-m3_ses-s2.nwb.zarr: a Zarr store on a server" in capsys.readouterr().err


def test_a_dandiset_of_stores_alone_is_refused(with_a_store):
    with pytest.raises(UsageError, match="Zarr stores only"):
        check(f"{with_a_store}/sub-m3", jobs=1)


def test_a_draft_under_embargo_is_read_by_its_owner_only(local, folder, monkeypatch):
    number = local.new_dandiset(embargo=True)
    local.init(folder, number)
    upload(folder)
    (found, _) = dandi_files(f"dandi://{number}")
    assert "X-Amz-Signature" in found.url
    report = check(f"dandi://{number}/sub-m1", jobs=1)
    assert "X-Amz" not in repr(report.records) + repr(report.files)
    monkeypatch.setenv(key_variable(local.address), "another-key")
    with pytest.raises(FetchError, match="no right"):
        dandi_files(f"dandi://{number}")
