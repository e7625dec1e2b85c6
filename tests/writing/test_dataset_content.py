"""Datasets that PyNWB wrote are compared with what it was given, whatever they hold."""

import h5py
import numpy as np
import pytest
from hdmf.backends.hdf5 import H5DataIO
from hdmf.build.builders import DatasetBuilder, GroupBuilder, ReferenceBuilder

from nwbgate.writing.dataset_content import same_content


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["group/target"] = np.arange(3)
        file["other"] = 5
        yield file


def target():
    """Return a reference to /group/target, as PyNWB hands it on; the root has a name in builders only."""
    dataset = DatasetBuilder(name="target", data=[1])
    GroupBuilder(name="root", groups={"group": GroupBuilder(name="group", datasets={"target": dataset})})
    return ReferenceBuilder(dataset)


@pytest.mark.parametrize(("path", "expected"), [("group/target", True), ("other", False)])
def test_a_single_reference(file, path, expected):
    file.create_dataset("reference", data=file[path].ref, dtype=h5py.ref_dtype)
    assert same_content(file, "reference", target()) is expected


@pytest.mark.parametrize(("paths", "expected"), [(["group/target"], True), (["other"], False), ([], False)])
def test_references(file, paths, expected):
    file.create_dataset("references", data=[file[path].ref for path in paths], dtype=h5py.ref_dtype)
    assert same_content(file, "references", [target()]) is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("text", True), ("texts", False), (b"text", True), (["text"], False), (H5DataIO(np.array("text")), True)],
)
def test_a_text(file, given, expected):
    file["text"] = "text"
    assert same_content(file, "text", given) is expected


def test_a_number(file):
    assert same_content(file, "other", 5)
    assert not same_content(file, "other", 6)


@pytest.mark.parametrize("dtype", [h5py.enum_dtype({"off": 0, "on": 1}, "u1"), np.dtype("g"), np.dtype("c16")])
def test_numbers_of_a_file_are_compared_block_by_block(file, dtype):
    given = file.create_dataset("given", data=(np.arange(100_000) % 2).astype(dtype), dtype=dtype)
    file.create_dataset("copy", data=given[()], dtype=dtype)
    assert same_content(file, "copy", given)
    file["copy"][99_999] = 0
    assert not same_content(file, "copy", given)
    file.create_dataset("shorter", data=given[:-1], dtype=dtype)
    assert not same_content(file, "shorter", given)


def test_a_missing_dataset(file):
    assert not same_content(file, "nowhere", 5)
