"""Clocks as numbers about them, whatever their length."""

import h5py
import numpy as np
import pytest

from nwbgate.reading.facts.clocks import measure_clock


def test_a_clock_is_measured():
    found = measure_clock(np.array([0.0, 1.0, np.nan, 2.0, 2.0, 5.0, 4.0, 5.0]))
    assert found["n"] == 8
    assert found["n_nan"] == 1
    assert (found["first"], found["last"]) == (0.0, 5.0)
    assert (found["n_backward"], found["n_equal"]) == (1, 1)
    assert found["period"] == 1.0
    assert (found["n_gaps"], found["longest"]) == (1, 3.0)


@pytest.mark.parametrize("length", [1, 2, 3, 100])
def test_the_first_step_back_and_the_first_still_one_have_a_row_and_times(length):
    found = measure_clock(np.array([0.0, 1.0, 1.0, 0.5, 2.0, 2.0, 1.5]), length)
    assert [found[f"backward_{name}"] for name in ("row", "from", "to")] == [3, 1.0, 0.5]
    assert [found[f"equal_{name}"] for name in ("row", "from")] == [2, 1.0]


def test_a_clock_in_order_has_no_such_place():
    assert not {"backward_row", "equal_row"} & {*measure_clock(np.arange(5.0))}


def test_a_gap_is_longer_than_one_and_a_half_periods():
    assert measure_clock(np.array([0, 1, 2, 3.5]))["n_gaps"] == 0
    assert measure_clock(np.array([0, 1, 2, 3.51]))["n_gaps"] == 1


@pytest.mark.parametrize("times", [[], [np.nan], [1.0]])
def test_a_clock_of_no_interval_has_no_period(times):
    found = measure_clock(np.array(times, dtype=float))
    assert np.isnan(found["period"])
    assert found["n_gaps"] == 0


def test_equal_clocks_have_equal_digests():
    times = np.arange(5.0)
    assert (
        measure_clock(times)["digest"] == measure_clock(times.copy())["digest"] != measure_clock(times + 1e-9)["digest"]
    )


@pytest.mark.parametrize("length", [1, 2, 3, 7, 100])
def test_a_clock_in_blocks_is_measured_as_one_in_memory(length):
    times = np.cumsum(np.where(np.arange(60) == 31, 5.0, 0.25))
    times[[4, 5, 6]] = np.nan, times[5], times[5]
    assert measure_clock(times, length) == pytest.approx(measure_clock(times))


def test_a_gap_between_two_blocks_is_a_gap():
    assert measure_clock(np.array([0.0, 1, 2, 3, 9, 10, 11, 12]), 4)["n_gaps"] == 1


def test_the_memory_of_a_clock_does_not_grow_with_its_length(tmp_path):
    """40 MB of timestamps would be 200 MB if they were held at once with their differences."""
    from tracemalloc import get_traced_memory, start, stop

    n = 5_000_000
    with h5py.File(tmp_path / "long.h5", "w") as file:
        times = file.create_dataset("timestamps", (n,), "f8", chunks=(2**16,))
        for first in range(0, n, 2**18):
            times[first : first + 2**18] = np.arange(first, min(first + 2**18, n)) / 1000
        start()
        found = measure_clock(times)
        _, peak = get_traced_memory()
        stop()
    assert (found["n"], found["period"], found["n_gaps"]) == (n, pytest.approx(0.001), 0)
    assert peak < 40e6
