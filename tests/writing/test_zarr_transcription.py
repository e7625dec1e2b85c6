"""A store holds what its HDF5 file holds, and hdmf-zarr reads it without unpickling."""

import json

import h5py
import numcodecs
import numpy as np
import pytest
import zarr
from hdmf_zarr import NWBZarrIO
from pynwb import NWBHDF5IO

import nwbgate
from nwbgate.corpus.any_file_session import any_file_session
from nwbgate.errors import VerificationError, WriteError
from nwbgate.storage.hdf5 import open_hdf5
from nwbgate.writing.writer import write_nwb
from nwbgate.writing.zarr_transcription import transcribe
from nwbgate.writing.zarr_verification import verify_store
from support.zarr_stores import edit_json


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    for name in ("a.nwb", "a.nwb.zarr"):
        write_nwb(any_file_session(), folder / name)
    return folder / "a.nwb", folder / "a.nwb.zarr"


def test_the_store_holds_what_the_file_holds(both):
    comparison = nwbgate.diff(*both)
    assert [pair.differences for pair in comparison.pairs] == [()]
    assert sorted(path.name for path in both[0].parent.iterdir()) == ["a.nwb", "a.nwb.zarr"]


def test_hdmf_zarr_reads_it_as_pynwb_reads_the_file(both):
    with NWBHDF5IO(both[0], "r") as one, NWBZarrIO(str(both[1]), "r") as two:
        hdf5, store = one.read(), two.read()
        np.testing.assert_array_equal(hdf5.acquisition["raw"].data[:], store.acquisition["raw"].data[:])
        assert hdf5.trials.to_dataframe().equals(store.trials.to_dataframe())
        assert [*hdf5.units["spike_times"][0]] == [*store.units["spike_times"][0]]
        assert store.units["electrode_group"][0].name == "shank"
        (first, *_) = store.intracellular_recordings["responses"]["response"][:]
        assert (first.count, first.timeseries.name) == (1000, "response_0")


def test_nothing_is_pickled_and_chunks_are_those_of_the_file(both):
    metadata = [json.loads(file.read_text()) for file in both[1].rglob(".zarray")]
    codecs = {codec["id"] for each in metadata for codec in [*(each["filters"] or []), each["compressor"]]}
    assert codecs == {"json2", "shuffle", "vlen-utf8", "zlib"}
    with h5py.File(both[0]) as file:
        raw = file["acquisition/raw/data"]
        assert raw.chunks
        _, first = raw.id.read_direct_chunk((0,) * raw.ndim)
    assert (both[1] / "acquisition/raw/data" / ".".join("0" * raw_ndim(both))).read_bytes() == first


def raw_ndim(both):
    return len(zarr.open(str(both[1]), "r")["acquisition/raw/data"].shape)


def test_consolidated_metadata_are_those_of_the_nodes(both):
    from nwbgate.validators.store_findings import consolidation_findings

    assert consolidation_findings(both[1]) == []
    assert len([*zarr.open_consolidated(str(both[1]))["units"]]) == len([*zarr.open(str(both[1]), "r")["units"]])


VALUES = {
    "scalar": np.float64(np.nan), "text": "ä", "none": np.zeros((0, 3), "f4"), "flags": np.array([True, False]),
    "fixed": np.array([b"ab", b"c"]), "big": np.arange(600_000, dtype=">i2").reshape(-1, 3),
    "pairs": np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
}  # fmt: skip


def test_values_of_every_kind_come_back(tmp_path):
    (tmp_path / "a.nwb.zarr").mkdir()
    with h5py.File(tmp_path / "a.nwb", "w") as file:
        for name, value in VALUES.items():
            file[name] = value
        file["texts"] = np.array([["a", "b"], ["", "ü"]], h5py.string_dtype())
        file["lzf"] = file.create_dataset("packed", data=np.arange(1000.0), chunks=(300,), compression="lzf")[:]
        file.attrs.update({"list": ["a"], "numbers": [1.5, np.nan], "flag": True, "empty": h5py.Empty("f8")})
        file.attrs["reference"] = file["text"].ref
        file["soft"] = h5py.SoftLink("/texts")
    with h5py.File(tmp_path / "a.nwb") as file:
        transcribe(file, tmp_path / "a.nwb.zarr")
        verify_store(tmp_path / "a.nwb.zarr", file)
    found = zarr.open(str(tmp_path / "a.nwb.zarr"), "r")
    np.testing.assert_array_equal(found["big"][:], VALUES["big"])
    assert found["texts"][1, 1] == "ü"


def test_links_to_other_files_are_refused(tmp_path):
    (tmp_path / "a.nwb.zarr").mkdir()
    with h5py.File(tmp_path / "a.nwb", "w") as file:
        file["other"] = h5py.ExternalLink("b.nwb", "/x")
        with pytest.raises(WriteError, match="another file"):
            transcribe(file, tmp_path / "a.nwb.zarr")


@pytest.mark.parametrize("kind", ["chunk", "attribute", "text", "missing"])
def test_a_store_that_differs_is_found(both, tmp_path, kind):
    store = tmp_path / "a.nwb.zarr"
    store.mkdir()
    with h5py.File(both[0]) as file:
        transcribe(file, store)
        if kind == "chunk":
            zarr.open(str(store), "r+")["processing/behavior/wheel/data"][7] += 1
        elif kind == "attribute":
            edit_json(store / "units/.zattrs", description="Other.")
        elif kind == "text":
            content = numcodecs.VLenUTF8().encode(np.array(["other"], object))
            edit_json(store / "identifier/.zarray", compressor=None)
            (store / "identifier/0").write_bytes(content)
        else:
            (store / "acquisition/raw/data/.zarray").unlink()
        with pytest.raises(VerificationError, match="differs"):
            verify_store(store, file)


def test_a_refused_store_leaves_nothing(tmp_path):
    def refuse(path):
        with open_hdf5(path) as file:  # whole, and without its final name
            assert "units" in file
        raise WriteError("refused")

    with pytest.raises(WriteError, match="refused"):
        write_nwb(any_file_session(), tmp_path / "a.nwb.zarr", check=refuse)
    assert [*tmp_path.iterdir()] == []
