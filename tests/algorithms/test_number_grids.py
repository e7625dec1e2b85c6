"""Numbers that were rounded lie on a grid; measured ones on none."""

import numpy as np
import pytest

from nwbgate.algorithms.number_grids import grid_of


@pytest.fixture
def dff():
    return np.random.default_rng(0).normal(0.05, 0.3, 1000)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_measured_numbers_lie_on_no_grid(dff, dtype):
    assert grid_of(dff.astype(dtype)) == ""


@pytest.mark.parametrize(("decimals", "grid"), [(0, "1"), (1, "0.1"), (2, "0.01"), (3, "")])
def test_two_decimals_are_a_grid_and_three_are_none(dff, decimals, grid):
    assert grid_of(np.round(100 * dff if decimals == 0 else dff, decimals)) == grid


def test_half_precision_is_a_grid(dff):
    assert grid_of(dff.astype(np.float16)) == "float16"


def test_missing_few_and_equal_numbers_lie_on_none(dff):
    assert grid_of(np.full(1000, np.nan)) == ""
    assert grid_of(np.round(dff[:49], 1)) == ""
    assert grid_of(np.full(1000, 0.5)) == ""
