"""Bytes of a file at any place, with and without `os.pread`."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from nwbgate.storage.chunks.raw_bytes import raw_bytes


@pytest.mark.parametrize("pread", [True, False])
def test_threads_read_what_they_ask_for(tmp_path, monkeypatch, pread):
    if not pread:
        monkeypatch.delattr(os, "pread")
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 40)
    starts = [(7 * number) % 256 for number in range(500)]
    with raw_bytes(path) as read, ThreadPoolExecutor(4) as pool:
        assert [*pool.map(lambda start: read(start, 1)[0], starts)] == starts
        assert read(10_230, 99) == bytes(range(246, 256))
