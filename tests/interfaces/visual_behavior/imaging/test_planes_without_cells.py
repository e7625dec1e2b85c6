"""A plane in which no cell was found is converted, passes its check, and is read back as one of no cells."""

from pathlib import Path

import h5py
import numpy as np
import pytest

import nwbgate
from nwbgate.cli import main
from nwbgate.interfaces.plane_objects.cell_table import masks
from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release" / "behavior_ophys_experiment_1900011210.nwb"
OPHYS = "/processing/ophys"


@pytest.fixture
def without_cells(tmp_path) -> Path:
    path = tmp_path / RELEASED.name
    path.write_bytes(RELEASED.read_bytes())
    with h5py.File(path, "r+") as file:
        names: list[str] = []
        file[OPHYS].visit(names.append)
        for name in names:
            parent, _, leaf = f"{OPHYS}/{name}".rpartition("/")
            item = file[f"{parent}/{leaf}"]
            if isinstance(item, h5py.Dataset) and _is_of_cells(file[parent], leaf):
                _empty(file, f"{parent}/{leaf}")
    return path


def _is_of_cells(group: h5py.Group, leaf: str) -> bool:
    of_series = "rois" in group and leaf in ("data", "rois", "lambdas", "noise_stds")
    return of_series or group.attrs.get("neurodata_type") == "PlaneSegmentation"


def _empty(file: h5py.File, name: str) -> None:
    attributes, values = dict(file[name].attrs), file[name][()]
    del file[name]
    none = values[:, :0] if name.endswith("/data") and values.ndim == 2 else values[:0]
    file.create_dataset(name, data=none).attrs.update(attributes)


def test_no_masks_are_a_column_of_none():
    assert masks(np.zeros((0, 4, 5), bool), "masks").data.shape == (0, 4, 5)


def test_it_is_converted_and_read_back(without_cells, tmp_path, capsys):
    assert main(["convert", "visual-behavior", str(without_cells), "--output", str(tmp_path / "out")]) == 0
    assert "broke" not in "".join(capsys.readouterr())
    (path,) = (tmp_path / "out").rglob("*.nwb")
    with nwbgate.open(path) as session:
        assert session.plane.dff_traces.empty
        assert session.plane.matrix("dff").shape == (len(session.plane.ophys_timestamps), 0)
        assert session.plane.cell_specimen_table.empty
