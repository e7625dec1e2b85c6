"""Paths of references are those of HDF5, few and many, and those of null and lost ones are empty."""

import h5py
import pytest

from nwbgate.storage.referenced_paths import ReferencedPaths


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number in range(30):
            file.create_dataset(f"group/µ{number}", data=[number])
        yield file


@pytest.mark.parametrize("number", [1, 30])
def test_paths_are_those_of_hdf5(file, number):
    paths = ReferencedPaths(file)
    items = [file[f"group/µ{each}"] for each in range(number)]
    assert [paths.of(item.ref) for item in items] == [item.name for item in items]


@pytest.mark.parametrize("asked", [0, 30])
def test_root_null_and_deleted_objects(file, asked):
    paths = ReferencedPaths(file)
    for number in range(asked):
        paths.of(file[f"group/µ{number}"].ref)
    lost = file["group/µ3"].ref
    assert paths.of(file.ref) == "/"
    assert paths.of(file["group"].ref) == "/group"
    assert paths.of(h5py.Reference()) == ""
    del file["group/µ3"]
    assert ReferencedPaths(file).of(lost) == ""


def test_regions_have_the_path_of_their_dataset(file):
    data = file["group/µ5"]
    assert ReferencedPaths(file).of(data.regionref[0:1]) == "/group/µ5"


def test_an_object_of_two_names_has_one_of_them(file):
    file["other"] = file["group/µ7"]
    paths = ReferencedPaths(file)
    found = [paths.of(file["other"].ref) for _ in range(20)]
    assert set(found) <= {"/other", "/group/µ7"}
    assert len(set(found)) == 1
