"""A planted drift and a planted decay are found again; what has none, or is too short, says so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.metrics.imaging.drift import (
    bleaching,
    cells_apart,
    intensity_change,
    intensity_slope,
    mean_intensity,
    measure_drift,
)
from nwbgate.qc.unmeasurable import UnmeasurableError

TIMES = np.arange(0, 3600, 0.1)
RNG = np.random.default_rng(0)
NOISE = RNG.normal(0, 0.05, len(TIMES))


@pytest.mark.parametrize("change", [-0.4, -0.1, 0.0, 0.3])
def test_linear_drift_is_found_within_half_a_percent(change: float) -> None:
    intensity = 500 * (1 + change * (TIMES / TIMES[-1] - 0.5) + NOISE)
    assert intensity_change(intensity, TIMES) == pytest.approx(change, abs=0.005)
    assert intensity_slope(intensity, TIMES) == pytest.approx(change, abs=0.005)


def test_slope_is_per_hour_whatever_the_length() -> None:
    half = TIMES[: len(TIMES) // 2]
    assert intensity_slope(100 + half / 3600 * 10, half) == pytest.approx(0.0976, abs=0.001)


@pytest.mark.parametrize(("loss", "seconds"), [(0.1, 600.0), (0.3, 1200.0), (0.6, 300.0)])
def test_exponential_loss_and_its_time_constant_are_found(loss: float, seconds: float) -> None:
    decay = np.expm1(-TIMES / seconds) / np.expm1(-TIMES[-1] / seconds)
    found, time_constant = bleaching(300 * (1 - loss * decay + 0.2 * NOISE), TIMES)
    assert found == pytest.approx(loss, abs=0.01)
    assert time_constant == pytest.approx(seconds, rel=0.15)


def test_constant_and_brighter_intensity_has_no_time_constant() -> None:
    assert bleaching(np.full(len(TIMES), 200.0), TIMES) == (pytest.approx(0.0, abs=1e-6), np.inf)
    loss, seconds = bleaching(200 + TIMES / 36, TIMES)
    assert loss == pytest.approx(-0.5, abs=0.02)
    assert seconds == np.inf


def test_transients_do_not_make_a_drift() -> None:
    intensity = np.full(len(TIMES), 100.0)
    intensity[30_000::50] += 900
    assert intensity_change(intensity, TIMES) == pytest.approx(0.0, abs=1e-9)


def test_cells_that_change_apart_are_told_from_cells_that_change_together() -> None:
    ramp = np.linspace(0, 1, 2000)[:, None]
    together = 100 * (1 + 0.5 * ramp * np.ones(9))
    signs = np.array([1, -1] * 5)
    apart = 100 * (1 + 0.5 * ramp * signs)
    assert cells_apart(together) == pytest.approx(0.0, abs=1e-9)
    assert cells_apart(apart) == pytest.approx(0.45, abs=0.03)


@given(scale=st.floats(0.01, 1e4), shift=st.floats(-1e4, 1e4), seed=st.integers(0, 99))
def test_drift_does_not_depend_on_unit_nor_on_when_the_session_began(scale: float, shift: float, seed: int) -> None:
    times = np.arange(0, 900, 1.0)
    intensity = 100 + 10 * times / 900 + np.random.default_rng(seed).normal(0, 1, len(times))
    expected = intensity_change(intensity, times)
    assert intensity_change(scale * intensity, times + shift) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert bleaching(scale * intensity, times + shift)[0] == pytest.approx(bleaching(intensity, times)[0], abs=2e-3)


@given(st.permutations(range(6)))
def test_order_of_cells_does_not_matter(order: list[int]) -> None:
    traces = RNG.normal(100, 1, (200, 6)) * np.linspace(1, 2, 200)[:, None] ** np.arange(6)
    assert mean_intensity(traces[:, order]) == pytest.approx(mean_intensity(traces))
    assert cells_apart(traces[:, order]) == pytest.approx(cells_apart(traces))


@pytest.mark.parametrize(
    ("intensity", "times", "reason"),
    [
        (np.ones(100), np.arange(100.0), "99 s of imaging, at least 300 s are needed"),
        (np.ones(10), np.arange(10.0), "10 samples in time, at least 60 are needed"),
        (np.ones(10), np.arange(9.0), "10 samples have 9 timestamps"),
        (np.full(100, np.nan), np.arange(100.0), "0 samples in time, at least 60 are needed"),
        (np.zeros(500), np.arange(500.0), "the mean fluorescence is not positive"),
        (np.ones(500), np.zeros(500), "500 samples in time, at least 60 are needed"),
        (np.ones(100), np.append(np.arange(99.0), 1e5), "2 of 60 windows of time have a sample"),
    ],
)
def test_what_cannot_be_measured_says_why(intensity: np.ndarray, times: np.ndarray, reason: str) -> None:
    for metric in (intensity_change, intensity_slope, bleaching):
        with pytest.raises(UnmeasurableError, match=reason):
            metric(intensity, times)


def test_too_few_frames_or_cells_have_nothing_apart() -> None:
    with pytest.raises(UnmeasurableError, match="50 frames, at least 100"):
        cells_apart(RNG.normal(100, 1, (50, 5)))
    with pytest.raises(UnmeasurableError, match="2 cells with a positive fluorescence"):
        cells_apart(RNG.normal(100, 1, (500, 2)))


def test_fit_that_does_not_converge_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Optimal parameters not found")

    monkeypatch.setattr("scipy.optimize.curve_fit", fail)
    with pytest.raises(UnmeasurableError, match="the exponential fit failed: Optimal parameters not found"):
        bleaching(np.linspace(2, 1, 1000), np.arange(1000.0))


@pytest.mark.parametrize("dark", [0.0, -3.0])
def test_bleaching_of_a_plane_that_begins_dark_is_no_crash(dark: float) -> None:
    with pytest.raises(UnmeasurableError, match="the exponential fit failed"):
        bleaching(np.where(TIMES < 120, dark, 50.0), TIMES)


def test_rows_of_a_plane_have_units_and_reasons() -> None:
    rows = {row.metric: row for row in measure_drift(np.full((9000, 3), 7.0), TIMES[:9000], "VISp_175")}
    assert {row.object for row in rows.values()} == {"VISp_175"}
    assert not any(row.measured for row in rows.values())
    assert "none of 3 cells has a finite, varying trace" in rows["drift.intensity_change"].reason
    traces = RNG.normal(100, 1, (9000, 3)) * (1 - 0.5 * (1 - np.exp(-TIMES[:9000] / 100)))[:, None]
    rows = {row.metric: row for row in measure_drift(traces, TIMES[:9000], "VISp_175")}
    assert rows["drift.bleaching_time"].value == pytest.approx(100, rel=0.1)
    assert rows["drift.bleaching_time"].unit == "s"
    assert rows["drift.intensity_slope"].unit == "1/h"
