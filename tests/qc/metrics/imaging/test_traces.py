"""Usable traces, windows of time, and what becomes of what cannot be measured."""

import numpy as np
import pytest

from nwbgate.qc.metrics.imaging.traces import usable, usable_traces, window_medians
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row


def test_cells_that_vary_and_miss_nothing_are_usable() -> None:
    traces = np.random.default_rng(0).normal(size=(50, 5))
    traces[:, 0], traces[3, 1], traces[4, 2] = 2.0, np.nan, np.inf
    assert usable(traces).tolist() == [False, False, False, True, True]
    np.testing.assert_array_equal(usable_traces(traces), traces[:, 3:])
    assert usable(np.empty((0, 3))).tolist() == [False] * 3


def test_traces_that_are_all_usable_are_not_copied() -> None:
    traces = np.random.default_rng(0).normal(size=(50, 5))
    assert np.shares_memory(usable_traces(traces), traces)


def test_medians_of_windows_lie_in_their_middles() -> None:
    times = np.arange(0, 100, 0.5)
    middles, medians = window_medians(times**1.0, times, 10)
    assert middles == pytest.approx(np.arange(10) * 9.95 + 4.975)
    assert medians == pytest.approx(middles, abs=0.6)


def test_windows_without_a_sample_are_left_out() -> None:
    times = np.concatenate([np.arange(0, 60.0), np.arange(80, 101.0)])
    middles, _ = window_medians(np.ones(len(times)), times, 10)
    assert middles == pytest.approx([5, 15, 25, 35, 45, 55, 85, 95])


def test_number_or_reason_becomes_a_row() -> None:
    def refuse() -> float:
        raise UnmeasurableError("too short")

    row = measure_row("drift.bleached", refuse, "1", "plane")
    assert (row.measured, row.reason, row.object) == (False, "too short", "plane")
    assert measure_row("motion.rms", lambda: 2.5, "pixel", "plane").value == 2.5


def test_nan_that_slips_through_is_no_number() -> None:
    row = measure_row("motion.rms", lambda: float("nan"), "pixel", "plane")
    assert not row.measured
    assert "not a finite number" in row.reason
