"""Blocks of a file on a server: which are fetched together, ahead, and again; a real server on this machine."""

import subprocess
import sys

import h5py
import numpy as np
import pytest

import nwbgate
from nwbgate.storage.remote_files import ranges
from support.range_server import serving


@pytest.fixture
def server(tmp_path):
    with h5py.File(tmp_path / "long.nwb", "w") as file:
        file.attrs["neurodata_type"] = "NWBFile"
        file["data"] = np.arange(300_000)
    with serving(tmp_path) as server:
        yield server


@pytest.fixture
def data(server):
    """A dataset of 2.4 MB on the server, of which nothing was read yet."""
    return nwbgate.open(server.url("long.nwb")).file["data"]


def test_bytes_side_by_side_are_one_question(server, data):
    before = len(server.sent)
    np.testing.assert_array_equal(data[()], np.arange(300_000))
    assert len(server.sent) == before + 1
    np.testing.assert_array_equal(data[100_000:100_010], np.arange(100_000, 100_010))
    assert len(server.sent) == before + 1


def test_what_is_read_in_a_row_is_fetched_ahead(server, data):
    before = len(server.sent)
    parts = [data[start : start + 10_000] for start in range(0, 150_000, 10_000)]
    np.testing.assert_array_equal(np.concatenate(parts), np.arange(150_000))
    assert len(server.sent) - before <= 5
    assert sum(server.sent[before:]) <= 2 * 150_000 * 8 + 2 * ranges.BLOCK


def test_blocks_that_were_not_used_for_longest_are_forgotten(server, data, monkeypatch):
    monkeypatch.setattr(ranges, "KEPT", 2)
    for place in (100_000, 200_000, 290_000):
        assert data[place] == place
    before = len(server.sent)
    assert (data[290_001], len(server.sent)) == (290_001, before)
    assert (data[100_001], len(server.sent)) == (100_001, before + 1)


#: Something, PyNWB's objects for one, that Python does not give back at its end holds a file open.
LEFT_OPEN = """
import ctypes, sys, nwbgate
session = nwbgate.open(sys.argv[1])
ctypes.pythonapi.Py_IncRef(ctypes.py_object(session.file.id))"""


def test_a_program_that_leaves_a_file_open_ends_well(server):
    command = [sys.executable, "-c", LEFT_OPEN, server.url("long.nwb")]
    subprocess.run(command, check=True)
