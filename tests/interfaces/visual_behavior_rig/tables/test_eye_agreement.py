"""Ellipses of an eye: rows in another order than their index, and parts that were exchanged, are said."""

import shutil

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.tables.eye_agreement import eye_contradictions
from nwbgate.interfaces.visual_behavior_rig.tables.eye_ellipses import read_ellipses
from support.rig_sample import rig_sample


@pytest.fixture
def path(tmp_path_factory, tmp_path):
    sample = rig_sample(tmp_path_factory.getbasetemp())
    return shutil.copy(next((sample / "ophys_single_plane").glob("*ellipse.h5")), tmp_path / "ellipse.h5")


def told(path):
    return {row.comparison: row.sentence for row in eye_contradictions(read_ellipses(path), path)}


def test_sound_ellipses_contradict_nothing(path):
    assert told(path) == {}


def test_rows_in_another_order_than_their_index_are_said(path):
    with h5py.File(path, "r+") as file:
        file["pupil/axis1"][...] = np.roll(file["pupil/axis1"][()], 100)
    assert told(path) == {"eye_rows": "eye rows: row 101 of pupil is frame 0, after frame 3529"}


def test_exchanged_parts_are_said(path):
    with h5py.File(path, "r+") as file:
        for old, new in (("eye", "kept"), ("pupil", "eye"), ("kept", "pupil")):
            file.move(old, new)
    assert told(path)["eye_parts"].endswith("times as large as the eye: the parts were exchanged")


def test_columns_in_another_order_than_the_table_has_are_refused(path):
    with h5py.File(path, "r+") as file:
        file["eye/block0_items"][...] = file["eye/block0_items"][()][[1, 0, 2, 3, 4]]
    with pytest.raises(SourceError, match="does not hold ellipses") as error:
        read_ellipses(path)
    assert error.value.got == "columns center_y, center_x, height, phi, width"
