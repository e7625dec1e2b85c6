"""Traces that are not whole, not their ROI's, or not each other's."""

import numpy as np
import pandas as pd
import pytest

from support.judged_sessions import Case, Frames, fired, good, outcome
from support.standard_session import ACTIVE

DFF, EVENTS = "/processing/ophys/dff/traces", "/processing/ophys/event_detection"


def trace(frames: Frames, column: int, path: str = DFF) -> pd.Series:
    """Which row of the trace summary is of a column."""
    rows = frames["trace_columns"]
    return (rows["path"] == path) & (rows["column"] == column)


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


def infinite_sample(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 2), "highest"] = np.inf


def filled_in(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 2), "longest_run"] = 20


def negative_event(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 2, EVENTS), "lowest"] = -0.1


def trace_lags(frames: Frames) -> None:
    frames["trace_partners"].loc[2, ["own", "lag", "at_lag"]] = [-0.5, 3, 0.98]


def trace_of_nobody(frames: Frames) -> None:
    frames["trace_partners"].loc[2, ["own", "best"]] = [0.02, 0.1]


def seconds_of_another(frames: Frames) -> None:
    frames["trace_partners"].loc[2, ["own", "best"]] = [0.02, 0.93]


def corrected_by_another_neuropil(frames: Frames) -> None:
    frames["trace_partners"].loc[2, "unexplained"] = 0.08


def another_r(frames: Frames) -> None:
    frames["cells"].loc[2, "r"] += 0.1


def percent(frames: Frames) -> None:
    frames["trace_partners"]["gain"] *= 100


def ratio_without_subtraction(frames: Frames) -> None:
    frames["trace_partners"]["dff_median"] += 1


def noise_in_percent(frames: Frames) -> None:
    frames["cells"]["noise_std"] *= 100


def noise_of_another(frames: Frames) -> None:
    frames["cells"].loc[[0, 1], "noise_std"] = frames["cells"].loc[[1, 0], "noise_std"].to_numpy()


def lost_r(frames: Frames) -> None:
    frames["cells"].loc[2, "r"] = np.nan


def clipped(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 2), "lowest"] = 0.0


def without_events(frames: Frames) -> None:
    frames["trace_columns"].loc[frames["trace_columns"]["table"] == "events", "highest"] = 0.0


def cut_at_a_ceiling(frames: Frames) -> None:
    columns = frames["trace_columns"]
    columns.loc[columns.index[columns["table"] == "dff_traces"][1], "n_highest"] = 5


def line_over_a_gap(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 2), "longest_line"] = 300


def lower_rate_interpolated(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 2), "share_straight"] = 0.49


def block_written_twice(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 0), "n_repeated"] = 500


def half_precision(frames: Frames) -> None:
    frames["trace_columns"].loc[trace(frames, 0), "grid"] = "float16"


CASES: list[Case] = [
    ("trace_columns.trace_is_not_interpolated", line_over_a_gap),
    ("trace_columns.trace_is_not_interpolated", lower_rate_interpolated),
    ("trace_columns.trace_repeats_nothing", block_written_twice),
    ("trace_columns.trace_keeps_its_digits", half_precision),
    ("trace_columns.dff_is_not_clipped", cut_at_a_ceiling),
    ("trace_columns.trace_has_no_nan", nan_in_trace),
    ("trace_columns.trace_varies", flat_trace),
    ("trace_columns.trace_is_not_another_rois", copied_trace),
    ("trace_partners.dff_is_of_its_own_roi", traces_swapped),
    ("trace_columns.trace_is_finite", infinite_sample),
    ("trace_columns.trace_is_never_still", filled_in),
    ("trace_columns.events_are_not_negative", negative_event),
    ("trace_partners.dff_is_of_its_own_roi", trace_lags),
    ("trace_partners.dff_is_of_its_own_roi", trace_of_nobody),
    ("trace_partners.dff_is_of_its_own_roi", seconds_of_another),
    ("trace_partners.corrected_is_demixed_minus_neuropil", corrected_by_another_neuropil),
    ("cells.r_is_what_was_subtracted", another_r),
    ("cells.r_is_what_was_subtracted", lost_r),
    ("trace_columns.dff_goes_below_zero", clipped),
    ("trace_columns.plane_has_events", without_events),
    ("trace_partners.dff_has_its_scale", percent),
    ("trace_partners.dff_has_its_baseline_at_zero", ratio_without_subtraction),
    ("cells.noise_is_that_of_the_trace", noise_in_percent),
    ("cells.noise_is_of_its_own_roi", noise_of_another),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (traces_swapped, "0.02 for ROI 1011000002, 1.00 with the fluorescence of ROI 1011000003"),
        (trace_lags, "-0.50 for ROI 1011000004, 0.98 3 frames later"),
        (trace_of_nobody, "no ROI that it moves with"),
        (seconds_of_another, "in a part of the recording, 0.93 in all of it"),
        (percent, "101 times: percent"),
        (another_r, "expected 0.7744, by demixed and corrected fluorescence"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_message_says_what_the_trace_is(edit, words):
    frames = good(ACTIVE)
    edit(frames)
    assert words in outcome(frames).findings[0].message


@pytest.mark.parametrize(
    ("column", "inside", "outside", "code"),
    [
        ("gain", 1.99, 2.01, "trace_partners.dff_has_its_scale"),
        ("gain", 0.51, 0.49, "trace_partners.dff_has_its_scale"),
        ("dff_median", 0.49, 0.51, "trace_partners.dff_has_its_baseline_at_zero"),
        ("dff_median", -0.49, -0.51, "trace_partners.dff_has_its_baseline_at_zero"),
        ("unexplained", 4.5e-3, 5.5e-3, "trace_partners.corrected_is_demixed_minus_neuropil"),
        ("own", 0.51, 0.49, "trace_partners.dff_is_of_its_own_roi"),
    ],
)
def test_the_boundary_is_not_a_fault_and_what_is_beyond_it_is(column, inside, outside, code):
    for value, codes in ((inside, []), (outside, [code])):
        frames = good(ACTIVE)
        frames["trace_partners"].loc[2, column] = value
        assert fired(frames) == codes


def test_an_roi_whose_baseline_is_in_its_noise_is_not_judged_by_it():
    frames = good(ACTIVE)
    frames["trace_partners"].loc[2, ["gain", "dff_median", "baseline_to_noise"]] = [5.0, 2.0, 2.9]
    assert fired(frames) == []


def test_a_noise_may_be_measured_in_another_way_for_all_rois():
    frames = good(ACTIVE)
    frames["cells"]["noise_std"] *= 2.5
    assert fired(frames) == []


def test_few_rois_do_not_say_which_noise_is_usual():
    frames = good(ACTIVE)
    noise_of_another(frames)
    frames["cells"].loc[[2, 3, 4], "noise_std"] = np.nan
    assert fired(frames) == []


def test_a_silent_cell_has_events_that_are_all_zero():
    frames = good(ACTIVE)
    frames["trace_columns"].loc[trace(frames, 2, EVENTS), "is_constant"] = True
    assert fired(frames) == []


def test_neighbours_that_move_together_are_not_each_other():
    frames = good(ACTIVE)
    frames["trace_partners"].loc[0, ["own", "best"]] = [0.93, 0.95]
    frames["trace_partners"].loc[0, "best_cell_roi_id"] = 7
    assert fired(frames) == []
