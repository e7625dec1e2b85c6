"""Each difference between two files is found and named; what is not content does not count."""

from shutil import copyfile

import h5py
import numpy as np
import pytest
from pynwb import TimeSeries

import nwbgate
from nwbgate.comparison.difference import Change
from support.made_nwbfiles import plain, rich
from support.standard_session import ACTIVE

DATA = np.random.default_rng(0).normal(size=(40_000, 3))


def write(path, data=DATA, **options):
    nwbfile = plain()
    nwbfile.add_acquisition(TimeSeries(name="a", data=data, rate=1.0, unit="1"))
    nwbgate.write_nwb(nwbfile, path, **options)
    return path


@pytest.fixture
def pair(tmp_path):
    """A file and its copy, to be changed."""
    first = write(tmp_path / "first.nwb")
    copyfile(first, tmp_path / "second.nwb")
    return first, tmp_path / "second.nwb"


def differences(first, second, **options):
    (found,) = nwbgate.diff(first, second, **options).pairs
    assert not found.problem
    return found.differences


def test_a_copy_is_equal(pair):
    comparison = nwbgate.diff(*pair)
    assert comparison.equal
    assert comparison.exit_code == 0
    assert comparison.pairs[0].objects > 10
    assert comparison.differences.empty


def test_another_writing_of_the_same_content_is_equal(pair, tmp_path):
    """Object ids and dates of creation differ; so do chunks and compression of a file that h5py writes."""
    again = write(tmp_path / "again.nwb")
    with h5py.File(pair[0]) as one, h5py.File(again) as two:
        assert one["acquisition/a"].attrs["object_id"] != two["acquisition/a"].attrs["object_id"]
    assert not differences(pair[0], again)
    with h5py.File(again, "r+") as file:
        attributes = dict(file["acquisition/a/data"].attrs)
        del file["acquisition/a/data"]
        file.create_dataset("acquisition/a/data", data=DATA, chunks=(1000, 1)).attrs.update(attributes)
    assert not differences(pair[0], again)


@pytest.mark.parametrize("chunked", [True, False])
def test_one_changed_value_is_counted_and_placed(pair, chunked):
    with h5py.File(pair[1], "r+") as file:
        data = file["acquisition/a/data"]
        if chunked:
            data[31_234, 1] += 0.5
        else:
            attributes, values = dict(data.attrs), data[()]
            values[31_234, 1] += 0.5
            del file["acquisition/a/data"]
            file.create_dataset("acquisition/a/data", data=values).attrs.update(attributes)
    (found,) = differences(*pair)
    assert (found.change, found.path, found.part) == (Change.CHANGED, "/acquisition/a/data", "values")
    assert (found.count, found.where) == (1, "[31234, 1]")
    assert found.largest == pytest.approx(0.5)
    assert float(found.second) == pytest.approx(float(found.first) + 0.5)


def test_the_largest_of_several_differences_is_placed(pair):
    with h5py.File(pair[1], "r+") as file:
        file["acquisition/a/data"][3:6, 0] += [0.1, 2.0, 0.3]
        file["acquisition/a/data"][39_999, 2] -= 1.0
    (found,) = differences(*pair)
    assert (found.count, found.where) == (4, "[4, 0]")
    assert found.largest == pytest.approx(2.0)


def test_a_tolerance_accepts_small_differences(pair):
    with h5py.File(pair[1], "r+") as file:
        file["acquisition/a/data"][7, 0] += 1e-9
    assert differences(*pair)
    assert not differences(*pair, atol=1e-8)
    assert differences(*pair, atol=1e-10)


def test_nan_equals_nan_and_nothing_else(tmp_path):
    data = DATA.copy()
    data[5] = np.nan
    first, second = write(tmp_path / "a.nwb", data), write(tmp_path / "b.nwb", data)
    assert not differences(first, second)
    (found,) = differences(first, write(tmp_path / "c.nwb", DATA), atol=1.0)
    assert (found.count, found.largest) == (3, np.inf)


def test_each_bit_counts(tmp_path):
    data = np.zeros((10, 3))
    (found,) = differences(write(tmp_path / "a.nwb", data), write(tmp_path / "b.nwb", -data))
    assert (found.count, found.largest) == (30, 0.0)


def test_dtype_and_shape_are_named(tmp_path):
    first = write(tmp_path / "a.nwb")
    (dtype, values) = differences(first, write(tmp_path / "b.nwb", DATA.astype("f4")))
    assert (dtype.part, dtype.first, dtype.second) == ("dtype", "float64", "float32")
    assert values.largest < 1e-6
    (shape,) = differences(first, write(tmp_path / "c.nwb", DATA[:-1]))
    assert (shape.part, shape.first, shape.second) == ("shape", "(40000, 3)", "(39999, 3)")


def test_of_a_removed_group_only_the_group_is_named(pair):
    with h5py.File(pair[1], "r+") as file:
        del file["acquisition/a"]
    (found,) = differences(*pair)
    assert (found.path, found.first) == ("/acquisition/a", "TimeSeries")


CHANGES = {
    "attribute": (lambda file: file["acquisition/a/data"].attrs.modify("unit", "V"), "changed", "attribute unit"),
    "attribute removed": (lambda file: file["acquisition/a/data"].attrs.pop("unit"), "removed", "attribute unit"),
    "attribute added": (lambda file: file["acquisition/a"].attrs.create("gain", 2.0), "added", "attribute gain"),
    "type": (lambda file: file["acquisition/a"].attrs.modify("neurodata_type", "ImageSeries"), "changed", "type"),
    "object removed": (lambda file: file.pop("acquisition/a/starting_time"), "removed", "object"),
    "object added": (lambda file: file.create_group("scratch/new"), "added", "object"),
    "text": (lambda file: file["session_description"].write_direct(np.array("x", dtype=object)), "changed", "values"),
}


@pytest.mark.parametrize(("change", "kind", "part"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_any_kind_is_found(pair, change, kind, part):
    with h5py.File(pair[1], "r+") as file:
        change(file)
    assert (kind, part) in {(each.change.value, each.part) for each in differences(*pair)}


def test_long_texts_are_compared_to_their_end(pair):
    for path, end in zip(pair, "ab", strict=True):
        with h5py.File(path, "r+") as file:
            file["acquisition/a"].attrs["comments"] = "x" * 5_000 + end
    (found,) = differences(*pair)
    assert found.part == "attribute comments"


def test_links_are_compared_by_their_target(pair):
    for path, target in zip(pair, ("/acquisition/a", "/acquisition/b"), strict=True):
        with h5py.File(path, "r+") as file:
            file["acquisition/link"] = h5py.SoftLink(target)
    (found,) = differences(*pair)
    assert (found.part, found.first, found.second) == ("link", "/acquisition/a", "/acquisition/b")


def test_a_reference_to_a_deleted_object_is_compared(pair):
    with h5py.File(pair[1], "r+") as file:
        file["acquisition/a"].attrs["to"] = file.create_group("scratch/b").ref
    copyfile(pair[1], pair[0])
    with h5py.File(pair[1], "r+") as file:
        del file["scratch/b"]
    found = {one.part: one.second for one in differences(*pair)}
    assert found["attribute to"] == "reference to a deleted object"


def test_ignored_objects_are_left_out(pair):
    with h5py.File(pair[1], "r+") as file:
        file["acquisition/a/data"][0] = 0
    assert not differences(*pair, ignore=["/acquisition/a"])
    assert not differences(*pair, ignore=["/acquisition/*"])
    assert differences(*pair, ignore=["/processing"])


def test_every_kind_of_object_equals_itself(tmp_path):
    nwbgate.write_nwb(rich(), tmp_path / "a.nwb")
    nwbgate.write_nwb(rich(), tmp_path / "b.nwb")
    assert not differences(tmp_path / "a.nwb", tmp_path / "b.nwb", ignore=["/identifier"])


def test_rows_of_a_table_are_matched_by_their_id(tmp_path):
    copyfile(ACTIVE, tmp_path / "a.nwb")
    copyfile(ACTIVE, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb", "r+") as file:
        trials = file["intervals/trials"]
        number = len(trials["id"])
        kept = np.delete(np.arange(number), 3)
        for name in [name for name in trials if not name.startswith("lick_times")]:
            values, attributes = trials[name][()], dict(trials[name].attrs)
            del trials[name]
            trials.create_dataset(name, data=values[kept]).attrs.update(attributes)
        trials["start_time"][10] += 1.0
    found = [each for each in differences(tmp_path / "a.nwb", tmp_path / "b.nwb") if "lick_times" not in each.path]
    rows, cell = found
    assert (rows.change, rows.part, rows.first, rows.count) == (Change.REMOVED, "rows", "id 3", 1)
    assert (cell.path, cell.count, cell.where) == ("/intervals/trials/start_time", 1, "id 11")


def test_a_damaged_file_is_a_problem_of_its_pair(pair):
    content = pair[1].read_bytes()
    pair[1].write_bytes(content[: len(content) // 2])
    comparison = nwbgate.diff(*pair)
    assert not comparison.equal
    assert str(pair[1]) in comparison.pairs[0].problem
