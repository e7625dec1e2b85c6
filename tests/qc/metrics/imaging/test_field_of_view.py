"""A planted shift is found again, and cells that were found again are counted."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from nwbgate.errors import MissingExtraError
from nwbgate.qc.metrics.imaging.field_of_view import match, matched_cells, measure_match, registration_shift, trend
from nwbgate.qc.unmeasurable import UnmeasurableError
from support.made_tissue import SIZE, noisy, tissue


@pytest.mark.parametrize("shift", [(0.0, 0.0), (7.0, -12.0), (-25.0, 3.0), (2.5, 4.5)])
def test_planted_shift_is_found_within_a_fifth_of_a_pixel(shift: tuple[float, float]) -> None:
    moved = ndimage.shift(tissue(), [-part for part in shift], order=3, mode="reflect")
    found = registration_shift(noisy(tissue(), 1), noisy(moved, 2))
    assert found == pytest.approx(shift, abs=0.2)
    result = match(noisy(tissue(), 1), noisy(moved, 2))
    assert result.shift == pytest.approx(np.hypot(*shift), abs=0.3)
    assert result.correlation > 0.9
    assert result.similarity > 0.6


def test_same_image_matches_wholly() -> None:
    result = match(tissue(), tissue())
    assert (result.shift, result.correlation, result.similarity) == (0.0, pytest.approx(1), pytest.approx(1))


def test_other_tissue_does_not_match() -> None:
    result = match(noisy(tissue(0), 1), noisy(tissue(5), 2))
    assert result.correlation < 0.5
    assert result.similarity < 0.3


@settings(max_examples=10)
@given(st.floats(0.1, 50), st.floats(-500, 500))
def test_brightness_and_contrast_do_not_matter(scale: float, offset: float) -> None:
    one, other = noisy(tissue(), 1), noisy(np.roll(tissue(), (4, -6), axis=(0, 1)), 2)
    changed, plain = match(one, scale * other + offset), match(one, other)
    assert changed.shift == pytest.approx(plain.shift)
    assert changed.correlation == pytest.approx(plain.correlation, abs=1e-6)
    assert changed.similarity == pytest.approx(plain.similarity, abs=1e-6)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (np.zeros((SIZE, SIZE)), "one value only"),
        (np.empty((0, 0)), r"projections of \(160, 160\) and \(0, 0\) pixels"),
        (np.ones((3, SIZE)), r"projections of \(160, 160\) and \(3, 160\) pixels"),
    ],
)
def test_images_that_cannot_be_compared_are_refused(image: np.ndarray, reason: str) -> None:
    with pytest.raises(UnmeasurableError, match=reason):
        match(tissue(), image)
    assert not any(row.measured for row in measure_match(tissue(), image, "experiment 5"))


def test_small_images_have_too_little_in_common() -> None:
    small = np.random.default_rng(0).random((10, 10))
    with pytest.raises(UnmeasurableError, match="in common"):
        match(small, small)


def test_missing_scikit_image_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*(name for name in sys.modules if name.partition(".")[0] == "skimage"), "skimage"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"nwbgate\[qc\]"):
        registration_shift(tissue(), tissue())
    rows = list(measure_match(tissue(), tissue(), "experiment 5"))
    assert [row.measured for row in rows] == [False] * 3
    assert {row.reason for row in rows} == {"skimage is not installed: pip install 'nwbgate[qc]'"}


def test_cells_found_again_are_a_share_of_the_fewer() -> None:
    assert matched_cells(range(10), [5, 6, 7, 8]) == 1
    assert matched_cells(range(10), [8, 9, 10, 11, -1, -1]) == 0.5
    assert matched_cells([1, 2], [2, 1]) == 1
    with pytest.raises(UnmeasurableError, match="no cell with a cell_specimen_id"):
        matched_cells([1, 2], [-1, -1])


def test_trend_is_the_change_over_the_sessions() -> None:
    assert trend([100, 90, 80, 70]) == pytest.approx(-30 / 85)
    assert trend([5, 5, np.nan, 5]) == 0
    assert trend([100, 500, 100, 100, 100]) == 0
    with pytest.raises(UnmeasurableError, match="2 sessions with a number"):
        trend([1, np.nan, 3])
    with pytest.raises(UnmeasurableError, match="not positive"):
        trend([0, 0, 0])
