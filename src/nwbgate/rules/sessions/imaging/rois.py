"""Rules about the ROIs of planes and of their series."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import numbers, offending, surely_not

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", column="n_columns", where={"series.n_regions": []})
def as_wide_as_its_regions(series: "pd.DataFrame") -> "Rows":
    """A response series has one column per ROI, and an electrical series one per electrode, that it says it has.

    Why: column and ROI are matched by position; with one more or less, traces belong to the wrong cells.

    Example: dF/F has 150 columns, its rois are 149.

    Fix: write the rois of exactly the columns, in their order.
    """
    told = series["n_regions"].notna().to_numpy()
    wrong = told & (numbers(series["n_columns"]) != numbers(series["n_regions"]))
    return offending(series, wrong, "{n_columns} columns for {n_regions} rows that it names", "as many columns")


@check(scope="session", column="n_dangling", where={"series.n_regions": []})
def regions_exist(series: "pd.DataFrame") -> "Rows":
    """Every ROI, electrode or image that a series names is there.

    Why: a trace of a row that is not there is a trace of nothing; an IndexSeries shows the images that it names.

    Example: rois names row 150 of a table of 150 rows, which end at 149.

    Fix: correct the row numbers; they count from 0.
    """
    wrong = numbers(series["n_dangling"].fillna(0)) > 0
    return offending(series, wrong, "{n_dangling} that are not there", "none")


@check(scope="session", severity="warning", column="n_shared", needs=["series.regions_exist"])
def electrode_has_one_column(series: "pd.DataFrame") -> "Rows":
    """No two columns of a voltage are of one electrode.

    Why: one of the two is the signal of another place, or the same one filtered. Only a warning: a lab may want that.

    Example: electrodes of a series of four columns are rows 0, 0, 1 and 2.

    Fix: correct the electrodes of the series.
    """
    wrong = numbers(series["n_shared"].fillna(0)) > 0
    return offending(series, wrong, "{n_shared} columns with the electrode of another", "one electrode each")


@check(scope="session", column="cell_roi_id", needs=["series.regions_exist", "cells.roi_once"])
def roi_has_one_column(series_rois: "pd.DataFrame") -> "Rows":
    """No two columns of a response series are of one ROI.

    Why: one of the two traces is another cell's.

    Example: columns 4 and 5 of dF/F both name ROI 1011000006.

    Fix: correct the rois of the series.
    """
    again = series_rois.duplicated(["path", "plane", "cell_roi_id"]) & series_rois["cell_roi_id"].notna()
    return offending(series_rois, again, "cell_roi_id", "an ROI that no other column names")


@check(
    scope="session",
    column="cell_roi_id",
    needs=["series_rois.roi_has_one_column", "series.regions_exist"],
    where={"series_rois.table": ["events"]},
)
def events_have_a_trace(series_rois: "pd.DataFrame") -> "Rows":
    """Every ROI with detected events has a dF/F trace.

    Why: events are detected in dF/F; events of an ROI without it are of another.

    Example: events name ROI 1011000009, which dF/F does not.

    Fix: correct the rois of the events, or add the trace.
    """
    events = (series_rois["table"] == "events").to_numpy()
    traced = series_rois.loc[series_rois["table"] == "dff_traces", ["plane", "cell_roi_id"]]
    if traced.empty or not events.any():
        return None
    known = set(zip(traced["plane"], traced["cell_roi_id"], strict=True))
    pairs = zip(series_rois["plane"], series_rois["cell_roi_id"], strict=True)
    unknown = np.array([pair not in known for pair in pairs], dtype=bool)
    return offending(series_rois, events & unknown, "cell_roi_id", "an ROI with a dF/F trace")


@check(scope="session", column="cell_roi_id")
def roi_once(cells: "pd.DataFrame") -> "Rows":
    """No two ROIs of a plane have the same cell_roi_id.

    Why: it is the key of the ROI in its experiment.

    Example: two rows have the id 1011000003.

    Fix: give every ROI its own id.
    """
    return offending(cells, cells.duplicated(["plane", "cell_roi_id"]), "cell_roi_id", "an id that no other row has")


@check(scope="session", column="cell_specimen_id")
def specimen_once(cells: "pd.DataFrame") -> "Rows":
    """No two ROIs of a session are the same cell.

    Why: cells are followed across sessions by cell_specimen_id; two ROIs of one cell in one session cannot both be it,
    in one plane or in two. ROIs that were not matched have none.

    Example: two rows have cell_specimen_id 1080000004.

    Fix: match the plane again, or leave the weaker match without cell_specimen_id.
    """
    again = cells.duplicated("cell_specimen_id") & cells["cell_specimen_id"].notna()
    return offending(cells, again, "cell_specimen_id", "an id that no other row has")


@check(scope="session", column="cell_specimen_id")
def ids_are_positive(cells: "pd.DataFrame") -> "Rows":
    """cell_specimen_id and cell_roi_id are above 0.

    Why: 0 stands for a missing id in many programs; read as an id it makes one cell of all unmatched ROIs.

    Example: cell_specimen_id 0.

    Fix: leave an ROI without a match without cell_specimen_id.
    """
    wrong = (numbers(cells["cell_specimen_id"]) <= 0) | (numbers(cells["cell_roi_id"]) < 0)
    return offending(cells, wrong, "specimen {cell_specimen_id} of ROI {cell_roi_id}", "an id above 0, or none")


@check(severity="warning", scope="session", column="valid_roi", needs=["series_rois.roi_has_one_column"])
def cells_are_valid(cells: "pd.DataFrame", series_rois: "pd.DataFrame") -> "Rows":
    """Every ROI with a dF/F trace is a valid one.

    Why: ROIs in which no cell was found are left out of a release, with their traces; analyses take all that are there.

    Example: valid_roi is false for ROI 1011000003, which has a trace.

    Fix: leave the ROI and its traces out, or correct valid_roi.
    """
    traced = series_rois.loc[series_rois["table"] == "dff_traces", "cell_roi_id"]
    wrong = surely_not(cells["valid_roi"]) & cells["cell_roi_id"].isin(traced).to_numpy()
    return offending(cells, wrong, "{valid_roi} for ROI {cell_roi_id}", "True, as it has a trace")


@check(scope="session", column="lambda", needs=["cells.r_is_what_was_subtracted"])
def fits_have_possible_numbers(cells: "pd.DataFrame") -> "Rows":
    """RMSE and lambda of an ROI are not negative, and an ROI with r has an RMSE above 0.

    Why: one is a mean of squares, the other a weight of a penalty; negative ones are of another column, and no fit of
    a noisy trace is perfect. Where r is 0, nothing was fitted.

    Example: RMSE is -3.0 for ROI 1011000003.

    Fix: restore r, RMSE and lambda from the files of the pipeline.
    """
    error, penalty = numbers(cells["RMSE"]), numbers(cells["lambda"])
    lost = np.isnan(error) & np.isfinite(error).any() & np.isfinite(numbers(cells["r"]))
    perfect = (error == 0) & (numbers(cells["r"]) > 0)
    wrong = (error < 0) | (penalty < 0) | lost | perfect
    got = "RMSE {RMSE:.4g}, lambda {lambda:.4g} for ROI {cell_roi_id}"
    return offending(cells, wrong, got, "lambda of 0 or more, RMSE above 0")


RULES: tuple[Rule, ...] = (
    as_wide_as_its_regions,
    regions_exist,
    electrode_has_one_column,
    roi_has_one_column,
    events_have_a_trace,
    roi_once,
    specimen_once,
    ids_are_positive,
    cells_are_valid,
    fits_have_possible_numbers,
)
