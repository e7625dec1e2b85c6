"""ROIs that are not those of their series."""

import pandas as pd
import pytest

from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE

DFF, EVENTS = "/processing/ophys/dff/traces", "/processing/ophys/event_detection"


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


def roi_twice(frames: Frames) -> None:
    frames["cells"].loc[1, "cell_roi_id"] = frames["cells"].loc[0, "cell_roi_id"]


def specimen_twice(frames: Frames) -> None:
    frames["cells"].loc[1, "cell_specimen_id"] = frames["cells"].loc[0, "cell_specimen_id"]


def specimen_of_nobody(frames: Frames) -> None:
    frames["cells"].loc[1, "cell_specimen_id"] = 0


def invalid_roi_with_a_trace(frames: Frames) -> None:
    frames["cells"].loc[1, "valid_roi"] = False


def negative_error(frames: Frames) -> None:
    frames["cells"].loc[1, "RMSE"] = -3.0


def negative_penalty(frames: Frames) -> None:
    frames["cells"].loc[1, "lambda"] = -0.5


def error_lost(frames: Frames) -> None:
    frames["cells"].loc[1, "RMSE"] = float("nan")


def electrode_of_two_columns(frames: Frames) -> None:
    frames["series"]["n_shared"] = [1, *[0] * (len(frames["series"]) - 1)]


CASES: list[Case] = [
    ("series.electrode_has_one_column", electrode_of_two_columns),
    ("cells.cells_are_valid", invalid_roi_with_a_trace),
    ("cells.fits_have_possible_numbers", negative_error),
    ("cells.fits_have_possible_numbers", negative_penalty),
    ("cells.fits_have_possible_numbers", error_lost),
    ("series.as_wide_as_its_regions", trace_too_many),
    ("series.regions_exist", roi_that_is_not_there),
    ("series_rois.roi_has_one_column", roi_of_two_columns),
    ("series_rois.events_have_a_trace", events_without_trace),
    ("cells.roi_once", roi_twice),
    ("cells.specimen_once", specimen_twice),
    ("cells.ids_are_positive", specimen_of_nobody),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_unmatched_cells_have_no_specimen_and_are_not_each_other():
    frames = good(ACTIVE)
    frames["cells"]["cell_specimen_id"] = pd.Series([pd.NA] * len(frames["cells"]), dtype="Int64")
    assert fired(frames) == []


def test_events_are_not_judged_in_a_file_without_dff():
    frames = good(ACTIVE)
    rois = frames["series_rois"]
    frames["series_rois"] = rois[rois["table"] == "events"].reset_index(drop=True)
    assert fired(frames) == []
