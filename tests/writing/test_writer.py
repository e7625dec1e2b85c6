"""Any NWBFile comes out as PyNWB would have written it: same content, whole, verified, and nothing else left."""

import subprocess
import sys
import textwrap

import h5py
import numpy as np
import pynwb
import pytest
from hdmf.backends.hdf5 import H5DataIO
from hdmf.data_utils import DataChunkIterator
from neuroconv.tools.hdmf import SliceableDataChunkIterator
from pynwb import NWBHDF5IO, TimeSeries

import nwbgate
from nwbgate.errors import CheckError, UsageError, VerificationError, WriteError
from nwbgate.writing.writer import write_nwb
from support.contents import PASSING, contents
from support.made_nwbfiles import plain, rich
from support.places import TESTS

NOISE = np.random.default_rng(0).normal(size=(40_000, 5))


def series(data, **timing):
    """Return an NWBFile with one series."""
    nwbfile = plain()
    nwbfile.add_acquisition(TimeSeries(name="a", data=data, unit="1", **(timing or {"rate": 1.0})))
    return nwbfile


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def stored(path, name="acquisition/a/data"):
    with h5py.File(path) as file:
        return file[name][()]


def test_the_content_is_what_pynwb_writes(nwbfile, tmp_path):
    report = write_nwb(nwbfile, tmp_path / "ours.nwb")
    with NWBHDF5IO(tmp_path / "theirs.nwb", "w") as io:
        io.write(nwbfile)  # PyNWB can write it still: it is as it was
    assert contents(tmp_path / "ours.nwb") == contents(tmp_path / "theirs.nwb")
    assert pynwb.validate(path=tmp_path / "ours.nwb") == []
    assert report.bytes == (tmp_path / "ours.nwb").stat().st_size
    assert report.verified
    assert report.raw_bytes > report.bytes


def test_the_specifications_are_in_the_file(nwbfile, tmp_path):
    write_nwb(nwbfile, tmp_path / "ours.nwb")
    with NWBHDF5IO(tmp_path / "theirs.nwb", "w") as io:
        io.write(nwbfile)
    with h5py.File(tmp_path / "ours.nwb") as ours, h5py.File(tmp_path / "theirs.nwb") as theirs:
        names: list[str] = []
        theirs["specifications"].visit(names.append)
        assert [name for name in names if name not in ours["specifications"]] == []
        texts = [name for name in names if isinstance(theirs["specifications"][name], h5py.Dataset)]
        assert len(texts) > 10
        assert all(ours["specifications"][name][()] == theirs["specifications"][name][()] for name in texts)


def test_one_nwbfile_can_be_written_again_and_again(nwbfile, tmp_path):
    for name in ("a.nwb", "b.nwb"):
        write_nwb(nwbfile, tmp_path / name)
    assert contents(tmp_path / "a.nwb") == contents(tmp_path / "b.nwb")


def test_equal_sources_give_equal_content(tmp_path):
    write_nwb(rich(), tmp_path / "a.nwb", threads=1)
    write_nwb(rich(), tmp_path / "b.nwb", threads=3)
    assert contents(tmp_path / "a.nwb", without=PASSING) == contents(tmp_path / "b.nwb", without=PASSING)


def test_a_file_that_was_read_is_written_whole(nwbfile, tmp_path):
    write_nwb(nwbfile, tmp_path / "a.nwb")
    with NWBHDF5IO(tmp_path / "a.nwb", "r") as io:
        read = io.read()
        read.add_acquisition(TimeSeries(name="later", data=NOISE, rate=1.0, unit="1"))
        read.add_trial_column("answer", "added later", data=np.arange(30))
        write_nwb(read, tmp_path / "b.nwb")
    before, after = contents(tmp_path / "a.nwb"), contents(tmp_path / "b.nwb")
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed == {"intervals/trials@colnames"}
    assert np.array_equal(stored(tmp_path / "b.nwb", "acquisition/later/data"), NOISE)
    assert pynwb.validate(path=tmp_path / "b.nwb") == []


def test_a_file_that_was_read_can_replace_itself(nwbfile, tmp_path):
    path = tmp_path / "a.nwb"
    write_nwb(nwbfile, path)
    before = contents(path)
    with NWBHDF5IO(path, "r") as io:
        write_nwb(io.read(), path, overwrite=True)
    assert contents(path) == before


def test_data_of_a_closed_file_are_refused(nwbfile, tmp_path):
    write_nwb(nwbfile, tmp_path / "a.nwb")
    with NWBHDF5IO(tmp_path / "a.nwb", "r") as io:
        read = io.read()
    with pytest.raises(WriteError):
        write_nwb(read, tmp_path / "b.nwb")
    assert names(tmp_path) == ["a.nwb"]


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "u1", "i2", ">i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", ">f4", ">f8"]
)
def test_every_type_of_number_is_kept(tmp_path, dtype):
    data = np.random.default_rng(0).integers(0, 2, (600, 301)).astype(dtype)
    write_nwb(series(data), tmp_path / "a.nwb")
    found = stored(tmp_path / "a.nwb")
    assert found.dtype == np.dtype(dtype)
    assert np.array_equal(found, data)


def test_every_bit_is_kept(tmp_path):
    data = np.random.default_rng(0).integers(0, 2**64, 50_000, np.uint64).view("f8")
    data[:4] = [-0.0, np.inf, -np.inf, 5e-324]
    assert np.isnan(data).any()
    write_nwb(series(data), tmp_path / "a.nwb")
    assert stored(tmp_path / "a.nwb").tobytes() == data.tobytes()


@pytest.mark.parametrize("repeat", [1, 20_000], ids=["small", "large"])
def test_a_list_gets_a_type_that_holds_all_its_numbers(tmp_path, repeat):
    write_nwb(series([1, 2.7, 3.9] * repeat), tmp_path / "a.nwb")
    assert np.array_equal(stored(tmp_path / "a.nwb"), [1, 2.7, 3.9] * repeat)


@pytest.mark.parametrize("rows", [10, 40_000])
def test_lazy_sources_are_copied(tmp_path, rows):
    np.save(tmp_path / "a.npy", NOISE[:rows])
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset("a", data=NOISE[:rows], chunks=True, compression="lzf")
        sources = [
            np.load(tmp_path / "a.npy", mmap_mode="r"),
            dataset,
            SliceableDataChunkIterator(data=dataset, buffer_gb=0.0001, chunk_mb=0.05),
            DataChunkIterator(data=iter(NOISE[:rows]), buffer_size=1000),
            H5DataIO(DataChunkIterator(data=iter(NOISE[:rows]), buffer_size=1000), compression="gzip"),
        ]
        for number, source in enumerate(sources):
            path = tmp_path / f"{number}.nwb"
            write_nwb(series(source), path)
            with h5py.File(path) as written:
                assert written["acquisition/a"].get("data", getlink=True).__class__ is h5py.HardLink
            assert np.array_equal(stored(path), NOISE[:rows])
            assert pynwb.validate(path=path) == []
    assert not [name for name in names(tmp_path) if name.startswith(".")]


def test_a_lazy_source_gets_the_type_that_the_schema_asks_for(tmp_path):
    seconds = np.arange(40_000, dtype="f4")
    source = SliceableDataChunkIterator(data=seconds)
    write_nwb(series(NOISE[:, 0], timestamps=source), tmp_path / "a.nwb")
    found = stored(tmp_path / "a.nwb", "acquisition/a/timestamps")
    assert found.dtype == np.dtype("f8")
    assert np.array_equal(found, seconds)


@pytest.mark.filterwarnings("ignore:lzf compression may not be available")
@pytest.mark.parametrize(
    ("settings", "chunks", "compression"),
    [
        ({"chunks": (1000, 2)}, (1000, 2), "gzip"),
        ({"compression": True}, None, "gzip"),
        ({"compression": "gzip", "compression_opts": 9, "maxshape": (None, 5)}, None, "gzip"),
        ({"compression": "lzf", "chunks": (1000, 5)}, (1000, 5), "lzf"),
        ({"compression": "gzip", "fletcher32": True}, None, "gzip"),
    ],
)
def test_settings_of_the_caller_are_kept(tmp_path, settings, chunks, compression):
    wrapped = H5DataIO(NOISE, **settings)
    before = dict(wrapped.io_settings)
    write_nwb(series(wrapped), tmp_path / "a.nwb")
    assert wrapped.io_settings == before
    with h5py.File(tmp_path / "a.nwb") as file:
        dataset = file["acquisition/a/data"]
        assert chunks is None or dataset.chunks == chunks
        assert dataset.compression == compression
        assert dataset.fletcher32 == settings.get("fletcher32", False)
        assert dataset.maxshape == settings.get("maxshape", NOISE.shape)
        assert np.array_equal(dataset[()], NOISE)


def test_a_link_is_made_on_request(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["a"] = NOISE
        write_nwb(series(H5DataIO(file["a"], link_data=True)), tmp_path / "übung" / "a.nwb")
    with h5py.File(tmp_path / "übung" / "a.nwb") as file:
        assert file["acquisition/a"].get("data", getlink=True).filename == "../a.h5"
        assert np.array_equal(file["acquisition/a/data"][()], NOISE)


@pytest.mark.parametrize("rows", [3, 40_000])
def test_texts_of_an_iterator_are_written(tmp_path, rows):
    from hdmf.common import DynamicTable, VectorData

    texts = [f"№{number}" for number in range(rows)]
    column = VectorData(name="text", description="a text", data=DataChunkIterator(data=iter(texts), buffer_size=500))
    nwbfile = plain()
    nwbfile.add_scratch(DynamicTable(name="table", description="a table", columns=[column], id=list(range(rows))))
    write_nwb(nwbfile, tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb") as file:
        assert file["scratch/table/text"].asstr()[()].tolist() == texts


def test_a_place_without_data_is_refused(tmp_path):
    nwbfile = series(H5DataIO(shape=(100_000,), dtype=np.dtype("f8")))
    with pytest.raises(WriteError, match="no data") as caught:
        write_nwb(nwbfile, tmp_path / "a.nwb")
    assert "/acquisition/a/data" in caught.value.where
    assert names(tmp_path) == []


def test_what_pynwb_refuses_is_an_error_in_four_parts(tmp_path):
    with pytest.raises(WriteError, match="PyNWB cannot write") as caught:
        write_nwb(series(np.zeros(3, complex)), tmp_path / "a.nwb")
    assert "omplex" in caught.value.got
    assert names(tmp_path) == []


def test_a_link_to_an_object_of_another_file_is_refused(tmp_path):
    stranger = rich().acquisition["voltage"]
    with pytest.raises(WriteError):
        write_nwb(series(NOISE[:, 0], timestamps=stranger), tmp_path / "a.nwb")
    assert names(tmp_path) == []


def test_a_refusing_check_leaves_nothing(nwbfile, tmp_path):
    def refuse(path):
        assert pynwb.validate(path=path) == []  # the whole file is there to be looked at
        raise CheckError("not good enough")

    (tmp_path / "a.nwb").write_bytes(b"good")
    with pytest.raises(CheckError, match="not good enough"):
        write_nwb(nwbfile, tmp_path / "a.nwb", overwrite=True, check=refuse)
    assert names(tmp_path) == ["a.nwb"]
    assert (tmp_path / "a.nwb").read_bytes() == b"good"


def test_a_passing_check_sees_the_file_before_it_has_its_name(nwbfile, tmp_path):
    seen = []
    write_nwb(nwbfile, tmp_path / "a.nwb", check=lambda path: seen.append((path, (tmp_path / "a.nwb").exists())))
    assert seen[0][0] != tmp_path / "a.nwb"
    assert seen[0][1] is False
    assert (tmp_path / "a.nwb").exists()


def test_a_taken_name_is_refused_unless_asked(nwbfile, tmp_path):
    (tmp_path / "a.nwb").write_bytes(b"good")
    with pytest.raises(WriteError, match="exists already"):
        write_nwb(nwbfile, tmp_path / "a.nwb")
    assert (tmp_path / "a.nwb").read_bytes() == b"good"
    write_nwb(nwbfile, tmp_path / "a.nwb", overwrite=True)
    assert stored(tmp_path / "a.nwb", "identifier") == b"test"


@pytest.mark.parametrize("threads", [0, -1])
def test_a_number_of_threads_below_one_is_refused(nwbfile, tmp_path, threads):
    with pytest.raises(UsageError, match="threads"):
        write_nwb(nwbfile, tmp_path / "a.nwb", threads=threads)


def test_it_is_public():
    assert nwbgate.write_nwb is write_nwb


def test_a_source_that_fails_midway_leaves_nothing(tmp_path):
    def rows():
        yield from NOISE[:100]
        raise VerificationError("the source broke")

    with pytest.raises(VerificationError, match="the source broke"):
        write_nwb(series(DataChunkIterator(data=rows(), buffer_size=10)), tmp_path / "a.nwb")
    assert names(tmp_path) == []


EXTENSION = """
import sys
import numpy as np
from pynwb import load_namespaces, get_class, NWBHDF5IO, validate
from pynwb.spec import NWBNamespaceBuilder, NWBGroupSpec, NWBDatasetSpec, NWBDtypeSpec
sys.path.insert(0, {tests!r})
from support.made_nwbfiles import plain
from nwbgate import write_nwb

builder = NWBNamespaceBuilder("a test", "ndx-writer-test", version="0.1.0", author="x", contact="x@example.org")
builder.include_type("TimeSeries", namespace="core")
fields = [NWBDtypeSpec("x", "column", "uint32"), NWBDtypeSpec("weight", "value", "float32")]
points = NWBDatasetSpec("points", name="points", dtype=fields, shape=(None,), dims=("point",))
builder.add_spec("ndx.extensions.yaml", NWBGroupSpec(
    "a series with points", neurodata_type_def="PointSeries", neurodata_type_inc="TimeSeries", datasets=[points]))
builder.export("ndx.namespace.yaml", outdir=".")
load_namespaces("ndx.namespace.yaml")
PointSeries = get_class("PointSeries", "ndx-writer-test")
nwbfile = plain()
fields = [("x", "u4"), ("weight", "f4")]
rows = np.array([(number, number / 2) for number in range(30_000)], fields)
data = np.random.default_rng(0).normal(size=30_000)
nwbfile.add_acquisition(PointSeries(name="p", data=data, rate=1.0, unit="1", points=rows))
write_nwb(nwbfile, "a.nwb")
assert validate(path="a.nwb") == []
"""


def test_extensions_and_compounds_are_written(tmp_path):
    script = EXTENSION.format(tests=str(TESTS))
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, cwd=tmp_path)
    with NWBHDF5IO(tmp_path / "a.nwb", "r") as io:  # this process has never heard of the extension
        read = io.read().acquisition["p"]
        assert type(read).__name__ == "PointSeries"
        assert read.points[29_999].tolist() == (29_999, 14_999.5)
        write_nwb(read.get_ancestor("NWBFile"), tmp_path / "b.nwb")
    with h5py.File(tmp_path / "a.nwb") as file:
        assert file["acquisition/p/points"].compression == "gzip"
    assert contents(tmp_path / "a.nwb") == contents(tmp_path / "b.nwb")


def test_long_doubles_are_written(tmp_path):
    data = np.random.default_rng(0).normal(size=30_000).astype("g") / 3
    write_nwb(series(data), tmp_path / "a.nwb")
    assert np.array_equal(stored(tmp_path / "a.nwb"), data)
