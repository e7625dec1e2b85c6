"""Distributions and outliers across sessions, and criteria made of them."""

import numpy as np
import pandas as pd
import pytest

from nwbgate.qc_runs.across_sessions import distributions, outliers


def measurements(values, metric="a.b"):
    n = len(values)
    return pd.DataFrame(
        {
            "session": [f"s{row}" for row in range(n)], "file": "f", "metric": metric, "value": values, "unit": "1",
            "object": "o",
        }
    )  # fmt: skip


def test_a_distribution_is_median_spread_and_range():
    row = distributions(measurements([1.0, 2.0, 3.0, np.nan])).iloc[0]
    assert (row["n"], row["median"], row["minimum"], row["maximum"]) == (3, 2.0, 1.0, 3.0)
    assert row["spread"] == pytest.approx(1.4826)


def test_the_farthest_value_is_the_first_outlier():
    table = pd.concat([measurements([1, 2, 3, 2, 1, 20.0]), measurements([1, 2, 3, 2, 1, -90.0], "c.d")])
    found = outliers(table)
    assert found["metric"].tolist() == ["c.d", "a.b"]
    assert found["session"].tolist() == ["s5", "s5"]
    assert found["deviation"].iloc[0] < -3.5


def test_few_or_equal_values_have_no_outliers():
    assert outliers(measurements([1.0, 2.0, 90.0])).empty
    assert outliers(measurements([1.0] * 9 + [2.0])).empty
