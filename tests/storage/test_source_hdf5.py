"""HDF5 files of instruments: what they are is named, what leads out of them or cannot be read is refused."""

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.storage.source_hdf5 import opened_source, source_dataset


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "source.h5", "w") as file:
        file["data"] = np.arange(3)
    return tmp_path / "source.h5"


def test_a_dataset_of_a_source_is_read(path):
    with opened_source(path, "a sync file") as file:
        assert source_dataset(file, "data", "numbers")[()].tolist() == [0, 1, 2]


def test_a_missing_dataset_is_named_with_those_there(path):
    with pytest.raises(SourceError, match="has no meta") as error, opened_source(path, "a sync file") as file:
        source_dataset(file, "meta", "words")
    assert (error.value.got, error.value.expected) == ("data at the top", "words")


def test_what_the_file_should_be_is_said(tmp_path):
    (tmp_path / "text.h5").write_text("no HDF5")
    with (
        pytest.raises(SourceError, match="this is not a sync file"),
        opened_source(tmp_path / "text.h5", "a sync file"),
    ):
        pass
    with pytest.raises(UsageError) as error, opened_source(tmp_path / "none.h5", "a sync file"):
        pass
    assert error.value.expected == "a sync file"


@pytest.mark.parametrize("problem", [OSError("x"), TypeError("y"), UnicodeDecodeError("utf-8", b"", 0, 1, "z")])
def test_what_h5py_raises_for_damage_is_an_error_of_the_file(path, problem):
    with pytest.raises(SourceError, match="cannot read a sync file") as error, opened_source(path, "a sync file"):
        raise problem
    assert error.value.where == str(path)
