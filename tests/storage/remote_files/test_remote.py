"""Files on a server: what is moved, and what is said when it goes wrong; a real server on this machine."""

import gc
import pickle
from itertools import repeat
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

import nwbgate
from nwbgate.errors import MissingExtraError, NwbgateError, OutsideError, SourceError, UsageError
from nwbgate.reading.nwb_data import NWBData
from nwbgate.storage.remote_files import ranges
from support.converted_sessions import converted_release, session_files
from support.places import TESTS
from support.range_server import serving

RELEASED = TESTS / "data" / "visual_behavior_release" / "behavior_ophys_experiment_1900011010.nwb"
#: Size of a session of the release, bytes.
LARGE = 900_000_000
#: Groups that are taken apart to put room between what they hold.
TAKEN_APART = ("intervals", "processing", "behavior", "ophys", "general", "stimulus", "acquisition")
#: Files that lack a place of the session, by name.
LACKING = {"no_column.nwb": "intervals/trials/hit", "generic.nwb": "processing"}


def spread(source: Path, target: Path) -> Path:
    """Copy a file with room between its objects, as traces leave it in a large one; the room takes no disk."""
    with h5py.File(source) as file, h5py.File(target, "w") as copy:
        _spread(file, copy, copy)
    return target


def _spread(group: h5py.Group, into: h5py.Group, copy: h5py.File) -> None:
    for key, value in group.attrs.items():
        into.attrs[key] = value
    for name, item in group.items():
        if isinstance(item, h5py.Group) and len(item) and name in TAKEN_APART:
            _spread(item, into.create_group(name), copy)
        elif not isinstance(group.get(name, getlink=True), h5py.SoftLink):
            _room(copy, LARGE // 40)
            group.copy(name, into, name=name)


def _room(copy: h5py.File, size: int) -> None:
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    plan.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    name = f"room_{len(copy)}_{copy.id.get_filesize()}".encode()
    h5py.h5d.create(copy.id, name, h5py.h5t.STD_U8LE, h5py.h5s.create_simple((size,)), plan)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that is served: a session in both layouts, large, and what is none."""
    folder = tmp_path_factory.mktemp("served")
    converted = session_files(converted_release(tmp_path_factory.getbasetemp()))["1900011001"]
    spread(converted, folder / "standard.nwb")
    spread(RELEASED, folder / "released.nwb")
    (folder / "whole.nwb").write_bytes(converted.read_bytes())
    (folder / "cut.nwb").write_bytes(converted.read_bytes()[: converted.stat().st_size // 2])
    (folder / "empty.nwb").write_bytes(b"")
    (folder / "page.nwb").write_text("<html>please log in</html>" * 1000)
    with h5py.File(folder / "plain.nwb", "w") as file:
        file["data"] = np.arange(3)
    for name, lost in LACKING.items():
        (folder / name).write_bytes(converted.read_bytes())
        with h5py.File(folder / name, "r+") as file:
            del file[lost]
    return folder


@pytest.fixture
def server(folder):
    with serving(folder) as server:
        yield server


@pytest.mark.parametrize("layout", ["standard", "released"])
def test_a_table_moves_little_of_a_large_file(server, folder, layout):
    name = f"{layout}.nwb"
    assert (folder / name).stat().st_size > 0.8 * LARGE
    with nwbgate.open(server.url(name)) as session:
        trials = session.trials
        assert sum(server.sent) < 0.03 * LARGE
        assert session.layout == layout
    pd.testing.assert_frame_equal(trials, nwbgate.open(folder / name).trials)


def lead_out(folder, name, **storage):
    """A file whose speed lies in another file of this computer."""
    (folder / name).write_bytes((folder / "whole.nwb").read_bytes())
    with h5py.File(folder / name, "r+") as file:
        series = next(group for group in file["acquisition"].values() if "data" in group)
        attributes = dict(series["data"].attrs)
        del series["data"]
        if storage:
            data = series.create_dataset("data", (4,), "f8", **storage)
        else:
            layout = h5py.VirtualLayout((4,), "f8")
            layout[:] = h5py.VirtualSource("private.h5", "data", (4,))
            data = series.create_virtual_dataset("data", layout)
        data.attrs.update(attributes)


@pytest.mark.parametrize("storage", [{}, {"external": [("/etc/hostname", 0, 32)]}], ids=["virtual", "external"])
def test_a_file_that_leads_to_files_of_this_computer_is_refused_as_on_the_disk(server, folder, storage):
    lead_out(folder, "leads_out.nwb", **storage)
    for place in (folder / "leads_out.nwb", server.url("leads_out.nwb")):
        with pytest.raises(OutsideError, match="leads to other files"):
            nwbgate.open(place)
        records = nwbgate.check(place, jobs=1, inspector=False).records
        assert [finding.code for finding in records if finding.code.startswith("file.")] == ["file.leads_outside"]


def test_what_was_moved_is_not_asked_for_again(server):
    session = nwbgate.open(server.url("whole.nwb"))
    assert len(session.licks)
    before = len(server.sent)
    assert session.licks is session.licks
    assert session.layout
    assert len(server.sent) == before


def test_a_plane_is_read_from_a_server(server, folder):
    far, near = nwbgate.open(server.url("whole.nwb")), nwbgate.open(folder / "whole.nwb")
    for name, plane in near.planes.items():
        np.testing.assert_array_equal(far.planes[name].matrix("dff"), plane.matrix("dff"))


def test_the_address_is_what_it_is_shown_and_pickled_as(server):
    url = server.url("whole.nwb")
    session = nwbgate.open(url)
    assert (session.path, repr(session)) == (url, f"Session({url!r})")
    copy = pickle.loads(pickle.dumps(session))
    assert (type(copy), copy.path) == (type(session), url)


def refused(url: str, kind: type[NwbgateError]) -> NwbgateError:
    with pytest.raises(kind) as caught:
        nwbgate.open(url)
    assert caught.value.where == url
    assert caught.value.got
    assert caught.value.expected
    assert caught.value.fix
    return caught.value


def test_a_file_that_is_gone_is_said_to_be(server):
    assert "no such file" in refused(server.url("gone.nwb"), UsageError).what


def test_a_server_without_ranges_is_said_to_be_one(server):
    server.ranges = False
    assert "does not support ranges" in refused(server.url("whole.nwb"), SourceError).what


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.nwb", "no HDF5 signature"),
        ("cut.nwb", "truncated"),
        ("page.nwb", "no HDF5 signature"),
        ("plain.nwb", "no root attribute"),
    ],
)
def test_what_is_no_whole_nwb_file_is_refused(server, name, said):
    assert said in refused(server.url(name), SourceError).got


def test_a_truncated_file_is_not_blamed_on_the_way_there(server):
    error = refused(server.url("cut.nwb"), SourceError)
    assert "damaged or incomplete" in error.what
    assert "try again" not in error.fix


def test_a_server_that_is_not_there_is_said_not_to_be():
    assert "Connect" in refused("http://127.0.0.1:9/absent.nwb", SourceError).got


@pytest.mark.parametrize("url", ["http:///file.nwb", "https://127.0.0.1", "s3://bucket/", "http://[::1/file.nwb"])
def test_an_address_of_no_file_is_said_to_be_one(url):
    assert "invalid file address" in refused(url, UsageError).what


@pytest.mark.parametrize(
    ("status", "what"), [(401, "denies access"), (403, "denies access"), (410, "no such file"), (400, "cannot read")]
)
def test_what_a_server_says_is_said(server, status, what):
    server.refused = status
    assert what in refused(server.url("whole.nwb"), UsageError if status == 410 else SourceError).what


# A bad way there


@pytest.fixture
def hurried(monkeypatch):
    """Little patience; enough of it for the answers of a machine that has much else to do."""
    monkeypatch.setattr(ranges, "WAITS", (0.01, 0.01))
    monkeypatch.setattr(ranges, "SILENCE", 0.5)


@pytest.mark.parametrize("trouble", ["break", "busy", "silent"])
def test_a_server_is_asked_again(server, folder, hurried, trouble):
    session = nwbgate.open(server.url("standard.nwb"))
    server.trouble = iter([trouble])
    near = nwbgate.open(folder / "standard.nwb").stimulus_presentations
    pd.testing.assert_frame_equal(session.stimulus_presentations, near)
    assert not list(server.trouble)  # all of it was met


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("break", "payload is not completed"),
        ("busy", "503"),
        ("silent", "no answer within 0.5 s, 3 tries"),
        ("short", "the server sent 32768 bytes instead of 65536, from byte "),
    ],
)
def test_a_server_that_stays_bad_is_said_to(server, folder, hurried, trouble, said):
    url = server.url("standard.nwb")
    session = nwbgate.open(url)
    server.trouble = repeat(trouble)
    with pytest.raises(SourceError, match="cannot read") as caught:
        session.stimulus_presentations  # noqa: B018
    assert caught.value.where == url
    assert said in caught.value.got
    assert caught.value.fix == "try again; if it persists, download the file and open the copy"
    server.trouble = iter(())  # a session outlives it
    pd.testing.assert_frame_equal(
        session.stimulus_presentations, nwbgate.open(folder / "standard.nwb").stimulus_presentations
    )


@pytest.mark.parametrize(("trouble", "said"), [("break", "payload is not completed"), ("busy", "503")])
def test_a_server_that_is_bad_from_the_start_is_said_to_be(server, hurried, trouble, said):
    server.trouble = repeat(trouble)
    assert said in refused(server.url("whole.nwb"), SourceError).got


def test_a_damaged_plane_names_its_address(server, hurried):
    plane = next(iter(nwbgate.open(server.url("whole.nwb")).planes.values()))
    assert plane.name
    server.trouble = repeat("break")
    with pytest.raises(SourceError, match="cannot read") as caught:
        plane.matrix("dff")
    assert caught.value.where.startswith(server.url("whole.nwb"))
    assert "try again" in caught.value.fix


def test_python_collects_nothing_while_hdf5_waits_for_a_server(server, hurried):
    """An object of h5py that another thread collects needs the lock that the waiting one holds."""
    session = nwbgate.open(server.url("whole.nwb"))
    assert len(session.licks)
    server.trouble = repeat("break")
    with pytest.raises(SourceError):
        session.trials  # noqa: B018
    assert len(server.collecting) > 3
    assert not any(server.collecting)
    assert gc.isenabled()


# What a file lacks is said of it at its address, too


def test_a_table_that_lacks_a_column_names_the_address(server):
    url = server.url("no_column.nwb")
    with pytest.raises(SourceError, match="the table trials lacks columns") as caught:
        nwbgate.open(url).trials  # noqa: B018
    assert caught.value.where == f"{url} /intervals/trials"
    assert caught.value.got.startswith("no column hit; existing columns: ")


def test_any_nwb_file_has_its_tables_and_series_by_name(server, folder):
    far, near = nwbgate.open(server.url("generic.nwb")), nwbgate.open(folder / "generic.nwb")
    assert type(far) is NWBData
    pd.testing.assert_frame_equal(far.tables["intervals/trials"], near.tables["intervals/trials"])
    assert list(far.series) == list(near.series)
    for name in near.series:
        np.testing.assert_array_equal(far.series[name], near.series[name])
    with pytest.raises(UsageError, match="no table 'intervals/trial'") as caught:
        far.tables["intervals/trial"]
    assert caught.value.where == server.url("generic.nwb")
    assert caught.value.fix == "did you mean 'intervals/trials'?"


# Buckets


def test_a_public_bucket_is_read_without_a_name(server, folder, monkeypatch):
    pytest.importorskip("s3fs")
    (folder / "bucket").mkdir(exist_ok=True)
    (folder / "bucket" / "key.nwb").write_bytes((folder / "whole.nwb").read_bytes())
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url("").rstrip("/"))
    with nwbgate.open("s3://bucket/key.nwb") as session:
        assert len(session.trials)
    assert "no such file" in refused("s3://bucket/gone.nwb", UsageError).what


def test_a_bucket_that_refuses_all_is_said_to(server, monkeypatch):
    pytest.importorskip("s3fs").S3FileSystem.clear_instance_cache()  # it knows the server of another test
    server.refused = 403
    for name, value in {"ENDPOINT_URL": server.url(""), "EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", value.rstrip("/"))
    for name in ("CONFIG_FILE", "SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(f"AWS_{name}", "/nowhere")
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "PROFILE"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    assert "denies access to this file" in refused("s3://bucket/key.nwb", SourceError).what


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(MissingExtraError, match="fsspec") as caught:
        nwbgate.open("https://example.org/file.nwb")
    assert "nwbgate[remote]" in caught.value.fix
