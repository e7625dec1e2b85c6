"""Open files are locked, renamed and removed, with and without POSIX."""

import errno
import os
from types import SimpleNamespace

import pytest

from nwbgate.storage.safe_files import locks
from nwbgate.storage.safe_files.locks import try_lock, with_open_file


@pytest.fixture
def two(tmp_path):
    """One file, opened twice."""
    path = tmp_path / "file"
    path.write_bytes(b"content")
    opened = [os.open(path, os.O_RDWR) for _ in range(2)]
    yield opened
    for descriptor in opened:
        os.close(descriptor)


def test_an_exclusive_lock_is_alone(two):
    assert try_lock(two[0], exclusive=True) is True
    assert try_lock(two[1], exclusive=False) is False


def test_shared_locks_are_shared(two):
    assert [try_lock(each, exclusive=False) for each in two] == [True, True]


def test_a_file_system_that_refuses_locks_has_none(two, monkeypatch):
    def refusing(descriptor, flags):
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(locks, "fcntl", SimpleNamespace(flock=refusing, LOCK_EX=2, LOCK_SH=1, LOCK_NB=4))
    assert try_lock(two[0], exclusive=True) is None


def test_windows_has_no_locks(two, monkeypatch):
    monkeypatch.setattr(locks, "fcntl", None)
    assert try_lock(two[0], exclusive=True) is None


def test_an_open_file_is_closed_only_where_it_must_be():
    done = []

    def refusing_once():
        done.append("act")
        if done == ["act"]:
            raise PermissionError

    with_open_file(refusing_once, lambda: done.append("close"))
    assert done == ["act", "close", "act"]
    with_open_file(lambda: done.append("again"), lambda: done.append("never"))
    assert done[3:] == ["again"]


def test_what_stays_refused_is_raised():
    def refusing():
        raise PermissionError(errno.EACCES, "no")

    with pytest.raises(PermissionError):
        with_open_file(refusing, lambda: None)
