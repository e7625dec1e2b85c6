"""Traces that are cut off at the top are told from those that are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.metrics.imaging.saturation import clipped_cells, clipped_frames, frames_at_top, projection_top
from nwbgate.qc.unmeasurable import UnmeasurableError

TRACE = np.random.default_rng(0).gamma(2.0, 50.0, 20_000)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.2])
def test_share_of_frames_at_a_ceiling_is_found_exactly(share: float) -> None:
    clipped = np.minimum(TRACE, np.sort(TRACE)[-round(share * len(TRACE))])
    assert frames_at_top(clipped) == round(share * len(TRACE))
    assert clipped_frames(np.column_stack([TRACE, clipped])) == pytest.approx(share)
    assert clipped_cells(np.column_stack([TRACE, clipped])) == 0.5


def test_trace_of_whole_numbers_has_no_ceiling_for_that_alone() -> None:
    assert frames_at_top(np.round(TRACE)) == 0
    counts = np.random.default_rng(1).poisson(3.0, 100_000)
    assert frames_at_top(counts) == 0
    assert frames_at_top(np.minimum(counts, 5)) == np.sum(counts >= 5)


def test_two_equal_maxima_and_a_constant_trace_are_no_ceiling() -> None:
    assert frames_at_top([1.0, 3.0, 2.0, 3.0]) == 0
    assert frames_at_top(np.ones(50)) == 0
    assert frames_at_top([]) == 0


@given(scale=st.floats(0.01, 1e3), offset=st.integers(-1000, 1000), seed=st.integers(0, 99))
def test_unit_and_order_of_frames_do_not_matter(scale: float, offset: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    trace = np.minimum(np.round(rng.gamma(2.0, 50.0, 300)), 120)
    assert frames_at_top(rng.permutation(trace * scale + offset)) == frames_at_top(trace)


def test_top_of_a_projection_is_a_share_of_pixels() -> None:
    image = np.arange(100).reshape(10, 10).clip(max=89)
    assert projection_top(image) == pytest.approx(0.11)


@pytest.mark.parametrize("traces", [np.empty((0, 0)), np.full((50, 2), np.nan), np.ones((50, 1))])
def test_what_has_no_trace_is_not_measured(traces: np.ndarray) -> None:
    for metric in (clipped_cells, clipped_frames):
        with pytest.raises(UnmeasurableError, match=r"no traces|none of"):
            metric(traces)


@pytest.mark.parametrize("image", [np.empty(0), np.zeros((4, 4))])
def test_empty_projection_is_not_measured(image: np.ndarray) -> None:
    with pytest.raises(UnmeasurableError, match="empty or has one value only"):
        projection_top(image)
