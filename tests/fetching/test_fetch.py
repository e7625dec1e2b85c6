"""A release, or a part of it, is fetched from a server into AllenSDK's cache layout."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from nwbgate.errors import FetchError, TableError, UnreachableError, UsageError, WriteError
from nwbgate.fetching.copy import LAST_USED, RECORD, CopyState, LocalCopy
from nwbgate.fetching.download import part_of
from nwbgate.fetching.fetch import fetch, newest_manifest, order, refuse_small_disk
from nwbgate.fetching.release import load_release
from nwbgate.fetching.server import Server
from nwbgate.manifest.filters import Filters
from nwbgate.samples.visual_behavior import MANIFEST, NWB_FILES, make_release
from support.faulty_server import serving
from support.fetching_files import QUICK

RELEASE = load_release("visual-behavior")
NAME = MANIFEST.rpartition("/")[2]
FOLDER = "visual-behavior-ophys-1.1.0"
TRAINING = ("behavior_session_1900011401.nwb", "behavior_session_1900011501.nwb")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    make_release(folder)
    return folder


@pytest.fixture
def web(source, tmp_path):
    """The sample release on a server, of which a test may change what it likes."""
    shutil.copytree(source, tmp_path / "web")
    with serving(tmp_path / "web") as server:
        yield server


@pytest.fixture
def server(web):
    return Server(web.url, QUICK)


@pytest.fixture
def copy(tmp_path):
    return LocalCopy(tmp_path / "copy")


@pytest.fixture
def ordered(server, copy):
    """Order what fits some filters."""
    return lambda dry_run=False, version="", **filters: order(
        server, RELEASE, copy, Filters(**filters), version=version, dry_run=dry_run
    )


@pytest.fixture
def fetched(server, copy, ordered):
    """Fetch what fits some filters, and return what became of each file."""

    def fetched(**filters):
        ended = fetch(server, copy, ordered(**filters), lambda count: None)
        return {one.file.path.name: error for one, error in ended}

    return fetched


def names(wanted):
    return [one.file.path.name for one in wanted.files]


def edit_manifest(web, change):
    path = web.folder / MANIFEST
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def test_the_copy_is_laid_out_as_allensdks_cache(fetched, copy, source):
    assert fetched(mouse=["453988"]) == dict.fromkeys(["behavior_ophys_experiment_1900011210.nwb", *TRAINING])
    assert (copy.folder / LAST_USED).read_text() == NAME
    assert (copy.folder / NAME).read_bytes() == (source / MANIFEST).read_bytes()
    files = [path for path in (copy.folder / FOLDER).rglob("*") if path.is_file()]
    assert len(files) == 4 + 3
    noted = json.loads((copy.folder / RECORD).read_text())
    assert noted == {str(path): hashlib.blake2b(path.read_bytes()).hexdigest() for path in files}
    same = source / "visual-behavior-ophys"
    assert all(path.read_bytes() == (same / path.relative_to(copy.folder / FOLDER)).read_bytes() for path in files)


def test_what_is_there_and_right_is_not_fetched_again(fetched, web):
    fetched(sessions=["1900011401", "1900011501"])
    web.requests.clear()
    assert fetched(sessions=["1900011401", "1900011501"]) == {}
    assert not [path for _, path, _ in web.requests if path.endswith((".nwb", ".csv"))]


def test_what_is_there_and_cut_off_is_completed(fetched, copy, web):
    fetched(sessions=["1900011401"])
    path = copy.folder / FOLDER / "behavior_sessions" / TRAINING[0]
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    web.requests.clear()
    assert fetched(sessions=["1900011401"]) == {TRAINING[0]: None}
    assert path.read_bytes() == whole
    assert web.gets(TRAINING[0]) == ["bytes=1000-"]


@pytest.mark.parametrize("damage", [lambda whole: b"x" + whole[1:], lambda whole: whole + b"x", lambda whole: b"x"])
def test_what_is_there_and_wrong_is_replaced(fetched, copy, damage):
    fetched(sessions=["1900011401"])
    path = copy.folder / FOLDER / "behavior_sessions" / TRAINING[0]
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert fetched(sessions=["1900011401"]) == {TRAINING[0]: None}
    assert path.read_bytes() == whole


def test_a_link_to_another_release_is_verified_through_and_never_written_through(fetched, copy, tmp_path):
    fetched(sessions=["1900011401"])
    path = copy.folder / FOLDER / "behavior_sessions" / TRAINING[0]
    other = tmp_path / "other.nwb"
    path.rename(other)
    path.symlink_to(other)
    assert fetched(sessions=["1900011401"]) == {}
    other.write_bytes(b"other")
    assert fetched(sessions=["1900011401"]) == {TRAINING[0]: None}
    assert other.read_bytes() == b"other"
    assert not path.is_symlink()


def test_one_file_that_fails_does_not_stop_the_others(fetched, web):
    (web.folder / "visual-behavior-ophys" / "behavior_sessions" / TRAINING[0]).unlink()
    ended = fetched(mouse=["453988"])
    assert [name for name, error in ended.items() if error] == [TRAINING[0]]
    assert len(ended) == 3


def test_a_server_that_is_gone_stops_the_rest(server, copy, ordered, web):
    wanted = ordered(mouse=["453988"])
    web.faults[TRAINING[0]] = ["busy"] * QUICK.tries
    ended = fetch(server, copy, wanted, lambda count: None)
    with pytest.raises(UnreachableError):
        list(ended)


def test_a_dry_run_writes_nothing_and_knows_the_sizes(ordered, copy, web):
    wanted = ordered(dry_run=True)
    assert not copy.folder.exists()
    assert wanted.size == sum((web.folder / "visual-behavior-ophys" / name).stat().st_size for name in NWB_FILES)
    assert not [path for method, path, _ in web.requests if method == "GET" and path.endswith(".nwb")]


def test_a_dry_run_uses_the_tables_that_are_there(ordered, fetched, copy, web):
    fetched(sessions=["1900011401"])
    web.requests.clear()
    before = sorted(copy.folder.rglob("*"))
    wanted = ordered(dry_run=True, mouse=["453988"])
    assert [one.state for one in wanted.files] == [CopyState.WHOLE, CopyState.MISSING, CopyState.MISSING]
    assert not web.gets(".csv")
    assert sorted(copy.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("filters", "chosen"),
    [
        ({}, {1010, 1012, 1210, 1401, 1501}),
        ({"sessions": ["1900011001"]}, {1010, 1012}),
        ({"sessions": ["1900011002"]}, {1010, 1012}),  # the same session by its number of imaging
        ({"sessions": ["1900011401", "1900011201"]}, {1210, 1401}),
        ({"mouse": ["457841"]}, {1010, 1012}),
        ({"mouse": ["457841", "453988"]}, {1010, 1012, 1210, 1401, 1501}),
        ({"project_code": ["VisualBehavior"]}, {1210}),
        ({"project_code": ["VisualBehavior", "VisualBehaviorMultiscope"]}, {1010, 1012, 1210}),
        ({"where": "age_in_days < 150"}, {1401, 1501}),
        ({"where": "session_type.str.startswith('OPHYS')", "mouse": ["453988"]}, {1210}),
    ],
)
def test_filters_choose_sessions_and_sessions_have_files(ordered, filters, chosen):
    assert {int(name[-8:-4]) for name in names(ordered(dry_run=True, **filters))} == chosen


@pytest.mark.parametrize(
    ("filters", "what"),
    [
        ({"sessions": ["1900011001", "17"]}, "no session '17'"),
        ({"sessions": [str(number) for number in range(9)]}, "and 4 more"),
        ({"sessions": ["x"]}, "no session 'x'"),
        ({"mouse": ["17"]}, "no mouse_id '17'"),
        ({"project_code": ["Visual"]}, "no project_code 'Visual'"),
        ({"where": "age_in_days > 1000"}, "no session matches the filters"),
        ({"where": "age > 1"}, "invalid query"),
        ({"where": "age_in_days >"}, "invalid query"),
        ({"where": "1"}, "invalid query"),
        ({"where": "@open('x')"}, "invalid query"),
        ({"where": "age_in_days / 'x'"}, "invalid query"),
    ],
)
def test_filters_that_choose_nothing_are_refused(ordered, filters, what):
    with pytest.raises(UsageError, match=what) as raised:
        ordered(dry_run=True, **filters)
    assert raised.value.exit_code == 2


def test_a_table_that_names_an_unknown_file_is_refused(ordered, web):
    edit_manifest(web, lambda data: data["data_files"].pop("3"))
    with pytest.raises(FetchError, match="not in the manifest"):
        ordered(sessions=["1900011401"])


def with_table(web, change):
    """Change the table of sessions on the server, and its hash in the manifest."""
    path = web.folder / "visual-behavior-ophys" / "project_metadata" / "behavior_session_table.csv"
    path.write_text(change(path.read_text()))
    digest = hashlib.blake2b(path.read_bytes()).hexdigest()
    edit_manifest(web, lambda data: data["metadata_files"]["behavior_session_table"].update(file_hash=digest))


def test_a_table_without_the_column_that_names_files_is_refused(ordered, web):
    with_table(web, lambda text: text.replace("file_id", "number"))
    with pytest.raises(TableError, match="no file_id"):
        ordered()


def test_a_newer_table_replaces_an_older_one(fetched, ordered, web):
    fetched(sessions=["1900011401"])
    with_table(web, lambda text: text.replace("453988", "453989"))
    assert names(ordered(mouse=["453989"])) != []


def add_version(web, version):
    text = (web.folder / MANIFEST).read_text().replace("1.1.0", version)
    (web.folder / MANIFEST.replace("1.1.0", version)).write_text(text)


def test_the_newest_known_version_is_taken(server, web):
    for version in ("0.3.0", "1.0.1", "1.10.0", "1.9.0", "2.0.0"):
        add_version(web, version)
    assert newest_manifest(server, RELEASE).name.endswith("_v1.10.0.json")
    assert newest_manifest(server, RELEASE, "1.0.1").name.endswith("_v1.0.1.json")


def test_a_server_that_lists_nothing_is_asked_for_the_newest_known_version(server, web, monkeypatch):
    monkeypatch.setattr(
        "support.faulty_server.Handler.put_listing", lambda handler, folder, body: handler.send_error(403)
    )
    assert newest_manifest(server, RELEASE).name == NAME


def test_a_version_that_the_server_lacks_is_refused_with_those_that_it_has(server, web):
    add_version(web, "1.9.0")
    with pytest.raises(UsageError, match=r"does not have this version[\s\S]*one of 1\.1\.0, 1\.9\.0"):
        newest_manifest(server, RELEASE, "1.2.0")


def test_a_version_that_is_not_known_is_refused(server, web):
    add_version(web, "2.0.0")
    with pytest.raises(UsageError, match="unsupported version"):
        newest_manifest(server, RELEASE, "2.0.0")
    (web.folder / MANIFEST).unlink()
    with pytest.raises(FetchError, match="no supported version"):
        newest_manifest(server, RELEASE)


def test_a_disk_without_room_is_said_before_anything_is_fetched(ordered, copy, monkeypatch):
    wanted = ordered(sessions=["1900011401"])
    refuse_small_disk(copy, wanted)
    monkeypatch.setattr("nwbgate.fetching.fetch.shutil.disk_usage", lambda folder: shutil._ntuple_diskusage(1, 1, 0))
    with pytest.raises(WriteError, match="not enough disk space"):
        refuse_small_disk(copy, wanted)


def test_a_beginning_that_is_longer_than_what_is_there_is_kept(fetched, copy):
    fetched(sessions=["1900011401"])
    wanted = order_one(copy)
    path = copy.path(wanted)
    whole = path.read_bytes()
    part_of(path).write_bytes(whole[:2000])
    path.write_bytes(whole[:1000])
    copy.keep_beginning(wanted, len(whole))
    assert part_of(path).read_bytes() == whole[:2000]
    assert path.exists()


def order_one(copy):
    from nwbgate.fetching.manifest import parse_manifest
    from nwbgate.fetching.release import Version

    manifest = parse_manifest((copy.folder / NAME).read_bytes(), RELEASE, Version((1, 1, 0)))
    return next(file for file in manifest.files.values() if file.path.name == TRAINING[0])


@pytest.mark.parametrize("record", ["", "{", "[]", "null"])
def test_a_record_that_cannot_be_read_is_written_anew(fetched, copy, record):
    fetched(sessions=["1900011401"])
    (copy.folder / RECORD).write_text(record)
    fetched(sessions=["1900011401"])
    assert TRAINING[0] in (copy.folder / RECORD).read_text()


def test_a_record_on_a_failing_disk_is_not_begun_again(copy, monkeypatch):
    """What it says of other files would be lost."""

    def fail(path):
        raise OSError(5, "Input/output error", str(path))

    copy.folder.mkdir(exist_ok=True)
    (copy.folder / RECORD).write_text("{}")
    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(WriteError, match="cannot write the file"):
        copy.record()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="not a folder"):
        LocalCopy(tmp_path / "file")
