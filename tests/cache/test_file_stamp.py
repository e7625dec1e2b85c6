"""A stamp differs after every change, also after one that hides."""

import os
import time

import pytest

from nwbgate.cache import file_stamp
from nwbgate.cache.file_stamp import FileStamp


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.nwb"
    path.write_bytes(b"one")
    return path


def test_an_unchanged_file_has_the_same_stamp(file):
    assert FileStamp.of(file) == FileStamp.of(file)


def test_a_file_that_is_not_there_has_none(tmp_path):
    assert FileStamp.of(tmp_path / "none.nwb") is None
    assert FileStamp.of(tmp_path) is None  # what is inside may change without it


def test_a_change_with_size_and_time_kept_is_noticed(file):
    before, times = FileStamp.of(file), file.stat()
    time.sleep(0.02)  # the clock of the file system goes in steps of some milliseconds
    file.write_bytes(b"two")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = FileStamp.of(file)
    assert (after.size, after.modified, after.inode) == (before.size, before.modified, before.inode)
    assert after != before


def test_a_file_changed_just_now_is_not_settled(file, monkeypatch):
    assert not FileStamp.of(file).is_settled
    monkeypatch.setattr(file_stamp, "GRANULARITY", 0)
    time.sleep(0.02)
    assert FileStamp.of(file).is_settled
