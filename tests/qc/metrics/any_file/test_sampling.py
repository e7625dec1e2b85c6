"""Gaps, jitter, and intervals outside of the recording."""

import numpy as np
import pandas as pd
import pytest

from nwbgate.qc.metrics.any_file.sampling import measure_intervals, measure_sampling

EVEN = np.arange(1000) * 0.01


def values(times):
    return {row.metric: row for row in measure_sampling(times, "s")}


def test_samples_that_gaps_lack_are_counted():
    assert values(EVEN)["sampling.dropped"].value == 0.0
    assert values(np.delete(EVEN, slice(500, 510)))["sampling.dropped"].value == pytest.approx(0.01)


def test_jitter_is_the_spread_of_the_intervals_over_the_period():
    rng = np.random.default_rng(0)
    uneven = np.cumsum(rng.normal(0.01, 0.001, 5000))
    assert values(uneven)["sampling.jitter"].value == pytest.approx(0.1, rel=0.05)


def test_times_of_events_are_not_applicable():
    events = np.cumsum(np.random.default_rng(0).exponential(1, 100))
    assert {row.reason for row in values(events).values()} == {
        "not applicable: times without a sampling period, as those of events"
    }


def test_intervals_outside_are_a_fraction_of_all():
    table = pd.DataFrame({"start_time": [-1.0, 1.0, 9.0], "stop_time": [0.5, 2.0, 11.0]})
    assert measure_intervals(table, "t", (0.0, 10.0)).value == pytest.approx(2 / 3)
    assert measure_intervals(table, "t", None).reason.startswith("not applicable")
