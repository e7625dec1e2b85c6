"""Rules about the imaging planes of one file: ROIs, masks and traces."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import beside, numbers, offending, surely

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Traces that no two ROIs may share, and none of which may be flat. A silent cell has no events, and neighbours may
#: share their neuropil.
_OWN_TRACES = ["dff_traces", "corrected_fluorescence_traces", "demixed_traces"]
#: A dF/F trace that moves this little with its own ROI's fluorescence, and this much with another's, is the other's.
#: Its own correlation was above 0.99 in every file written by AllenSDK, that of two ROIs below 0.1.
_OWN, _OTHER = 0.5, 0.9


@check(scope="session", column="n_columns")
def as_wide_as_its_regions(series: "pd.DataFrame") -> "Rows":
    """A response series has one column per ROI, and an electrical series one per electrode, that it says it has.

    Why: column and ROI are matched by position; with one more or less, traces belong to the wrong cells.

    Example: dF/F has 150 columns, its rois are 149.

    Fix: write the rois of exactly the columns, in their order.
    """
    told = series["n_regions"].notna().to_numpy()
    wrong = told & (numbers(series["n_columns"]) != numbers(series["n_regions"]))
    return offending(series, wrong, "{n_columns} columns for {n_regions} rows that it names", "as many columns")


@check(scope="session", column="n_dangling")
def regions_exist(series: "pd.DataFrame") -> "Rows":
    """Every ROI or electrode that a series names is a row of its table.

    Why: a trace of a row that is not there is a trace of nothing.

    Example: rois names row 150 of a table of 150 rows, which end at 149.

    Fix: correct the row numbers; they count from 0.
    """
    wrong = numbers(series["n_dangling"].fillna(0)) > 0
    return offending(series, wrong, "{n_dangling} rows that are not there", "none")


@check(scope="session", column="cell_roi_id", needs=["series.regions_exist", "cells.roi_once"])
def roi_has_one_column(series_rois: "pd.DataFrame") -> "Rows":
    """No two columns of a response series are of one ROI.

    Why: one of the two traces is another cell's.

    Example: columns 4 and 5 of dF/F both name ROI 1011000006.

    Fix: correct the rois of the series.
    """
    again = series_rois.duplicated(["path", "plane", "cell_roi_id"]) & series_rois["cell_roi_id"].notna()
    return offending(series_rois, again, "cell_roi_id", "an ROI that no other column names")


@check(scope="session", column="cell_roi_id", needs=["series_rois.roi_has_one_column", "series.regions_exist"])
def events_have_a_trace(series_rois: "pd.DataFrame") -> "Rows":
    """Every ROI with detected events has a dF/F trace.

    Why: events are detected in dF/F; events of an ROI without it are of another.

    Example: events name ROI 1011000009, which dF/F does not.

    Fix: correct the rois of the events, or add the trace.
    """
    traced = series_rois.loc[series_rois["table"] == "dff_traces", ["plane", "cell_roi_id"]]
    if traced.empty:
        return None
    known = set(zip(traced["plane"], traced["cell_roi_id"], strict=True))
    events = (series_rois["table"] == "events").to_numpy()
    pairs = zip(series_rois["plane"], series_rois["cell_roi_id"], strict=True)
    unknown = np.array([pair not in known for pair in pairs], dtype=bool)
    return offending(series_rois, events & unknown, "cell_roi_id", "an ROI with a dF/F trace")


@check(scope="session", column="n_nan")
def trace_has_no_nan(trace_columns: "pd.DataFrame") -> "Rows":
    """No trace of a described table has missing samples.

    Why: one NaN makes every mean, correlation and filter of the trace NaN.

    Example: 20 samples of the dF/F of one ROI are NaN.

    Fix: extract the trace again, or mark the ROI as not valid and leave its trace out.
    """
    wrong = (numbers(trace_columns["n_nan"]) > 0) & trace_columns["table"].notna().to_numpy()
    return offending(trace_columns, wrong, "{n_nan} NaN in {table}", "none")


@check(scope="session", column="is_constant", needs=["trace_columns.trace_has_no_nan"])
def trace_varies(trace_columns: "pd.DataFrame") -> "Rows":
    """No fluorescence or dF/F trace is constant.

    Why: a flat trace is one that was never filled. Detected events may be all zero: the cell was silent.

    Example: all 140,000 samples of the dF/F of one ROI are 0.

    Fix: extract the trace again.
    """
    wrong = surely(trace_columns["is_constant"]) & trace_columns["table"].isin(_OWN_TRACES).to_numpy()
    return offending(trace_columns, wrong, "table", "a trace that varies")


@check(scope="session", column="digest", needs=["trace_columns.trace_varies"])
def trace_is_not_another_rois(trace_columns: "pd.DataFrame") -> "Rows":
    """No two ROIs of a series have the same trace.

    Why: two cells are never equal to the last bit; one of the two traces is a copy.

    Example: columns 3 and 4 of dF/F are equal.

    Fix: extract the traces again, and look for the loop that copied one.
    """
    again = trace_columns.duplicated(["path", "digest"]) & trace_columns["table"].isin(_OWN_TRACES)
    wrong = again.to_numpy() & ~surely(trace_columns["is_constant"])
    return offending(trace_columns, wrong, "table", "a trace that no other ROI has")


@check(
    scope="session",
    column="best_cell_roi_id",
    needs=[
        "trace_columns.trace_is_not_another_rois",
        "series_rois.roi_has_one_column",
        "series.as_wide_as_its_regions",
    ],
)
def dff_is_of_its_own_roi(trace_partners: "pd.DataFrame") -> "Rows":
    """A dF/F trace moves with the fluorescence of its own ROI, not with another's.

    Why: dF/F is fluorescence over a slow baseline, so the two share every frame's noise. Traces in another order than
    their rois are the wrong cells', and nothing else in the file shows it.

    Example: the dF/F of ROI 1011000003 correlates 0.02 with its own fluorescence and 1.00 with that of 1011000004.

    Fix: put the columns in the order of the rois, or the rois in that of the columns.
    """
    own, best = numbers(trace_partners["own"]), numbers(trace_partners["best"])
    got = "{best_cell_roi_id} (correlation {best:.2f}, its own {own:.2f})"
    return offending(trace_partners, (own < _OWN) & (best > _OTHER), got, trace_partners["cell_roi_id"])


@check(scope="session", column="n_pixels")
def mask_has_pixels(masks: "pd.DataFrame") -> "Rows":
    """Every ROI has at least one pixel, unless the file says that its source has no mask.

    Why: an ROI of no pixels has no trace and no place.

    Example: the mask of ROI 1011000003 is all zero.

    Fix: restore the mask; where the source has none, say so in a text column mask_status ("absent: ...").
    """
    said_absent = masks["mask_status"].fillna("").astype(str).str.startswith("absent").to_numpy(dtype=bool)
    empty = numbers(masks["n_pixels"].fillna(1)) == 0
    return offending(masks, empty & ~said_absent, "n_pixels", "at least one pixel")


@check(scope="session", column="right", needs=["masks.mask_has_pixels"])
def mask_inside_field(masks: "pd.DataFrame", planes: "pd.DataFrame") -> "Rows":
    """Every mask lies inside the field of view of its plane, and a mask image has its size.

    Why: pixels outside the image were never recorded; an image of another size is of another plane.

    Example: a mask reaches column 530 of a field 512 wide.

    Fix: restore the mask, or correct the plane's field of view.
    """
    field = planes.drop_duplicates("plane").set_index("plane")
    width = numbers(masks["plane"].map(field["field_of_view_width"]))
    height = numbers(masks["plane"].map(field["field_of_view_height"]))
    beyond = (numbers(masks["right"]) >= width) | (numbers(masks["bottom"]) >= height)
    beyond |= (numbers(masks["left"]) < 0) | (numbers(masks["top"]) < 0)
    images = masks["image_width"].notna().to_numpy() & ~np.isnan(width) & ~np.isnan(height)
    other = images & ((numbers(masks["image_width"]) != width) | (numbers(masks["image_height"]) != height))
    return offending(
        masks,
        beyond | other,
        "columns to {right}, rows to {bottom}",
        lambda: beside(masks, [f"{w:.0f} x {h:.0f} pixels" for w, h in zip(width, height, strict=True)]),
    )


@check(scope="session", column="x", needs=["masks.mask_has_pixels", "masks.mask_inside_field", "cells.roi_once"])
def box_is_around_mask(cells: "pd.DataFrame", masks: "pd.DataFrame") -> "Rows":
    """x, y, width and height of an ROI are the box around its mask.

    Why: they are the mask told twice; a box elsewhere means that mask and row are of different ROIs.

    Example: x is 17, the mask begins at column 42.

    Fix: recompute the box from the mask, or give the row its own mask.
    """
    pair = ["plane", "cell_roi_id"]
    boxes = cells[pair].merge(masks.drop_duplicates(pair), on=pair, how="left").set_index(cells.index)
    expected = {
        "x": boxes["left"],
        "y": boxes["top"],
        "width": boxes["right"] - boxes["left"] + 1,
        "height": boxes["bottom"] - boxes["top"] + 1,
    }
    wrong = np.zeros(len(cells), dtype=bool)
    for column, value in expected.items():
        got, meant = numbers(cells[column]), numbers(value)
        wrong |= ~np.isnan(got) & ~np.isnan(meant) & (got != meant)
    return offending(cells, wrong, lambda: _box(cells), lambda: _box(boxes.assign(**expected)))


def _box(frame: "pd.DataFrame") -> "pd.Series[Any]":
    rows = frame[["x", "y", "width", "height"]].itertuples(index=False)
    return beside(frame, [f"x {x}, y {y}, width {width}, height {height}" for x, y, width, height in rows])


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
    """No two ROIs of a plane are the same cell.

    Why: cells are followed across sessions by cell_specimen_id; two ROIs of one cell in one session cannot both be it.
    ROIs that were not matched have none.

    Example: two rows have cell_specimen_id 1080000004.

    Fix: match the plane again, or leave the weaker match without cell_specimen_id.
    """
    again = cells.duplicated(["plane", "cell_specimen_id"]) & cells["cell_specimen_id"].notna()
    return offending(cells, again, "cell_specimen_id", "an id that no other row has")


RULES: tuple[Rule, ...] = (
    as_wide_as_its_regions,
    regions_exist,
    roi_has_one_column,
    events_have_a_trace,
    trace_has_no_nan,
    trace_varies,
    trace_is_not_another_rois,
    dff_is_of_its_own_roi,
    mask_has_pixels,
    mask_inside_field,
    box_is_around_mask,
    roi_once,
    specimen_once,
)
