"""A copy to which something was added must hold everything else as it was, to the last chunk and attribute."""

import shutil

import h5py
import numpy as np
import pytest

from nwbgate.errors import OutsideError, VerificationError
from nwbgate.writing.unchanged import refuse_changes


@pytest.fixture
def files(tmp_path):
    """A file with one of everything, and its copy."""
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.attrs["text"] = "x"
        file["chunked"] = np.arange(10.0)
        file.create_dataset("packed", data=np.arange(1000), chunks=(100,), compression="gzip", maxshape=(None,))
        file.create_dataset("holes", shape=(1000,), dtype="f4", chunks=(100,))[500:] = 1
        file.create_dataset("ragged", shape=(2,), dtype=h5py.vlen_dtype("i4"))[0] = [1, 2]
        file["words"] = ["a", "b"]
        file["scalar"] = 3
        file["matrix"] = np.ones((4, 5))
        group = file.create_group("group")
        group.attrs["numbers"] = [1.0, np.nan]
        file["scalar"].attrs["table"] = group.ref
        file["references"] = np.array([group.ref, file["words"].ref], dtype=h5py.ref_dtype)
        file.create_dataset("rows", data=np.array([(1, file["words"].ref)], [("n", "i4"), ("r", h5py.ref_dtype)]))
        file["empty"] = h5py.Empty("f8")
    shutil.copy(path, tmp_path / "b.h5")
    return path, tmp_path / "b.h5"


def check(files):
    refuse_changes(*files, apart_from="/group/added")


def test_an_equal_copy_passes(files):
    check(files)


def test_what_was_added_is_not_looked_at(files):
    with h5py.File(files[1], "r+") as file:
        file["group/added/more"] = 1
    check(files)


@pytest.mark.parametrize("number", [0, 1])
def test_data_in_another_file_are_not_read(files, tmp_path, number):
    (tmp_path / "raw").write_bytes(bytes(80))
    with h5py.File(files[number], "r+") as file:
        file.create_dataset("outside", (10,), "f8", external=[(str(tmp_path / "raw"), 0, 80)])
    with pytest.raises(OutsideError, match="external storage"):
        check(files)


def packed(file):
    file["packed"][999] = 5


def attribute(file):
    file["group"].attrs["numbers"] = [2.0, np.nan]


def root_attribute(file):
    file.attrs["new"] = 1


def word(file):
    file["words"][0] = "c"


def scalar(file):
    file["scalar"][()] = 4


def matrix(file):
    file["matrix"][3, 4] = 0


def hole(file):
    file["holes"][:100] = 0


def gone(file):
    del file["words"]


def other_kind(file):
    del file["words"]
    file.create_group("words")


def reference(file):
    file["references"][0] = file["scalar"].ref


def row(file):
    file["rows"][0] = (1, file["group"].ref)


def target(file):
    file["scalar"].attrs["table"] = file["matrix"].ref


def shape(file):
    file["packed"].resize((1001,))


def ragged(file):
    file["ragged"][1] = [3]


def floats(file):
    file["chunked"][0] = -0.0


@pytest.mark.parametrize(
    "edit",
    [
        packed,
        attribute,
        root_attribute,
        word,
        scalar,
        matrix,
        hole,
        gone,
        other_kind,
        reference,
        row,
        target,
        shape,
        ragged,
        floats,
    ],
)
def test_a_change_is_found(edit, files):
    with h5py.File(files[1], "r+") as file:
        edit(file)
    with pytest.raises(VerificationError, match="changed while its copy was extended"):
        check(files)
