"""The table of regions of interest: sorted, valid ones only, masks in the whole field of view."""

import copy

import numpy as np
import pytest

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.imaging.roi_table import roi_table

TABLE = {
    "cell_roi_id": {"1": 20, "0": 10, "2": 30},
    "cell_specimen_id": {"1": 120, "0": 110, "2": 130},
    "x": {"1": 0, "0": 3, "2": 1},
    "y": {"1": 0, "0": 2, "2": 1},
    "width": {"1": 2, "0": 1, "2": 1},
    "height": {"1": 1, "0": 2, "2": 1},
    "valid_roi": {"1": True, "0": True, "2": False},
    "roi_mask": {"1": [[True, False]], "0": [[True], [True]], "2": [[True]]},
}


def table(**changes):
    content = copy.deepcopy(TABLE)
    for name, values in changes.items():
        content[name] = content[name] | values
    return roi_table(content, height=4, width=5, where="experiment.json")


def test_rows_are_sorted_and_invalid_ones_left_out():
    found = table()
    assert found.cells["cell_roi_id"].tolist() == [10, 20]
    assert found.cells["cell_specimen_id"].tolist() == [110, 120]
    assert found.all_ids.tolist() == [10, 20, 30]
    assert found.cells["valid_roi"].dtype == bool


def test_masks_are_of_the_whole_field_of_view():
    masks = table().masks
    assert masks.shape == (2, 4, 5)
    first = np.zeros((4, 5), dtype=bool)
    first[2:4, 3] = True
    np.testing.assert_array_equal(masks[0], first)
    np.testing.assert_array_equal(masks[:][0], first)
    np.testing.assert_array_equal(masks[0:1, 2:, :], first[None, 2:])
    assert masks.union().sum() == 3
    assert masks.union().dtype == np.int64


def test_a_database_dump_has_other_names():
    content = {"id": TABLE["cell_roi_id"], "mask_matrix": TABLE["roi_mask"], "exclusion_labels": {"0": []}}
    content |= {name: TABLE[name] for name in ("x", "y", "width", "height")}
    found = roi_table(content, height=4, width=5, where="dump")
    assert found.cells["cell_roi_id"].tolist() == [10, 20, 30]
    assert "exclusion_labels" not in found.cells


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"x": {"0": 5}}, "mask of region 10 does not fit"),
        ({"y": {"1": -1}}, "mask of region 20 does not fit"),
        ({"roi_mask": {"0": [[True]]}}, "mask of region 10 does not fit"),
        ({"roi_mask": {"0": [[True], [True, False]]}}, "mask of region 10 does not fit"),
        ({"cell_roi_id": {"0": 20}}, "two regions of interest have one id"),
        ({"cell_roi_id": {"0": "ten"}}, "holds other values"),
        ({"width": {"0": None}}, "holds other values"),
    ],
)
def test_unsound_tables_are_refused(changes, what):
    with pytest.raises(SourceError, match=what):
        table(**changes)


def test_a_missing_column_is_named():
    with pytest.raises(SourceError, match=r"lacks columns\n.*\n  got: no roi_mask"):
        roi_table({name: TABLE[name] for name in TABLE if name != "roi_mask"}, height=4, width=5, where="a")
