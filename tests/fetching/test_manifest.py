"""A manifest says where files are written, so it is judged before it is believed."""

import json
from pathlib import PurePosixPath

import pytest

from nwbgate.errors import FetchError
from nwbgate.fetching.manifest import parse_manifest
from nwbgate.fetching.release import Version, load_release
from nwbgate.samples.visual_behavior import MANIFEST, NWB_FILES, make_release

RELEASE, VERSION = load_release("visual-behavior"), Version((1, 1, 0))
BUCKET = "https://visual-behavior-ophys-data.s3.us-west-2.amazonaws.com"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    make_release(folder)
    return (folder / MANIFEST).read_bytes()


@pytest.fixture
def data(sound):
    return json.loads(sound)


def parsed(data):
    return parse_manifest(json.dumps(data).encode(), RELEASE, VERSION)


def test_files_and_tables_have_a_place_an_address_and_a_hash(data):
    manifest = parsed(data)
    file = manifest.files["0"]
    assert file.path == PurePosixPath("visual-behavior-ophys-1.1.0", NWB_FILES[0])
    assert file.address == f"visual-behavior-ophys/{NWB_FILES[0]}?versionId=sample"
    assert file.blake2b == data["data_files"]["0"]["file_hash"]
    assert set(manifest.tables) == set(data["metadata_files"])


def test_without_a_version_id_none_is_asked_for(data):
    data["data_files"]["0"]["version_id"] = None
    assert "?" not in parsed(data).files["0"].address


@pytest.mark.parametrize(
    "path",
    [
        "visual-behavior-ophys/../../etc/passwd",
        "visual-behavior-ophys/..",
        "visual-behavior-ophys/%2e%2e/%2e%2e/x.nwb",
        "visual-behavior-ophys/a%2f..%2f..%2fx.nwb",
        "visual-behavior-ophys//etc/passwd",
        "visual-behavior-ophys/.bashrc",
        "visual-behavior-ophys/./x.nwb",
        "visual-behavior-ophys/a\\..\\x.nwb",
        "visual-behavior-ophys/C:x.nwb",
        "visual-behavior-ophys/x%00.nwb",
        "visual-behavior-ophys/x%0a.nwb",
        "visual-behavior-ophys/folder/",
        "visual-behavior-ophys",
        "another-project/x.nwb",
        "../visual-behavior-ophys/x.nwb",
        "",
        "visual-behavior-ophys/" + "x" * 2000,
    ],
)
@pytest.mark.parametrize("part", ["data_files", "metadata_files"])
def test_a_path_that_leads_elsewhere_is_refused(data, part, path):
    next(iter(data[part].values()))["url"] = f"{BUCKET}/{path}"
    with pytest.raises(FetchError, match="points outside the release") as raised:
        parsed(data)
    assert part in raised.value.where


def test_two_entries_of_one_path_are_refused_also_where_capitals_do_not_matter(data):
    first, second = data["data_files"]["0"], data["data_files"]["1"]
    second["url"] = first["url"].replace(".nwb", ".NWB")
    with pytest.raises(FetchError, match="two entries"):
        parsed(data)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda data: data.update(project_name="else"), "something else"),
        (lambda data: data.update(manifest_version="1.0.0"), "something else"),
        (lambda data: data.update(manifest_version="../x"), "something else"),
        (lambda data: data.pop("data_files"), "no data_files"),
        (lambda data: data.update(data_files={}), "no data_files"),
        (lambda data: data.update(metadata_files=[]), "no metadata_files"),
        (lambda data: data["data_files"].update({"0": "x"}), "lacks url"),
        (lambda data: data["data_files"]["0"].pop("url"), "lacks url"),
        (lambda data: data["data_files"]["0"].update(version_id=1), "lacks url"),
        (lambda data: data["data_files"]["0"].update(file_hash=None), "lacks url"),
        (lambda data: data["data_files"]["0"].update(file_hash="ab"), "invalid BLAKE2b hash"),
    ],
)
def test_a_manifest_that_is_not_one_is_refused(data, change, what):
    change(data)
    with pytest.raises(FetchError, match=what):
        parsed(data)


@pytest.mark.parametrize("content", [b"", b"{", b"<html>", b"[" * 100_000, b"\xff", b"[]", b"null"])
def test_what_is_no_json_object_is_refused(content):
    with pytest.raises(FetchError, match=r"not JSON|not a mapping"):
        parse_manifest(content, RELEASE, VERSION)
