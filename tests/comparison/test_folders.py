"""Files of two folders are matched by path, then by session; what has no counterpart is named."""

from pathlib import Path
from shutil import copyfile, copytree

import h5py
import pytest

import nwbgate
from nwbgate.errors import UsageError
from support.standard_session import ACTIVE, GRATINGS
from support.zarr_stores import edit_json, write_both


@pytest.fixture
def folders(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name / "sub-1").mkdir(parents=True)
        for path in (ACTIVE, GRATINGS):
            copyfile(path, tmp_path / name / "sub-1" / path.name)
    return tmp_path / "old", tmp_path / "new"


def test_folders_with_the_same_files_are_equal(folders):
    seen = []
    comparison = nwbgate.diff(*folders, on_pair=seen.append)
    assert comparison.equal
    assert len(comparison.pairs) == 2
    assert seen == list(comparison.pairs)


def test_renamed_files_are_matched_by_their_session(folders):
    (folders[1] / "sub-1" / ACTIVE.name).rename(folders[1] / "renamed.nwb")
    comparison = nwbgate.diff(*folders)
    assert comparison.equal
    assert any(pair.second.endswith("renamed.nwb") for pair in comparison.pairs)


def test_stores_of_folders_are_compared_whole(tmp_path):
    hdf5, store = write_both(tmp_path / "old")
    copytree(store, tmp_path / "new" / store.parent.name / store.name)
    hdf5.unlink()
    comparison = nwbgate.diff(tmp_path / "old", tmp_path / "new")
    assert [(pair.first, comparison.equal) for pair in comparison.pairs] == [(str(store), True)]
    edit_json(tmp_path / "new/sub-m1" / store.name / "acquisition/raw/.zattrs", description="Another one.")
    assert not nwbgate.diff(tmp_path / "old", tmp_path / "new").equal


def test_a_store_is_matched_with_the_file_of_its_session(tmp_path):
    hdf5, store = write_both(tmp_path / "old")
    store.rename(tmp_path / "new.nwb.zarr")
    (tmp_path / "new").mkdir()
    (tmp_path / "new.nwb.zarr").rename(tmp_path / "new" / "new.nwb.zarr")
    comparison = nwbgate.diff(tmp_path / "old", tmp_path / "new")
    assert comparison.equal
    assert [Path(pair.first) for pair in comparison.pairs] == [hdf5]


def test_a_file_without_counterpart_is_a_difference(folders):
    (folders[1] / "sub-1" / ACTIVE.name).unlink()
    comparison = nwbgate.diff(*folders)
    assert not comparison.equal
    assert [bool(pair.second) for pair in comparison.pairs] == [True, False] or [
        bool(pair.second) for pair in comparison.pairs
    ] == [False, True]


def test_one_damaged_file_stops_no_other(folders):
    (folders[1] / "sub-1" / ACTIVE.name).write_bytes(b"nothing")
    with h5py.File(folders[1] / "sub-1" / GRATINGS.name, "r+") as file:
        file["session_description"][()] = "changed"
    problem, different = sorted(nwbgate.diff(*folders).pairs, key=lambda pair: not pair.problem)
    assert problem.problem
    assert different.differences


def test_hidden_files_do_not_count(folders):
    (folders[1] / "sub-1" / f"._{ACTIVE.name}").write_bytes(b"resource fork")
    assert nwbgate.diff(*folders).equal


def test_tables_beside_the_files_are_compared(folders):
    for folder, sex in zip(folders, "MF", strict=True):
        (folder / "mice.csv").write_text(f"mouse_id,sex\n1,{sex}\n2,F\n")
    comparison = nwbgate.diff(*folders)
    (row,) = comparison.differences.itertuples()
    assert (row.path, row.first, row.second, row.where) == ("sex", "M", "F", "1")


@pytest.mark.parametrize("option", ["rtol", "atol"])
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_tolerance_must_be_a_number_of_at_least_0(folders, option, value):
    with pytest.raises(UsageError, match="tolerance"):
        nwbgate.diff(*folders, **{option: value})


def test_what_cannot_be_compared_is_refused(folders, tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        nwbgate.diff(folders[0], tmp_path / "absent")
    with pytest.raises(UsageError, match="file and a folder"):
        nwbgate.diff(folders[0], folders[1] / "sub-1" / ACTIVE.name)
    (tmp_path / "empty").mkdir()
    copytree(tmp_path / "empty", tmp_path / "void")
    with pytest.raises(UsageError, match="no NWB file"):
        nwbgate.diff(tmp_path / "empty", tmp_path / "void")
