"""Rules about traces: complete, of their own ROI, and consistent."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending, surely

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Traces that no two ROIs may share, and none of which may be flat. A silent cell has no events, and neighbours may
#: share their neuropil.
_OWN_TRACES = ["dff_traces", "corrected_fluorescence_traces", "demixed_traces"]
#: Equal samples in a row that no noisy trace has.
_STILL = 20
#: Frames with exactly the highest value from which a trace was cut there.
_CEILING = 5
#: Samples in a row on a straight line, and share of the samples between their neighbors, that no noisy trace has.
_LINE, _BETWEEN = 20, 0.4
#: Traces that are divided by a baseline, or minus a share of the neuropil, and so have all digits.
_MANY_DIGITS = ["dff_traces", "corrected_fluorescence_traces"]
#: Fewest ROIs of which some have events.
_FEW = 3


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
    return offending(trace_columns, wrong, "{n_frames} equal samples in {table}", "a trace that varies")


@check(scope="session", column="digest", needs=["trace_columns.trace_varies"])
def trace_is_not_another_rois(trace_columns: "pd.DataFrame") -> "Rows":
    """No two ROIs of a series have the same trace.

    Why: two cells are never equal to the last bit; one of the two traces is a copy.

    Example: columns 3 and 4 of dF/F are equal.

    Fix: extract the traces again, and look for the loop that copied one.
    """
    again = trace_columns.duplicated(["path", "digest"]) & trace_columns["table"].isin(_OWN_TRACES)
    wrong = again.to_numpy() & ~surely(trace_columns["is_constant"])
    return offending(
        trace_columns, wrong, "the {table} of ROI {cell_roi_id} once more", "a trace that no other ROI has"
    )


@check(scope="session", column="highest", needs=["trace_columns.trace_has_no_nan"])
def trace_is_finite(trace_columns: "pd.DataFrame") -> "Rows":
    """No trace of a described table has an infinite sample.

    Why: an infinite sample is a division by a baseline of 0, and makes every mean and filter of the trace infinite.

    Example: the dF/F of one ROI goes up to infinity.

    Fix: compute the trace again with a baseline that is not 0, or leave the ROI out.
    """
    infinite = (numbers(trace_columns["lowest"]) == -np.inf) | (numbers(trace_columns["highest"]) == np.inf)
    wrong = infinite & trace_columns["table"].notna().to_numpy()
    return offending(trace_columns, wrong, "{lowest:.4g} to {highest:.4g} in {table}", "finite values")


@check(scope="session", column="longest_run", needs=["trace_columns.trace_varies"])
def trace_is_never_still(trace_columns: "pd.DataFrame") -> "Rows":
    """No fluorescence or dF/F trace has 20 equal samples in a row.

    Why: a measured trace has noise in every frame; a run of equal samples was filled in. Detected events are 0 for most
    of the time and are exempt.

    Example: 300 samples in a row of the dF/F of one ROI are 0.

    Fix: extract the trace again; where frames are truly lost, cut the recording there.
    """
    still = numbers(trace_columns["longest_run"]) >= _STILL
    wrong = still & trace_columns["table"].isin([*_OWN_TRACES, "neuropil_traces"]).to_numpy()
    return offending(trace_columns, wrong, "{longest_run} equal samples in a row of {table}", f"fewer than {_STILL}")


@check(
    scope="session",
    column="longest_line",
    needs=["trace_columns.trace_is_never_still", "trace_columns.trace_is_finite"],
)
def trace_is_not_interpolated(trace_columns: "pd.DataFrame") -> "Rows":
    """No fluorescence or dF/F trace runs along straight lines.

    Why: a measured trace has noise in every frame. Samples on a line were interpolated over a gap; where every second
    sample is the mean of its neighbors, the trace was brought to a higher rate.

    Example: 300 samples in a row of the dF/F of one ROI lie on a straight line.

    Fix: write the trace as it was extracted, with its own timestamps; where frames are lost, cut the recording there.
    """
    line, between = numbers(trace_columns["longest_line"]), numbers(trace_columns["share_straight"])
    resampled = between > _BETWEEN
    of_camera = trace_columns["table"].isin([*_OWN_TRACES, "neuropil_traces"]).to_numpy()
    words = [
        f"{share:.0%} of the samples between both neighbors: a lower rate, interpolated"
        if share > _BETWEEN
        else f"{length:.0f} samples in a row on a straight line: a gap, interpolated"
        for length, share in zip(line, between, strict=True)
    ]
    wrong = of_camera & (resampled | (line >= _LINE))
    return offending(trace_columns, wrong, lambda: as_column(trace_columns, words), "noise in every frame")


@check(
    scope="session",
    column="n_repeated",
    needs=["trace_columns.trace_is_not_interpolated", "trace_columns.trace_varies"],
    where={"trace_columns.table": ["dff_traces"]},
)
def trace_repeats_nothing(trace_columns: "pd.DataFrame") -> "Rows":
    """No stretch of dF/F repeats an earlier one, frame by frame.

    Why: noise never repeats itself; a block of frames was written twice, and what should be there is lost. The first
    two traces of a plane are compared, as all have the same frames.

    Example: frames 1000 to 1499 of dF/F are frames 500 to 999 once more.

    Fix: extract the traces again, and look for the loop that wrote the block.
    """
    wrong = (numbers(trace_columns["n_repeated"]) > 0) & (trace_columns["table"] == "dff_traces").to_numpy()
    first = ~trace_columns["path"].where(wrong).duplicated().to_numpy()
    got = "{n_repeated} of {n_frames} frames again, the first, frame {repeated_at}, being frame {original}"
    return offending(trace_columns, wrong & first, got, "frames that differ")


@check(
    severity="warning",
    scope="session",
    column="grid",
    needs=["trace_columns.trace_varies", "trace_columns.trace_is_finite"],
    where={"trace_columns.table": _MANY_DIGITS},
)
def trace_keeps_its_digits(trace_columns: "pd.DataFrame") -> "Rows":
    """dF/F and corrected fluorescence are not rounded.

    Why: both are quotients or differences of real numbers, so that whole numbers, two decimals, or the eleven bits of
    half precision are what a later step left of them. What was lost is smaller than the noise, but small signals and
    everything that is computed again from the trace suffer. The first trace of each series is judged.

    Example: the dF/F of a plane has two decimals.

    Fix: write the traces as they were computed, in single or double precision.
    """
    wrong = (trace_columns["grid"] != "").to_numpy() & trace_columns["table"].isin(_MANY_DIGITS).to_numpy()
    first = ~trace_columns["path"].where(wrong).duplicated().to_numpy()
    words = [
        f"{table} in half precision (float16)" if grid == "float16" else f"{table} rounded to {grid}"
        for table, grid in zip(trace_columns["table"], trace_columns["grid"], strict=True)
    ]
    return offending(trace_columns, wrong & first, lambda: as_column(trace_columns, words), "all digits")


@check(scope="session", column="lowest", needs=["trace_columns.trace_is_finite"])
def events_are_not_negative(trace_columns: "pd.DataFrame") -> "Rows":
    """Detected events are 0 or more.

    Why: an event is the size of a rise of calcium. Negative ones are another trace, or were filtered.

    Example: the events of one ROI go down to -0.31.

    Fix: write the events as they were detected.
    """
    wrong = (numbers(trace_columns["lowest"]) < 0) & (trace_columns["table"] == "events").to_numpy()
    return offending(trace_columns, wrong, "{lowest:.4g}", "0 or more")


@check(
    scope="session",
    column="lowest",
    needs=[
        "trace_columns.trace_is_never_still",
        "trace_columns.trace_varies",
        "trace_partners.dff_has_its_baseline_at_zero",
    ],
    where={"trace_columns.table": ["dff_traces"]},
)
def dff_goes_below_zero(trace_columns: "pd.DataFrame") -> "Rows":
    """dF/F of an ROI is below 0 in some frames.

    Why: the noise around a baseline goes both ways. A trace that never falls below 0 was clipped there, or is not dF/F.

    Example: the lowest dF/F of ROI 1011000003 is 0.

    Fix: write dF/F as it was computed.
    """
    wrong = (numbers(trace_columns["lowest"]) >= 0) & (trace_columns["table"] == "dff_traces").to_numpy()
    return offending(trace_columns, wrong, "{lowest:.4g} as the lowest of ROI {cell_roi_id}", "less than 0")


@check(
    scope="session",
    column="n_highest",
    needs=["trace_columns.trace_is_never_still", "trace_columns.trace_is_finite"],
    where={"trace_columns.table": ["dff_traces"]},
)
def dff_is_not_clipped(trace_columns: "pd.DataFrame") -> "Rows":
    """dF/F has its highest value in fewer than five frames.

    Why: two frames of a noisy trace are hardly ever equal to the last bit, least of all at its peak; a value that
    repeats there is a ceiling at which the trace was cut.

    Example: 212 frames of ROI 1011000003 have a dF/F of exactly 1.

    Fix: write dF/F as it was computed.
    """
    wrong = (numbers(trace_columns["n_highest"]) >= _CEILING) & (trace_columns["table"] == "dff_traces").to_numpy()
    got = "{n_highest} frames of exactly {highest:.4g} in ROI {cell_roi_id}"
    return offending(trace_columns, wrong, got, f"fewer than {_CEILING} at the highest value")


@check(
    severity="warning",
    scope="session",
    column="highest",
    needs=["trace_columns.events_are_not_negative", "trace_columns.trace_is_finite"],
    where={"trace_columns.table": ["events"]},
)
def plane_has_events(trace_columns: "pd.DataFrame") -> "Rows":
    """Some ROI of a plane of three or more has detected events.

    Why: single cells may be silent for an hour; where all are, events were not detected, or were lost.

    Example: the events of all 150 ROIs are 0.

    Fix: detect the events again, or leave the series out.
    """
    of_events = (trace_columns["table"] == "events").to_numpy()
    by_plane = trace_columns[of_events].groupby("plane")["highest"].agg(["max", "size"])
    silent = by_plane.index[(by_plane["max"] <= 0) & (by_plane["size"] >= _FEW)]
    wrong = of_events & trace_columns["plane"].isin(silent).to_numpy()
    return offending(trace_columns, wrong, "no event of ROI {cell_roi_id}, nor of any other", "events of some ROI")


RULES: tuple[Rule, ...] = (
    trace_has_no_nan,
    trace_is_finite,
    trace_varies,
    trace_is_never_still,
    trace_is_not_another_rois,
    trace_is_not_interpolated,
    trace_repeats_nothing,
    trace_keeps_its_digits,
    events_are_not_negative,
    dff_goes_below_zero,
    dff_is_not_clipped,
    plane_has_events,
)
