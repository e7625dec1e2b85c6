"""A planted leak is found in its share; what all planes have in common is not called crosstalk."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.metrics.imaging.crosstalk import (
    BIN,
    PlaneSummary,
    correlation,
    detail,
    detail_correlation,
    leaked_share,
    leaked_slope,
    summary,
    trace_correlation,
)
from nwbgate.qc.metrics.imaging.planes_together import measure_crosstalk
from nwbgate.qc.unmeasurable import UnmeasurableError

FRAMES, CELLS, PIXELS = 6600, 9, 48
RATE = 11.0
COMMON = 20 * np.random.default_rng(99).normal(size=FRAMES).cumsum() / np.sqrt(FRAMES)


def masks() -> np.ndarray:
    images = np.zeros((CELLS, PIXELS, PIXELS), dtype=bool)
    for cell in range(CELLS):
        row, column = 2 + 15 * (cell // 3), 2 + 15 * (cell % 3)
        images[cell, row : row + 8, column : column + 8] = True
    return images


def fluorescence(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    kernel = np.exp(-np.arange(30) / 8)
    spikes = rng.random((FRAMES, CELLS)) < 0.02
    calcium = np.stack([np.convolve(cell, kernel)[:FRAMES] for cell in spikes.T.astype(float)], axis=1)
    return 200 + 100 * calcium + rng.normal(0, 10, calcium.shape)


def projection(seed: int) -> np.ndarray:
    return 100 + 50 * np.random.default_rng(seed).random((PIXELS, PIXELS))


def plane(
    number: int, *, group: int | None = None, extra: np.ndarray | float = 0.0, image: np.ndarray | None = None
) -> PlaneSummary:
    return summary(
        f"plane_{number}",
        number // 2 if group is None else group,
        fluorescence=fluorescence(number) + extra,
        times=np.arange(FRAMES) / RATE + 5 + 0.02 * number,
        masks=masks(),
        projection=projection(number) if image is None else image,
    )


def rows_of(planes: list[PlaneSummary]) -> dict[tuple[str, str], Measurement]:
    return {(row.metric, row.object): row for row in measure_crosstalk(planes)}


@pytest.mark.parametrize("share", [0.1, 0.3, 0.8])
def test_planted_leak_is_found_within_a_twentieth(share: float) -> None:
    source, target = plane(0), plane(1, extra=share * fluorescence(0))
    assert leaked_share(source, target) == pytest.approx(share, abs=0.05)


def test_planted_leak_stands_out_of_planes_that_are_not_recorded_together() -> None:
    common = COMMON[:, None]
    sound = rows_of([plane(number, extra=common) for number in range(4)])
    leaky = rows_of([plane(0, extra=common), plane(1, extra=common + 0.5 * fluorescence(0)), plane(2), plane(3)])
    name = ("crosstalk.traces_excess", "plane_0 with plane_1")
    assert sound[name].value == pytest.approx(0, abs=0.05)
    assert leaky[name].value == pytest.approx(0.5 / np.sqrt(1.25), abs=0.07)


def test_what_all_planes_share_is_no_crosstalk() -> None:
    shared = 300 * np.sin(np.arange(FRAMES) / 15)[:, None]
    rows = rows_of([plane(number, extra=shared) for number in range(4)])
    assert rows["crosstalk.traces", "plane_0 with plane_1"].value > 0.9
    assert rows["crosstalk.traces_excess", "plane_0 with plane_1"].value == pytest.approx(0, abs=0.02)


def test_ghost_in_a_projection_stands_out() -> None:
    ghost = projection(1) + projection(0)
    rows = rows_of([plane(0), plane(1, image=ghost), plane(2), plane(3)])
    assert rows["crosstalk.projections_excess", "plane_0 with plane_1"].value == pytest.approx(0.707, abs=0.05)
    assert rows["crosstalk.projections_excess", "plane_2 with plane_3"].value == pytest.approx(0, abs=0.06)


def test_uneven_illumination_is_no_likeness() -> None:
    light = 150 * np.exp(-((np.arange(256) - 100) ** 2) / 7200)
    one, other = (light + 50 * np.random.default_rng(seed).random((256, 256)) for seed in (0, 1))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9
    assert abs(detail_correlation(detail(one), detail(other))) < 0.1


def test_only_planes_of_one_group_are_compared() -> None:
    objects = {name for _, name in rows_of([plane(number) for number in range(4)])}
    pairs = {f"{one} with {other}" for one, other in (("plane_0", "plane_1"), ("plane_2", "plane_3"))}
    leaks = {f"plane_{one} into plane_{other}" for one, other in ((0, 1), (1, 0), (2, 3), (3, 2))}
    assert objects == pairs | leaks


def test_two_planes_alone_have_a_correlation_and_nothing_to_compare_it_with() -> None:
    rows = rows_of([plane(0), plane(1)])
    assert rows["crosstalk.traces", "plane_0 with plane_1"].measured
    assert "recorded apart" in rows["crosstalk.traces_excess", "plane_0 with plane_1"].reason


def test_planes_whose_cells_lie_elsewhere_or_that_are_not_of_one_time_are_not_compared() -> None:
    first, second = plane(0), plane(1)
    elsewhere = summary(
        "plane_1",
        0,
        fluorescence=fluorescence(1)[:, :2],
        times=np.arange(FRAMES) / RATE,
        masks=masks()[:2],
        projection=projection(1),
    )
    later = PlaneSummary("plane_1", 0, second.first_bin + 10_000, second.traces, second.masks, second.projection)
    with pytest.raises(UnmeasurableError, match="2 pairs of co-located cells"):
        trace_correlation(first, elsewhere)
    with pytest.raises(UnmeasurableError, match="0 s shared by both planes"):
        trace_correlation(first, later)


def test_bins_are_of_one_clock_for_all_planes() -> None:
    times = np.arange(2000) / 11 + 3.3
    ramp = np.column_stack([times, times]) + np.random.default_rng(0).normal(0, 1e-3, (2000, 2))
    one = summary("one", 0, fluorescence=ramp, times=times, masks=masks()[:2], projection=projection(0))
    assert one.first_bin == int(3.3 // BIN)
    assert len(one.traces) == int(times[-1] // BIN) - one.first_bin + 1


def test_gap_in_time_leaves_the_bins_in_step() -> None:
    times = np.arange(4000) / 11
    times[2000:] += 30
    traces = np.random.default_rng(0).normal(100, 5, (4000, 2))
    whole = summary("one", 0, fluorescence=traces, times=times, masks=masks()[:2], projection=projection(0))
    assert len(whole.traces) == int(times[-1] // BIN) + 1


@pytest.mark.parametrize(
    "change",
    [
        {"times": np.arange(10.0)},
        {"masks": masks()[:3]},
        {"fluorescence": np.ones((FRAMES, CELLS))},
        {"times": np.zeros(FRAMES)},
        {"times": np.full(FRAMES, np.nan)},
        {"times": np.append(np.arange(FRAMES - 1) / RATE, 1e12)},  # bins up to there would fill the memory
    ],
)
def test_streams_that_do_not_fit_together_are_refused(change: dict[str, np.ndarray]) -> None:
    given_streams = {
        "fluorescence": fluorescence(0),
        "times": np.arange(FRAMES) / RATE,
        "masks": masks(),
        "projection": projection(0),
    }
    with pytest.raises(UnmeasurableError, match=r"frames and cells|do not increase|bins of 0.5 s"):
        summary("plane", 0, **(given_streams | change))


def test_unusable_cells_are_left_out_with_their_masks() -> None:
    traces = fluorescence(0)
    traces[:, 0], traces[3, 1] = 5.0, np.nan
    kept = summary("p", 0, fluorescence=traces, times=np.arange(FRAMES) / RATE, masks=masks(), projection=projection(0))
    assert kept.traces.shape[1] == kept.masks.shape[0] == CELLS - 2


@given(st.floats(0.01, 100), st.floats(-1000, 1000), st.permutations(range(CELLS)))
def test_correlation_does_not_depend_on_unit_offset_or_order(scale: float, offset: float, order: list[int]) -> None:
    one, other = fluorescence(0)[:500], fluorescence(1)[:500]
    expected = correlation(one, other)
    assert correlation(scale * one[:, order] + offset, other) == pytest.approx(expected[order], abs=1e-9)
    assert np.diag(correlation(one, one)) == pytest.approx(np.ones(CELLS))


def test_constant_column_correlates_with_nothing() -> None:
    assert correlation(np.ones((50, 1)), np.arange(50.0)[:, None])[0, 0] == 0
    with pytest.raises(UnmeasurableError, match="the trace is constant"):
        leaked_slope(np.ones(50), np.arange(50.0))


@pytest.mark.parametrize("image", [np.zeros((PIXELS, PIXELS)), np.eye(3), np.empty((0, 0)), np.empty(5)])
def test_projections_that_cannot_be_compared_are_refused(image: np.ndarray) -> None:
    with pytest.raises(UnmeasurableError, match="projection"):
        detail_correlation(detail(projection(0)), detail(image))


def test_a_plane_gives_its_share_to_itself_wholly() -> None:
    planes = [plane(number) for number in range(2)]
    assert leaked_share(planes[0], planes[0]) == pytest.approx(1)
    assert all(abs(leaked_share(one, other)) < 0.1 for one, other in pairwise(planes))
