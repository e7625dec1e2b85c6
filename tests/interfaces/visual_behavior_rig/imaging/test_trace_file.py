"""Trace files: rows by name, streamed, and refused where names and rows do not fit."""

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior_rig.imaging.trace_file import TraceFile
from support.development_data import shared

IDS = [30, 10, 20]
TRACES = np.arange(3 * 20_000, dtype=np.float32).reshape(3, 20_000)


def write(path, names=IDS, data=TRACES, **options):
    with h5py.File(path, "w") as file:
        file.create_dataset("data", data=data, **options)
        file["roi_names"] = names
        file["r"] = np.array([0.3, 0.1, 0.2])
    return path


@pytest.mark.parametrize("options", [{}, {"chunks": (1, 20_000), "compression": "gzip"}, {"chunks": (3, 100)}])
def test_traces_come_in_the_order_asked_for(tmp_path, options):
    traces = TraceFile(write(tmp_path / "a.h5", **options)).traces([10, 20, 30], np.float64)
    assert traces.shape == (20_000, 3)
    expected = TRACES[[1, 2, 0]].T.astype(np.float64)
    np.testing.assert_array_equal(traces[:, :], expected)
    blocks = [traces[start : start + 6000, :] for start in range(0, 20_000, 6000)]
    np.testing.assert_array_equal(np.concatenate(blocks), expected)
    np.testing.assert_array_equal(traces[5:9, 1:], expected[5:9, 1:])
    np.testing.assert_array_equal(traces[7], expected[7])


def test_names_may_be_texts_of_digits(tmp_path):
    file = TraceFile(write(tmp_path / "a.h5", names=np.array([b"30", b"10", b"20"])))
    np.testing.assert_array_equal(file.values("r", [10, 20, 30]), [0.1, 0.2, 0.3])


def test_a_region_without_a_row_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"(?s)lacks regions of interest.*no 40"):
        TraceFile(write(tmp_path / "a.h5")).traces([10, 40])


def test_a_row_without_a_region_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"(?s)that the cell table lacks.*got: 20, 30"):
        TraceFile(write(tmp_path / "a.h5")).refuse_other_rois([10])


@pytest.mark.parametrize(
    ("names", "data", "what"),
    [
        ([1, 1, 2], TRACES, "two rows are of one region of interest"),
        ([1, 2], TRACES, "other names than rows"),
        ([1.0, 2.0, 3.0], TRACES, "names of regions of interest are not numbers"),
        ([b"a", b"b", b"c"], TRACES, "names of regions of interest are not numbers"),
        (IDS, TRACES[0], "traces are not rows of numbers"),
        (IDS, TRACES.astype(np.int64), "traces are not rows of numbers"),
    ],
)
def test_unsound_files_are_refused(tmp_path, names, data, what):
    with pytest.raises(SourceError, match=what):
        TraceFile(write(tmp_path / "a.h5", names=names, data=data))


def test_values_of_another_number_are_refused(tmp_path):
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        file["RMSE"] = [1.0]
    with pytest.raises(SourceError, match="RMSE is not a number for each region"):
        TraceFile(path).values("RMSE", IDS)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        TraceFile(tmp_path / "a.h5")


def test_a_link_to_another_file_is_refused(tmp_path):
    write(tmp_path / "a.h5")
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["data"] = h5py.ExternalLink("a.h5", "/data")
    with pytest.raises(SourceError, match="leads to other files"):
        TraceFile(tmp_path / "b.h5")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("dff_missing_roi.h5", "lacks regions of interest"),
        ("dff_names_text.h5", "names of regions of interest are not numbers"),
        ("dff_shape.h5", "other names than rows"),
    ],
)
def test_bad_trace_files_of_the_development_data(name, what):
    with pytest.raises(SourceError, match=what):
        TraceFile(shared("rig_sources", "bad", name)).rows([1, 2])
