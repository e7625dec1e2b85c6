"""Every difference between the file and what was given is found."""

import shutil
from copy import copy

import h5py
import numpy as np
import pytest
from hdmf.backends.hdf5 import H5DataIO
from hdmf.data_utils import DataChunkIterator
from pynwb import TimeSeries

from nwbgate.errors import VerificationError
from nwbgate.writing.fill import fill
from nwbgate.writing.skeleton import write_skeleton
from nwbgate.writing.verify import verify
from support.made_nwbfiles import plain, rich

NOISE = np.random.default_rng(0).normal(size=(30_000, 3))


class Written:
    """A file on disk with what it was made of."""

    def __init__(self, nwbfile, path, *, leave_out=""):
        self.path = path
        with h5py.File(path, "w") as file:
            self.skeleton = write_skeleton(nwbfile, file, path, spool=None)
            self.digests = {
                deferred.path: fill(file[deferred.path], deferred, None, 1, lambda: None)
                for deferred in self.skeleton.deferred
                if deferred.path != leave_out
            }

    def copied(self, path):
        other = copy(self)
        other.path = shutil.copyfile(self.path, path)
        return other

    def verify(self):
        verify(self.path, self.skeleton, self.digests, None)


@pytest.fixture(scope="module")
def intact(tmp_path_factory):
    """A written file, not to be changed."""
    return Written(rich(), tmp_path_factory.mktemp("intact") / "a.nwb")


@pytest.fixture
def written(intact, tmp_path):
    return intact.copied(tmp_path / "a.nwb")


def differs(written, name):
    with pytest.raises(VerificationError, match=r"differ from the given data|incomplete") as caught:
        written.verify()
    assert name in caught.value.where
    assert str(written.path) in caught.value.where


def test_an_intact_file_passes(written):
    written.verify()


def flip(path, name, chunk, byte):
    """Change one byte of one chunk as a failing disk would."""
    with h5py.File(path) as file:
        info = file[name].id.get_chunk_info(chunk)
    with path.open("r+b") as raw:
        raw.seek(info.byte_offset + byte)
        old = raw.read(1)[0]
        raw.seek(info.byte_offset + byte)
        raw.write(bytes([old ^ 1]))


@pytest.mark.parametrize("byte", [0, 100, 20_000])
@pytest.mark.parametrize("name", ["acquisition/voltage/data", "acquisition/voltage/timestamps", "units/spike_times"])
def test_a_flipped_byte_in_a_chunk_is_found(written, name, byte):
    flip(written.path, name, 0, byte)
    differs(written, name)


def test_a_dataset_that_was_not_filled_is_found(nwbfile, tmp_path):
    differs(Written(nwbfile, tmp_path / "a.nwb", leave_out="/acquisition/current/data"), "/acquisition/current/data")


def test_a_valid_chunk_with_other_numbers_is_found(written):
    with h5py.File(written.path, "r+") as file:
        file["acquisition/voltage/data"][7] += 1e-9
    differs(written, "acquisition/voltage/data")


def change(dataset):
    """Change one element of a dataset, whatever it holds."""
    value = dataset[()]
    if dataset.shape == ():
        dataset[()] = value + b"x" if isinstance(value, bytes) else dataset.file["/"].ref
    elif h5py.check_string_dtype(dataset.dtype):
        dataset[0] = b"x"
    elif h5py.check_ref_dtype(dataset.dtype):
        dataset[0] = dataset.file["/"].ref
    elif dataset.dtype.names:
        row = value[0].copy()
        first = dataset.dtype.names[0]
        row[first] += 1
        dataset[0] = row
    else:
        flat = value.reshape(-1)
        flat[0] = ~flat[0] if dataset.dtype.kind == "b" else flat[0] + 1
        dataset[()] = value


NAMES = [
    "session_description", "general/keywords", "general/experimenter", "acquisition/flags/data",
    "acquisition/video/external_file", "intervals/trials/stimulus", "intervals/trials/licks",
    "intervals/trials/licks_index", "intervals/trials/timeseries", "units/obs_intervals", "events/licks/timestamp",
    "processing/ophys/ImageSegmentation/pixels/pixel_mask", "processing/ophys/dff/rois", "scratch/numbers",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_change_of_any_small_dataset_is_found(written, name):
    with h5py.File(written.path, "r+") as file:
        change(file[name])
    differs(written, name)


def test_another_reference_in_a_compound_is_found(written):
    with h5py.File(written.path, "r+") as file:
        rows = file["intervals/trials/timeseries"]
        row = rows[0]
        row["timeseries"] = file["acquisition/voltage"].ref
        rows[0] = row
    differs(written, "intervals/trials/timeseries")


@pytest.mark.parametrize("name", ["general/keywords", "acquisition/flags/data", "intervals/trials/timeseries"])
def test_a_missing_element_or_dataset_is_found(written, name):
    with h5py.File(written.path, "r+") as file:
        shorter = file[name][:-1]
        dtype = file[name].dtype
        del file[name]
        file.create_dataset(name, data=shorter, dtype=dtype)
    differs(written, name)


@pytest.mark.parametrize("name", ["general/keywords", "acquisition/flags/data"])
def test_a_removed_dataset_is_found(written, name):
    with h5py.File(written.path, "r+") as file:
        del file[name]
    differs(written, name)


@pytest.mark.filterwarnings("ignore:lzf compression may not be available")
@pytest.mark.parametrize(
    "data",
    [
        lambda: H5DataIO(NOISE, compression="lzf"),
        lambda: H5DataIO(DataChunkIterator(data=iter(NOISE), buffer_size=1000), compression="lzf"),
        lambda: DataChunkIterator(data=iter(["a", "b", "c"]), buffer_size=2),
    ],
    ids=["array", "iterator", "texts"],
)
def test_a_change_of_what_hdf5_packed_is_found(tmp_path, data):
    nwbfile = plain()
    nwbfile.add_acquisition(TimeSeries(name="a", data=data(), rate=1.0, unit="1"))
    written = Written(nwbfile, tmp_path / "a.nwb")
    written.verify()
    with h5py.File(written.path, "r+") as file:
        change(file["acquisition/a/data"])
    differs(written, "acquisition/a/data")


def test_texts_copied_from_a_file_are_compared(nwbfile, tmp_path):
    from pynwb import NWBHDF5IO

    with NWBHDF5IO(tmp_path / "a.nwb", "w") as io:
        io.write(rich())
    with NWBHDF5IO(tmp_path / "a.nwb", "r") as io:
        written = Written(io.read(), tmp_path / "b.nwb")
        written.verify()
        with h5py.File(written.path, "r+") as file:
            change(file["intervals/trials/stimulus"])
        differs(written, "intervals/trials/stimulus")


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    with h5py.File(tmp_path / "source.h5", "w") as source:
        source["a"] = NOISE
        nwbfile = plain()
        link = H5DataIO(source["a"], link_data=True)
        nwbfile.add_acquisition(TimeSeries(name="a", data=link, rate=1.0, unit="1"))
        written = Written(nwbfile, tmp_path / "a.nwb")
        written.verify()
    (tmp_path / "source.h5").unlink()
    differs(written, "acquisition/a/data")


def test_chunks_that_only_our_own_reader_understands_are_found(tmp_path):
    """Chunks are shuffled, and the file says they are not: HDF5 would read other numbers."""
    nwbfile = plain()
    nwbfile.add_acquisition(TimeSeries(name="a", data=NOISE[:, 0], rate=1.0, unit="1"))
    written = Written(nwbfile, tmp_path / "a.nwb")
    (deferred,) = written.skeleton.deferred
    with h5py.File(written.path, "r+") as file:
        dataset = file[deferred.path]
        assert dataset.shuffle
        chunks = [dataset.id.get_chunk_info(number) for number in range(dataset.id.get_num_chunks())]
        streams = [(chunk.chunk_offset, dataset.id.read_direct_chunk(chunk.chunk_offset)[1]) for chunk in chunks]
        del file[deferred.path]
        other = file.create_dataset(
            deferred.path, deferred.source.shape, deferred.source.dtype, chunks=deferred.chunk, compression="gzip"
        )
        for corner, stream in streams:
            other.id.write_direct_chunk(corner, stream)
    differs(written, deferred.path)
