"""A Zarr store reads as the HDF5 file of the same content, and a damaged or hostile one ends in a named error."""

import json
import pickle
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest
import zarr

from nwbgate.errors import MalformedError, OutsideError, SourceError
from nwbgate.storage.hdf5 import open_hdf5
from support.zarr_stores import JSON, PICKLE, edit_json, write_both


@pytest.fixture(scope="module", params=[JSON, PICKLE], ids=["json", "pickle"])
def both(request, tmp_path_factory):
    return write_both(tmp_path_factory.mktemp("both"), request.param)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_both(tmp_path_factory.mktemp("whole"))[1]


@pytest.fixture
def store(whole, tmp_path):
    """A store that a test may damage."""
    return shutil.copytree(whole, tmp_path / whole.name)


def content(file):
    """Each object of a file: kind, type, shape, values and attributes, references by path."""

    def plain(value):
        if isinstance(value, h5py.Reference):
            return file[value].name if value else None
        if isinstance(value, np.void | tuple):
            return [plain(each) for each in value.tolist() if not isinstance(value, tuple)] or [*map(plain, value)]
        if isinstance(value, np.ndarray) and value.dtype.kind in "OV":
            return [plain(each) for each in value.ravel()]
        return value.tolist() if isinstance(value, np.ndarray | np.generic) else value

    found = {}

    def note(name, item):
        attributes = {key: plain(value) for key, value in item.attrs.items()}
        data = (str(item.dtype), item.shape, plain(item[()])) if isinstance(item, h5py.Dataset) else ()
        found[name] = (type(item), data, attributes)

    note("/", file)
    file.visititems(note)
    return found


def test_groups_arrays_attributes_and_references_are_those_of_hdf5(both):
    hdf5, store = both
    with open_hdf5(hdf5) as one, open_hdf5(store) as two:
        mine, theirs = content(one), content(two)
    assert len(mine) > 150
    assert mine.keys() == theirs.keys()
    assert {name for name in mine if repr(mine[name]) != repr(theirs[name])} == set()


def test_links_within_the_store_are_soft_links(both):
    found = []
    for path in both:
        links = {}
        with open_hdf5(path) as file:
            file.visititems_links(lambda name, link, links=links: links.update({name: link}))
        found.append({name: link.path for name, link in links.items() if isinstance(link, h5py.SoftLink)})
    assert found[0] == found[1]
    assert "processing/ophys/DfOverF/dff/timestamps" in found[0]


def test_the_file_is_named_as_the_store_and_cannot_be_written(whole):
    with open_hdf5(whole) as file:
        assert (file.filename, file.mode) == (str(whole), "r")
        with pytest.raises((ValueError, OSError)):
            file.create_group("new")


def test_numbers_are_decoded_only_when_they_are_read(store):
    chunk = store / "acquisition/raw/data/0.0"
    chunk.write_bytes(chunk.read_bytes()[:100])
    with open_hdf5(store) as file:
        assert file["acquisition/raw/data"].shape == (60_000, 4)
        assert file["acquisition/wheel" if "acquisition/wheel" in file else "units/id"].shape
        with pytest.raises(OSError, match=r"chunk 0.0 cannot be decoded"):
            file["acquisition/raw/data"][0]


@pytest.mark.parametrize("shape", [(), (7,), (10, 3), (5, 6, 4), (0,), (0, 3), (100,)])
@pytest.mark.parametrize("dtype", ["<f8", ">i2", "|b1", "<u4", "<c8", "|S5", "<f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_any_shape_type_and_order_are_equal(tmp_path, shape, dtype, order):
    random = np.random.default_rng(1)
    values = (random.random(shape) * 100).astype(dtype)
    root = zarr.open_group(str(tmp_path / "a.nwb.zarr"), "w")
    root.create_dataset(
        "a", data=values, chunks=tuple(min(3, length or 1) for length in shape), order=order, dtype=dtype
    )
    with open_hdf5(tmp_path / "a.nwb.zarr") as file:
        assert file["a"].dtype == values.dtype
        np.testing.assert_array_equal(file["a"][()], values)
        if len(shape) > 1 and shape[0]:
            np.testing.assert_array_equal(file["a"][1:4, 1], values[1:4, 1])


@pytest.mark.parametrize("separator", [".", "/"])
def test_chunks_in_folders_are_found(tmp_path, separator):
    values = np.arange(24).reshape(4, 6)
    root = zarr.open_group(str(tmp_path / "a.nwb.zarr"), "w")
    root.create_dataset("a", data=values, chunks=(3, 4), dimension_separator=separator)
    with open_hdf5(tmp_path / "a.nwb.zarr") as file:
        np.testing.assert_array_equal(file["a"][()], values)


def test_missing_chunks_are_filled(tmp_path):
    root = zarr.open_group(str(tmp_path / "a.nwb.zarr"), "w")
    root.create_dataset("a", shape=(10,), chunks=(4,), dtype="f8", fill_value=np.nan)[:4] = 1.0
    with open_hdf5(tmp_path / "a.nwb.zarr") as file:
        np.testing.assert_array_equal(file["a"][()], [1.0] * 4 + [np.nan] * 6)


def test_consolidated_metadata_are_not_needed_and_not_trusted(store, whole):
    edit_json(store / ".zmetadata", metadata={})
    with open_hdf5(store) as one, open_hdf5(whole) as two:
        assert {*one} == {*two}
    (store / ".zmetadata").unlink()
    with open_hdf5(store) as one, open_hdf5(whole) as two:
        assert {*one} == {*two}


def test_a_reference_to_nothing_is_a_broken_reference(store):
    attributes = store / "general/extracellular_ephys/shank/.zattrs"
    content = json.loads(attributes.read_text())
    lost = {"zarr_dtype": "object", "value": {"source": ".", "path": "/general/devices/lost"}}
    edit_json(attributes, extra=lost, **content)
    with open_hdf5(store) as file:
        assert not file["general/extracellular_ephys/shank"].attrs["extra"]


@pytest.mark.parametrize(
    ("file", "text", "error"),
    [
        ("acquisition/raw/data/.zarray", "{", MalformedError),
        ("acquisition/raw/data/.zarray", "[]", MalformedError),
        ("acquisition/raw/.zattrs", '{"a": ', MalformedError),
        (".zgroup", "", MalformedError),
        (".zattrs", "[" * 100_000, MalformedError),
        ("identifier/0", "damaged", MalformedError),
        ("general/extracellular_ephys/electrodes/group/0", "damaged", MalformedError),
    ],
    ids=range(7),
)  # fmt: skip
def test_damaged_metadata_and_texts_name_the_place(store, file, text, error):
    (store / file).write_text(text)
    with pytest.raises(error) as problem:
        open_hdf5(store)
    assert str(store) in problem.value.where
    assert problem.value.fix


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": [-1, 4]}, {"shape": "all"}, {"chunks": [0, 4]}, {"chunks": [10]}, {"dtype": "x9"},
        {"dtype": "<M8[s]"}, {"order": "A"}, {"zarr_format": 3}, {"compressor": {"id": "own"}},
        {"compressor": 7}, {"shape": [2**62, 4]},
        {"chunks": [2**40, 4]}, {"fill_value": "much"},
    ],
    ids=str,
)  # fmt: skip
def test_impossible_metadata_are_named(store, changes):
    edit_json(store / "acquisition/raw/data/.zarray", **changes)
    with pytest.raises(SourceError) as problem:
        open_hdf5(store)
    assert "acquisition/raw/data" in problem.value.where


class Opener:
    """What opens a file when it is unpickled."""

    def __reduce__(self):
        return open, ("opened-by-a-pickle", "w")


def test_a_pickle_that_asks_for_code_is_refused_and_not_run(both, tmp_path, monkeypatch):
    store = shutil.copytree(both[1], tmp_path / both[1].name)
    monkeypatch.chdir(tmp_path)
    group = store / "general/extracellular_ephys/electrodes/group"
    filters = [{"id": "pickle", "protocol": 5}]
    edit_json(group / ".zarray", compressor=None, filters=filters)
    (group / "0").write_bytes(pickle.dumps(Opener()))
    with pytest.raises(MalformedError, match=r"cannot be read") as problem:
        open_hdf5(store)
    assert "asks for code" in problem.value.got
    assert not (tmp_path / "opened-by-a-pickle").exists()


def test_nothing_outside_of_the_store_is_read(store, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes((store / "acquisition/raw/data/0.0").read_bytes())
    (store / "acquisition/raw/data/0.0").unlink()
    (store / "acquisition/raw/data/0.0").symlink_to(secret)
    with open_hdf5(store) as file, pytest.raises(OSError, match="link out of the store"):
        file["acquisition/raw/data"][0]


@pytest.mark.parametrize("target", ["/etc", ".."])
def test_folders_that_lead_out_are_refused(store, target):
    shutil.rmtree(store / "units")
    (store / "units").symlink_to(target)
    outside = store.parent / ".zgroup"
    outside.write_text('{"zarr_format": 2}')
    if target == "/etc":
        with open_hdf5(store) as file:  # no group of a store
            assert "units" not in file
    else:
        with pytest.raises(OutsideError):
            open_hdf5(store)


@pytest.mark.parametrize("kind", ["link", "reference"])
def test_links_and_references_to_other_stores_are_refused(store, kind):
    group = store / "acquisition/wheel" if (store / "acquisition/wheel").exists() else store / "acquisition/raw"
    target = {"source": "../other.nwb.zarr", "path": "/acquisition"}
    added = (
        {"zarr_link": [{**target, "name": "other"}]}
        if kind == "link"
        else {"other": {"zarr_dtype": "object", "value": target}}
    )
    edit_json(group / ".zattrs", **added)
    with pytest.raises(OutsideError) as problem:
        open_hdf5(store)
    assert "other.nwb.zarr" in problem.value.got


def test_a_circle_of_groups_is_refused(store):
    edit_json(store / "acquisition/raw/.zattrs", zarr_link=[{"source": ".", "path": "/acquisition", "name": "again"}])
    with open_hdf5(store) as file:  # a soft link, as in HDF5
        assert isinstance(file.get("acquisition/raw/again", getlink=True), h5py.SoftLink)
    (store / "acquisition/loop").symlink_to(store / "acquisition")
    with pytest.raises(OutsideError):
        open_hdf5(store)


def test_other_folders_say_what_they_are(tmp_path):
    (tmp_path / "three.nwb.zarr").mkdir()
    (tmp_path / "three.nwb.zarr/zarr.json").write_text('{"zarr_format": 3}')
    with pytest.raises(SourceError, match="not a Zarr store of NWB") as problem:
        open_hdf5(tmp_path / "three.nwb.zarr")
    assert "Zarr 3" in problem.value.got


def test_python_ends_in_peace_with_an_open_store(whole):
    code = (
        f"from pathlib import Path; from nwbgate.storage.hdf5 import open_hdf5; kept = open_hdf5(Path({str(whole)!r}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
