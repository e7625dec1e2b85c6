"""Traces as numbers about each, read in blocks."""

import shutil

import h5py
import numpy as np
import pytest

from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.facts.imaging.traces import blocks, longest_run, still_columns
from support.standard_session import ACTIVE

DFF = "processing/ophys/dff/traces/data"


@pytest.mark.parametrize("chunks", [None, (100, 2), (7, 5)])
def test_blocks_are_the_whole_and_no_chunk_is_cut(tmp_path, chunks):
    data = np.random.default_rng(0).normal(size=(600_000, 5)).astype(np.float32)
    with h5py.File(tmp_path / "traces.h5", "w") as file:
        dataset = file.create_dataset("data", data=data, chunks=chunks)
        found = list(blocks(dataset))
    assert len(found) > 1
    assert all(len(block) % (chunks[0] if chunks else 1) == 0 for block in found[:-1])
    assert max(block.nbytes for block in found) <= 8 * 2**20
    np.testing.assert_array_equal(np.concatenate(found), data.astype(np.float64))


def test_a_vector_is_one_column(tmp_path):
    with h5py.File(tmp_path / "trace.h5", "w") as file:
        (block,) = blocks(file.create_dataset("data", data=np.arange(4)))
    assert block.tolist() == [[0.0], [1.0], [2.0], [3.0]]


def test_every_trace_is_counted():
    columns = session_frames(ACTIVE, ["trace_columns"])["trace_columns"]
    assert columns.groupby("table").size().to_dict() == dict.fromkeys(
        ["corrected_fluorescence_traces", "demixed_traces", "dff_traces", "events", "neuropil_traces"], 5
    )
    assert not columns["n_nan"].any()
    assert not columns["is_constant"].any()
    assert columns.groupby("path")["digest"].nunique().eq(5).all()


def test_nan_flat_and_copied_traces_show(tmp_path):
    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        file[DFF][10:15, 0] = np.nan
        file[DFF][:, 1] = 2.0
        file[DFF][:, 4] = file[DFF][:, 3]
    columns = session_frames(path, ["trace_columns"])["trace_columns"].query("table == 'dff_traces'")
    assert columns["n_nan"].tolist() == [5, 0, 0, 0, 0]
    assert columns["is_constant"].tolist() == [False, True, False, False, False]
    assert columns["digest"].duplicated().tolist() == [False] * 4 + [True]


@pytest.mark.parametrize("start", [0, 1, 15, 16, 333])
def test_every_run_of_twenty_equal_samples_is_found(start):
    traces = np.random.default_rng(0).normal(size=(3, 400))
    traces[1, start : start + 20] = 0.25
    assert still_columns(traces).tolist() == [1]
    assert longest_run(traces[1]) == 20


def test_a_trace_shorter_than_a_run_is_not_still():
    assert still_columns(np.zeros((2, 3))).tolist() == []
    assert longest_run(np.zeros(1)) == 1


def test_a_run_and_the_extremes_of_a_trace_show(tmp_path):
    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        file[DFF][1000:1300, 2] = 0.0
        file[DFF][7, 3] = np.inf
    columns = session_frames(path, ["trace_columns"])["trace_columns"].query("table == 'dff_traces'")
    assert columns["longest_run"].tolist() == [1, 1, 300, 1, 1]
    assert columns["highest"].tolist()[3] == np.inf
    assert (columns["lowest"] < 0).all()
