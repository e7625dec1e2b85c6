"""Imaging planes of any file, and its tables by what they are."""

import h5py
import pandas as pd
import pytest

import nwbgate
from support.any_nwb_file import make_nwb_file


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    with nwbgate.open(make_nwb_file(tmp_path_factory.mktemp("any") / "a.nwb")) as opened:
        yield opened


def test_a_plane_has_its_facts_rois_and_responses(data):
    plane = data.planes["layer2"]
    assert plane.metadata["indicator"] == "GCaMP8m"
    assert plane.metadata["excitation_lambda"] == 920.0
    assert len(plane.rois) == 3
    assert list(plane.segmentations) == ["somata"]
    assert plane.responses["F"].shape == (50, 3)
    assert "GCaMP8m" in plane._repr_html_()
    assert repr(plane).endswith("responses: F)")


def test_tables_are_found_by_their_columns_whatever_their_names(data):
    assert list(data.intervals) == ["tones"]
    assert data.intervals["tones"]["hertz"].tolist() == [8000, 16000]
    assert data.events["pokes"]["timestamp"].tolist() == [1.0, 3.0]
    assert len(data.units) == 2
    assert data.electrodes["location"].tolist() == ["VISp"] * 4


def test_a_file_without_units_has_an_empty_table(tmp_path):
    path = make_nwb_file(tmp_path / "a.nwb")
    with h5py.File(path, "a") as file:
        del file["units"]
    with nwbgate.open(path) as opened:
        assert opened.units.equals(pd.DataFrame())


def test_keys_are_completed_in_notebooks(data):
    assert data.series._ipython_key_completions_() == list(data.series)
    assert "tones" in data.intervals._ipython_key_completions_()
