"""PyNWB's own object of a file, or an error that names the file."""

import h5py
import pytest

import nwbgate
from nwbgate.errors import SourceError
from support.any_nwb_file import make_nwb_file


def test_a_whole_file_gives_the_object_of_pynwb(tmp_path):
    with nwbgate.open(make_nwb_file(tmp_path / "any.nwb")) as opened:
        assert opened.nwbfile.identifier


def test_a_file_that_pynwb_cannot_read_is_named(tmp_path):
    path = make_nwb_file(tmp_path / "any.nwb")
    with h5py.File(path, "a") as file:
        del file["identifier"]
    with nwbgate.open(path) as opened, pytest.raises(SourceError, match="PyNWB cannot read the file") as refused:
        opened.nwbfile  # noqa: B018  # reading it is the test
    assert str(path) in refused.value.where
