"""A file arrives whole and right, or not at all, whatever the server does."""

import fcntl
import os

import pytest

from nwbgate.errors import FetchError, UnreachableError, WriteError
from nwbgate.fetching.content import Patience
from nwbgate.fetching.download import CONTENT_TRIES, download, part_of
from nwbgate.fetching.server import Server
from support.fetching_files import CONTENT, QUICK, remote, serving_one_file

HALF = len(CONTENT) // 2


@pytest.fixture
def web(tmp_path):
    with serving_one_file(tmp_path / "web") as web:
        yield web


@pytest.fixture
def server(web):
    return Server(web.url, QUICK)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "copy" / "file.bin"


@pytest.fixture
def get(server, target):
    """Download, and return how many bytes were reported."""

    def get(file=None, server=server):
        counts = []
        download(server, file or remote(), target, counts.append)
        return sum(counts)

    return get


def test_a_file_gets_its_name_when_it_is_whole(get, web, target):
    assert get() == len(CONTENT)
    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]
    assert web.gets("file.bin") == [""]


@pytest.mark.parametrize(
    ("faults", "asked"),
    [
        (["break_off"], ["", f"bytes={HALF}-"]),
        (["break_off", "break_off"], ["", f"bytes={HALF}-", f"bytes={HALF + HALF // 2}-"]),
        (["stall"], ["", f"bytes={HALF}-"]),
        (["drip"], ["", None]),
        (["busy", "mute", "break_off"], ["", "", "", f"bytes={HALF}-"]),
        (["break_off", "no_range"], ["", f"bytes={HALF}-"]),
        (["break_off", "other_range"], ["", f"bytes={HALF}-", f"bytes={HALF}-"]),
        (["break_off", "unsaid_range"], ["", f"bytes={HALF}-", f"bytes={HALF}-"]),
        (["too_long"], [""]),
        (["too_short"], ["", ""]),
        (["wrong_byte"], ["", ""]),
        (["break_off", "wrong_byte"], ["", f"bytes={HALF}-", ""]),
    ],
    ids=lambda given: " ".join(map(str, given)) or "whole",
)
def test_what_goes_wrong_is_mended(get, web, target, faults, asked):
    web.faults["file.bin"] = list(faults)
    assert get() == len(CONTENT)
    assert target.read_bytes() == CONTENT
    assert len(web.gets("file.bin")) == len(asked)
    assert [span for span, wanted in zip(web.gets("file.bin"), asked, strict=True) if wanted not in (None, span)] == []
    assert not part_of(target).exists()


def test_a_later_run_goes_on_where_an_earlier_one_ended(get, web, target):
    web.faults["file.bin"] = ["break_off", *["busy"] * (QUICK.tries - 1)]
    with pytest.raises(UnreachableError, match="503"):
        get()
    assert not target.exists()
    assert part_of(target).read_bytes() == CONTENT[:HALF]
    web.requests.clear()
    assert get() == len(CONTENT)
    assert web.gets("file.bin") == [f"bytes={HALF}-"]
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("left", [CONTENT[:1000] + b"x", CONTENT + b"more", b"y" * len(CONTENT)])
def test_a_wrong_beginning_is_not_built_upon(get, target, left):
    target.parent.mkdir()
    part_of(target).write_bytes(left)
    assert get() == len(CONTENT)
    assert target.read_bytes() == CONTENT


def test_a_whole_part_is_only_named(get, web, target):
    target.parent.mkdir()
    part_of(target).write_bytes(CONTENT)
    get()
    assert web.gets("file.bin") == []
    assert target.read_bytes() == CONTENT


def test_an_empty_file_is_a_file(get, web, target):
    (web.folder / "project" / "file.bin").write_bytes(b"")
    assert get(remote(b"")) == 0
    assert target.read_bytes() == b""


def test_what_stays_wrong_never_gets_the_name(get, web, target):
    target.parent.mkdir()
    target.write_bytes(b"what was there")
    web.faults["file.bin"] = ["wrong_byte"] * CONTENT_TRIES
    with pytest.raises(FetchError) as raised:
        get()
    assert raised.value.exit_code == 1
    assert remote().blake2b[:16] in raised.value.expected
    assert str(len(CONTENT)) in raised.value.got
    assert target.read_bytes() == b"what was there"
    assert not part_of(target).exists()


def test_a_server_that_never_gets_farther_is_given_up(get, web):
    nearly = QUICK.tries - 2
    web.faults["file.bin"] = ["break_off", *["busy"] * nearly, "break_off", *["busy"] * 20]
    with pytest.raises(UnreachableError) as raised:
        get()
    assert len(web.gets("file.bin")) == 1 + nearly + QUICK.tries, "new bytes bring new patience"
    assert "run the same command again" in raised.value.fix


def test_a_server_that_begins_anew_each_time_is_given_up(get, web):
    web.faults["file.bin"] = ["half"] * 20
    with pytest.raises(UnreachableError, match=f"{HALF} of {len(CONTENT)} bytes"):
        get()
    assert len(web.gets("file.bin")) == QUICK.tries


def test_a_file_that_is_not_there_is_said_at_once(get, web, target):
    web.faults["file.bin"] = ["gone"]
    with pytest.raises(FetchError, match="does not have") as raised:
        get()
    assert not isinstance(raised.value, UnreachableError)
    assert web.gets("file.bin") == [""]
    assert not target.exists()


def test_no_server_at_all_is_unreachable(get, web):
    nobody = Server("http://127.0.0.1:1", QUICK)
    with pytest.raises(UnreachableError, match=r"cannot be reached[\s\S]*refused[\s\S]*check the address"):
        get(server=nobody)


def test_two_processes_do_not_write_one_file(get, target):
    target.parent.mkdir()
    with part_of(target).open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        with pytest.raises(FetchError, match="another process"):
            get()


def test_a_part_that_is_a_link_is_not_followed(get, target, tmp_path):
    target.parent.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"mine")
    part_of(target).symlink_to(elsewhere)
    with pytest.raises(WriteError):
        get()
    assert elsewhere.read_bytes() == b"mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_is_said(get, target):
    target.parent.mkdir(mode=0o500)
    with pytest.raises(WriteError, match="permission"):
        get()


def test_a_folder_in_place_of_a_part_is_said(get, target):
    part_of(target).mkdir(parents=True)
    with pytest.raises(WriteError):
        get()


def test_waiting_grows_and_is_bounded(monkeypatch):
    waits = []
    monkeypatch.setattr("nwbgate.fetching.content.time.sleep", waits.append)
    patience = Patience(pause=1.0, longest_pause=5.0)
    for failures in (1, 2, 3, 4, 5):
        patience.wait(failures)
    assert waits == [1.0, 2.0, 4.0, 5.0, 5.0]
