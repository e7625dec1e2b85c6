"""ROIs, masks and traces that are not each other's."""

import pandas as pd
import pytest

from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE

DFF, EVENTS = "/processing/ophys/dff/traces", "/processing/ophys/event_detection"


def trace(frames: Frames, column: int, path: str = DFF) -> pd.Series:
    """Which row of the trace summary is of a column."""
    rows = frames["trace_columns"]
    return (rows["path"] == path) & (rows["column"] == column)


def trace_too_many(frames: Frames) -> None:
    frames["series"].loc[frames["series"]["path"] == DFF, "n_columns"] = 6


def roi_that_is_not_there(frames: Frames) -> None:
    frames["series"].loc[frames["series"]["path"] == DFF, "n_dangling"] = 1


def roi_of_two_columns(frames: Frames) -> None:
    rois = frames["series_rois"]
    of_dff = rois.index[rois["path"] == DFF]
    rois.loc[of_dff[4], "cell_roi_id"] = rois.loc[of_dff[3], "cell_roi_id"]


def events_without_trace(frames: Frames) -> None:
    rois = frames["series_rois"]
    rois.loc[rois.index[rois["path"] == EVENTS][0], "cell_roi_id"] = 999


def nan_in_trace(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 2), "n_nan"] = 20


def flat_trace(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 2), "is_constant"] = True


def copied_trace(frames: Frames) -> None:
    rows = frames["trace_columns"]
    rows.loc[trace(frames, 3), "digest"] = rows.loc[trace(frames, 2), "digest"].iloc[0]


def traces_swapped(frames: Frames) -> None:
    partners = frames["trace_partners"]
    ids = partners["cell_roi_id"].tolist()
    partners.loc[[0, 1], ["own", "best"]] = [0.02, 1.0]
    partners.loc[[0, 1], "best_cell_roi_id"] = [ids[1], ids[0]]


def empty_mask(frames: Frames) -> None:
    frames["masks"].loc[0, "n_pixels"] = 0
    frames["masks"].loc[0, ["left", "right", "top", "bottom"]] = pd.NA


def mask_outside(frames: Frames) -> None:
    frames["masks"].loc[0, "right"] = 96


def mask_of_another_field(frames: Frames) -> None:
    frames["masks"]["image_width"] = 84


def box_elsewhere(frames: Frames) -> None:
    frames["cells"].loc[0, "x"] += 1


def roi_twice(frames: Frames) -> None:
    frames["cells"].loc[1, "cell_roi_id"] = frames["cells"].loc[0, "cell_roi_id"]


def specimen_twice(frames: Frames) -> None:
    frames["cells"].loc[1, "cell_specimen_id"] = frames["cells"].loc[0, "cell_specimen_id"]


CASES: list[Case] = [
    ("series.as_wide_as_its_regions", trace_too_many),
    ("series.regions_exist", roi_that_is_not_there),
    ("series_rois.roi_has_one_column", roi_of_two_columns),
    ("series_rois.events_have_a_trace", events_without_trace),
    ("trace_columns.trace_has_no_nan", nan_in_trace),
    ("trace_columns.trace_varies", flat_trace),
    ("trace_columns.trace_is_not_another_rois", copied_trace),
    ("trace_partners.dff_is_of_its_own_roi", traces_swapped),
    ("masks.mask_has_pixels", empty_mask),
    ("masks.mask_inside_field", mask_outside),
    ("masks.mask_inside_field", mask_of_another_field),
    ("cells.box_is_around_mask", box_elsewhere),
    ("cells.roi_once", roi_twice),
    ("cells.specimen_once", specimen_twice),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_a_silent_cell_has_events_that_are_all_zero():
    frames = good(ACTIVE)
    frames["trace_columns"].loc[trace(frames, 2, EVENTS), "is_constant"] = True
    assert fired(frames) == []


def test_unmatched_cells_have_no_specimen_and_are_not_each_other():
    frames = good(ACTIVE)
    frames["cells"]["cell_specimen_id"] = pd.Series([pd.NA] * len(frames["cells"]), dtype="Int64")
    assert fired(frames) == []


def test_a_mask_that_the_source_does_not_have_may_be_empty():
    frames = good(ACTIVE)
    empty_mask(frames)
    frames["masks"].loc[0, "mask_status"] = "absent: source holds no mask"
    assert fired(frames) == []


def test_neighbours_that_move_together_are_not_each_other():
    frames = good(ACTIVE)
    frames["trace_partners"].loc[0, ["own", "best"]] = [0.93, 0.95]
    frames["trace_partners"].loc[0, "best_cell_roi_id"] = 7
    assert fired(frames) == []


def test_events_are_not_judged_in_a_file_without_dff():
    frames = good(ACTIVE)
    rois = frames["series_rois"]
    frames["series_rois"] = rois[rois["table"] == "events"].reset_index(drop=True)
    assert fired(frames) == []
