"""Rules about an ROI's traces beside each other: dF/F, fluorescence, neuropil, noise."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import Times, as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Frame-to-frame changes of dF/F and of its own fluorescence correlate at least so; two ROIs correlate less. It was
#: above 0.99 in every file written by AllenSDK, 0.1 or less for two ROIs, and is -0.5 at a lag of one frame.
_OWN, _OTHER = 0.5, 0.9
#: Part of the demixed trace that a sound correction leaves unexplained: rounding and filters leave up to 0.09 %.
_UNEXPLAINED = 5e-3
#: Difference between a stored and a measured share of the neuropil that rounding explains, with a wide margin.
_SHARE = 1e-3
#: Factor by which the gain of dF/F may differ from 1, for a baseline that drifts by half.
_GAIN = 2.0
#: Median of dF/F that a busy cell may have.
_MEDIAN = 0.5
#: Baseline over noise below which AllenSDK divides by the noise instead (dF/F has max(F0, noise) below).
_BASELINE = 3.0
#: Factor by which noise_std, robust and of a filtered trace, may differ from the noise of frame-to-frame changes.
_NOISE = 3.0
#: Factor by which the ratio of both may differ from that of the other ROIs, and fewest ROIs that tell what is usual.
_APART, _SEVERAL = 1.6, 4
_NOISE_WORDS = "noise_std {noise_std:.4g} of ROI {cell_roi_id}"


@check(
    scope="session",
    column="own",
    needs=[
        "trace_columns.trace_is_not_another_rois",
        "trace_columns.trace_is_never_still",
        "trace_columns.trace_is_finite",
        "trace_columns.trace_is_not_interpolated",
        "trace_columns.trace_repeats_nothing",
        "series_rois.roi_has_one_column",
        "series.as_wide_as_its_regions",
    ],
)
def dff_is_of_its_own_roi(trace_partners: "pd.DataFrame") -> "Rows":
    """A dF/F trace moves, frame by frame, with the fluorescence of its own ROI in every part of the recording.

    Why: dF/F is fluorescence over a slow baseline, so the two share every frame's noise: the changes of both correlate
    about 1.0, those of two ROIs not at all, and those of a trace that lags by a frame -0.5.

    Example: the dF/F of ROI 1011000003 correlates 0.02 with its own fluorescence and 1.00 with that of 1011000004.

    Fix: put the columns in the order of the rois; compute dF/F again from the corrected fluorescence.
    """
    own = numbers(trace_partners["own"])
    return offending(
        trace_partners,
        own < _OWN,
        lambda: as_column(trace_partners, [_partner_words(row) for row in trace_partners.to_dict("records")]),
        f"at least {_OWN}, as of a trace and its own fluorescence",
    )


def _partner_words(row: "dict[Any, Any]") -> str:
    """Return what a dF/F trace moves with, if not with its own fluorescence."""
    found = f"a correlation of {row['own']:.2f} for ROI {row['cell_roi_id']}"
    if row["at_lag"] > _OTHER and row["lag"]:
        return f"{found}, {row['at_lag']:.2f} {abs(row['lag'])} frames {'later' if row['lag'] > 0 else 'earlier'}"
    if row["best"] > _OTHER and row["best_cell_roi_id"] != row["cell_roi_id"]:
        return f"{found}, {row['best']:.2f} with the fluorescence of ROI {row['best_cell_roi_id']}"
    if row["best"] > _OWN and row["best_cell_roi_id"] == row["cell_roi_id"]:
        return f"{found} in a part of the recording, {row['best']:.2f} in all of it"
    return f"{found}, and no ROI that it moves with"


@check(
    scope="session",
    column="unexplained",
    needs=["trace_partners.dff_is_of_its_own_roi", "trace_columns.trace_is_not_another_rois"],
)
def corrected_is_demixed_minus_neuropil(trace_partners: "pd.DataFrame") -> "Rows":
    """Corrected fluorescence is demixed fluorescence minus a constant share of the neuropil, in every frame.

    Why: that is its definition; where it does not hold, one of the three is another ROI's, or was changed afterwards.

    Example: demixed minus corrected fluorescence of ROI 1011000003 leaves 8 % that no share of its neuropil explains.

    Fix: restore the three traces of the ROI from the files of the pipeline.
    """
    wrong = numbers(trace_partners["unexplained"]) > _UNEXPLAINED
    got = "{unexplained:.2%} of the demixed trace of ROI {cell_roi_id} that no share of its neuropil explains"
    return offending(trace_partners, wrong, got, f"at most {_UNEXPLAINED:.2%}")


@check(scope="session", column="r", needs=["trace_partners.corrected_is_demixed_minus_neuropil", "cells.roi_once"])
def r_is_what_was_subtracted(cells: "pd.DataFrame", trace_partners: "pd.DataFrame") -> "Rows":
    """R of an ROI is the share of its neuropil that was subtracted from its demixed fluorescence.

    Why: corrected = demixed - r * neuropil. With another r the correction cannot be repeated or undone.

    Example: r is 0.52, the traces say 0.28, which is the r of ROI 1011000003.

    Fix: give each ROI its own r, in the order of the rois.
    """
    share = numbers(_of_cells(cells, trace_partners, "subtracted"))
    told = numbers(cells["r"])
    lost = np.isnan(told) & np.isfinite(share) & np.isfinite(told).any()  # a file without any r says nothing
    wrong = lost | (np.abs(told - share) > _SHARE * np.maximum(np.abs(share), 1))
    expected = [f"{value:.4g}, by demixed and corrected fluorescence" for value in share]
    return offending(cells, wrong, "r {r:.4g} of ROI {cell_roi_id}", lambda: as_column(cells, expected))


def _of_cells(cells: "pd.DataFrame", trace_partners: "pd.DataFrame", column: str) -> "pd.Series[Any]":
    """Return, per cell, a column of its trace; missing for a cell without one."""
    pair = ["plane", "cell_roi_id"]
    return cells[pair].merge(trace_partners.drop_duplicates(pair), on=pair, how="left")[column]


@check(scope="session", column="gain", needs=["trace_partners.corrected_is_demixed_minus_neuropil"])
def dff_has_its_scale(trace_partners: "pd.DataFrame") -> "Rows":
    """dF/F changes as much as its fluorescence does, relative to the baseline, within a factor of two.

    Why: dF/F is (F - F0) / F0, so that a change of F by its baseline is a change of dF/F by 1. Percent are 100 times as
    much. ROIs whose baseline is less than 3 times its noise are not judged, for their F0 is bounded from below.

    Example: dF/F changes by 100 where its fluorescence changes by its baseline: it is in percent.

    Fix: write dF/F as a ratio, computed from the corrected fluorescence of its ROI.
    """
    gain, judged = numbers(trace_partners["gain"]), numbers(trace_partners["baseline_to_noise"]) > _BASELINE
    wrong = judged & ((gain < 1 / _GAIN) | (gain > _GAIN))
    words = [f"{value:.3g} times{': percent' if 50 < value < 200 else ''}" for value in gain]
    return offending(trace_partners, wrong, lambda: as_column(trace_partners, words), f"{1 / _GAIN} to {_GAIN} times")


@check(scope="session", column="dff_median", needs=["trace_partners.dff_has_its_scale"])
def dff_has_its_baseline_at_zero(trace_partners: "pd.DataFrame") -> "Rows":
    """The median of dF/F is near 0, -0.5 to 0.5.

    Why: its baseline is the median of the fluorescence over minutes; at 1 the baseline was divided by and not
    subtracted. ROIs whose baseline is less than 3 times its noise are not judged.

    Example: the median of dF/F is 1.00.

    Fix: subtract 1, or compute dF/F again.
    """
    judged = numbers(trace_partners["baseline_to_noise"]) > _BASELINE
    wrong = judged & (np.abs(numbers(trace_partners["dff_median"])) > _MEDIAN)
    return offending(trace_partners, wrong, "{dff_median:.3f} for ROI {cell_roi_id}", f"-{_MEDIAN} to {_MEDIAN}")


@check(scope="session", column="noise_std", needs=["trace_partners.dff_has_its_scale", "cells.roi_once"])
def noise_is_that_of_the_trace(cells: "pd.DataFrame", trace_partners: "pd.DataFrame") -> "Rows":
    """noise_std of an ROI is the noise of its dF/F, within a factor of three.

    Why: events are found above this noise. A noise in other units, or of another scale, is not that of the trace.

    Example: noise_std is 5.7, the frame-to-frame changes of dF/F have a noise of 0.057.

    Fix: compute the noise again from dF/F, as event detection did.
    """
    ratio, noise = _noise_ratio(cells, trace_partners)
    wrong = (ratio < 1 / _NOISE) | (ratio > _NOISE)
    return offending(cells, wrong, _NOISE_WORDS, lambda: as_column(cells, [f"about {value:.4g}" for value in noise]))


@check(
    scope="session",
    severity="warning",
    column="noise_std",
    needs=[
        "cells.noise_is_that_of_the_trace",
        "cells.r_is_what_was_subtracted",
        "event_partners.events_are_of_their_own_roi",
    ],
)
def noise_is_of_its_own_roi(cells: "pd.DataFrame", trace_partners: "pd.DataFrame") -> "Rows":
    """All ROIs of a plane have about the same ratio of noise_std to dF/F noise.

    Why: both measure one noise, in two ways that differ alike for all ROIs; an ROI that stands apart may have the noise
    of another.

    Example: noise_std is 0.115 where dF/F has 0.056, and the other ROIs have 0.98 to 1.02 times theirs.

    Fix: put noise_std in the order of the rois of the events.
    """
    ratio, noise = _noise_ratio(cells, trace_partners)
    ratios = as_column(cells, ratio).astype(float).groupby(cells["plane"])
    usual, several = numbers(ratios.transform("median")), numbers(ratios.transform("count")) >= _SEVERAL
    apart = several & (np.abs(np.log(ratio / usual)) > np.log(_APART))
    meant = [f"about {value:.4g}" for value in noise * usual]
    return offending(cells, apart, _NOISE_WORDS, lambda: as_column(cells, meant))


def _noise_ratio(cells: "pd.DataFrame", trace_partners: "pd.DataFrame") -> "tuple[Times, Times]":
    """Return each cell's ratio of noise_std to dF/F noise, and the noise."""
    noise, told = numbers(_of_cells(cells, trace_partners, "noise")), numbers(cells["noise_std"])
    known = (noise > 0) & np.isfinite(told)
    return np.divide(told, noise, out=np.full(len(cells), np.nan), where=known), noise


RULES: tuple[Rule, ...] = (
    dff_is_of_its_own_roi,
    corrected_is_demixed_minus_neuropil,
    r_is_what_was_subtracted,
    dff_has_its_scale,
    dff_has_its_baseline_at_zero,
    noise_is_that_of_the_trace,
    noise_is_of_its_own_roi,
)
