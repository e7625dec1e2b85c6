"""The skeleton is what PyNWB writes, errors name the dataset, and the large datasets are empty."""

import errno
import os

import h5py
import numpy as np
import pytest
from pynwb import TimeSeries

from nwbgate.errors import WriteError
from nwbgate.writing.skeleton import write_skeleton
from support.made_nwbfiles import plain, rich


def skeleton_of(nwbfile, path):
    with h5py.File(path, "w") as file:
        return write_skeleton(nwbfile, file, path, spool=None)


def series(data, **timing):
    nwbfile = plain()
    nwbfile.add_acquisition(TimeSeries(name="a", data=data, unit="1", **(timing or {"rate": 1.0})))
    return nwbfile


def test_large_datasets_are_empty_and_small_ones_are_not(nwbfile, tmp_path):
    skeleton = skeleton_of(nwbfile, tmp_path / "a.nwb")
    deferred = [deferred.path for deferred in skeleton.deferred]
    assert "/acquisition/voltage/data" in deferred
    with h5py.File(tmp_path / "a.nwb") as file:
        assert [path for path in deferred if file[path].id.get_num_chunks()] == []
        assert all(file[small.path].chunks is None for small in skeleton.small)
        assert file["acquisition/flags/data"][()].tolist() == [True, False, True]


def test_every_dataset_is_in_one_list(nwbfile, tmp_path):
    skeleton = skeleton_of(nwbfile, tmp_path / "a.nwb")
    listed = [item.path for item in (*skeleton.deferred, *skeleton.small)] + [path for path, _ in skeleton.given]
    found = []
    with h5py.File(tmp_path / "a.nwb") as file:
        file.visititems(lambda name, item: found.append(f"/{name}") if isinstance(item, h5py.Dataset) else None)
    assert sorted(listed) == sorted(name for name in found if not name.startswith("/specifications"))


def test_shared_timestamps_are_a_link(nwbfile, tmp_path):
    skeleton_of(nwbfile, tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb") as file:
        link = file["acquisition/current"].get("timestamps", getlink=True)
        assert link.path == "/acquisition/voltage/timestamps"


def test_an_error_names_the_dataset(tmp_path):
    with pytest.raises(WriteError, match="PyNWB cannot write") as caught:
        skeleton_of(series([1, "b"]), tmp_path / "a.nwb")
    assert caught.value.where == "/acquisition/a/data"
    assert "ValueError" in caught.value.got


def test_an_error_tells_its_causes(tmp_path):
    with pytest.raises(WriteError, match="PyNWB cannot write") as caught:
        skeleton_of(series(np.zeros(3, complex)), tmp_path / "a.nwb")
    assert "TimeSeries 'a', because ValueError: Complex numbers" in caught.value.got


def test_a_link_out_of_the_file_is_refused(tmp_path):
    nwbfile = series(np.zeros(100_000), timestamps=rich().acquisition["voltage"])
    with pytest.raises(WriteError, match="outside this file") as caught:
        skeleton_of(nwbfile, tmp_path / "a.nwb")
    assert caught.value.where == "/acquisition/a/timestamps"


def test_a_system_error_behind_an_error_of_hdmf_stays_one(tmp_path):
    class Failing(np.ndarray):
        def __getitem__(self, index):
            raise RuntimeError("Can't read (errno = 5, error message = 'Input/output error')")

    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        skeleton_of(series(np.zeros(100_000).view(Failing)), tmp_path / "a.nwb")
