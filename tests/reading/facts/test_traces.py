"""Traces as numbers about each, read in blocks."""

import h5py
import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.facts.frames import session_frames
from nwbgate.reading.facts.traces import blocks, partners
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
    import shutil

    path = shutil.copy(ACTIVE, tmp_path / "copy.nwb")
    with h5py.File(path, "r+") as file:
        file[DFF][10:15, 0] = np.nan
        file[DFF][:, 1] = 2.0
        file[DFF][:, 4] = file[DFF][:, 3]
    columns = session_frames(path, ["trace_columns"])["trace_columns"].query("table == 'dff_traces'")
    assert columns["n_nan"].tolist() == [5, 0, 0, 0, 0]
    assert columns["is_constant"].tolist() == [False, True, False, False, False]
    assert columns["digest"].duplicated().tolist() == [False] * 4 + [True]


def test_a_dff_trace_moves_with_its_own_fluorescence():
    found = session_frames(ACTIVE, ["trace_partners"])["trace_partners"]
    assert (found["own"] > 0.99).all()
    assert (found["best_cell_roi_id"] == found["cell_roi_id"]).all()


@pytest.fixture
def traces(tmp_path):
    with h5py.File(tmp_path / "traces.h5", "w") as file:
        yield file


def rois(path: str, ids: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"path": path, "column": range(len(ids)), "cell_roi_id": pd.array(ids, dtype="Int64")})


def test_traces_of_different_length_are_not_compared(traces):
    traces["a/data"], traces["b/data"] = np.zeros((10, 1)), np.zeros((9, 1))
    assert partners(traces, rois("a", [1]), rois("b", [1]), "plane").empty
    assert partners(traces, rois("a", [1]), rois("b", []), "plane").empty


def test_an_roi_without_fluorescence_has_no_own(traces):
    noise = np.random.default_rng(0).normal(size=(100, 2))
    traces["a/data"], traces["b/data"] = noise, noise
    found = partners(traces, rois("a", [1, 9]), rois("b", [1, 2]), "plane")
    assert found["own"].isna().tolist() == [False, True]
    assert found["best_cell_roi_id"].tolist() == [1, 2]


def test_a_flat_trace_moves_with_nothing(traces):
    noise = np.random.default_rng(0).normal(size=(100, 1))
    traces["a/data"], traces["b/data"] = np.zeros((100, 1)), noise
    assert partners(traces, rois("a", [1]), rois("b", [1]), "plane")["own"].tolist() == [0.0]
