"""Each fault planted in an imaging plane fails exactly the criterion that is about it."""

import copy
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nwbgate.qc.criteria import Criteria
from nwbgate.qc.measurement import join_tables, table
from nwbgate.qc.session import measure_planes
from nwbgate.qc.streams import Streams
from support.judged_measurements import not_passed
from support.made_session import MadePlane, MadeSession


def _traces(plane: MadePlane, change: Callable[[np.ndarray], np.ndarray], name: str = "demixed") -> MadePlane:
    return replace(plane, matrices=plane.matrices | {name: change(plane.matrices[name].copy())})


def _ramp(traces: np.ndarray) -> np.ndarray:
    return traces * np.linspace(1, 3, len(traces))[:, None]


def _bleach(traces: np.ndarray) -> np.ndarray:
    return traces * (0.3 + 0.7 * np.exp(-np.linspace(0, 40, len(traces))))[:, None]


def _apart(traces: np.ndarray) -> np.ndarray:
    signs = np.where(np.arange(traces.shape[1]) % 2, 0.4, -0.4)
    return traces * (1 + signs * np.linspace(0, 1, len(traces))[:, None])


def _clip(traces: np.ndarray) -> np.ndarray:
    traces[:, 0] = np.minimum(traces[:, 0], np.quantile(traces[:, 0], 0.95))
    return traces


def _constant(traces: np.ndarray) -> np.ndarray:
    traces[:, 0] = 0.0
    return traces


def _shifts(plane: MadePlane, change: Callable[[np.ndarray], np.ndarray]) -> MadePlane:
    x = change(plane.motion_correction["x"].to_numpy().astype(float))
    return replace(plane, motion_correction=plane.motion_correction.assign(x=x))


def _masks(plane: MadePlane, shift: int) -> MadePlane:
    masks = [np.roll(mask, (-shift, -shift), axis=(0, 1)) for mask in plane.roi_masks["roi_mask"]]
    return replace(plane, roi_masks=pd.DataFrame({"roi_mask": masks}))


def _same_mask(plane: MadePlane) -> MadePlane:
    masks = [plane.roi_masks["roi_mask"].iloc[0]] * 7 + list(plane.roi_masks["roi_mask"].iloc[7:])
    return replace(plane, roi_masks=pd.DataFrame({"roi_mask": masks}))


def _clock(plane: MadePlane, change: Callable[[np.ndarray], np.ndarray]) -> MadePlane:
    return replace(plane, ophys_timestamps=change(plane.ophys_timestamps.copy()))


def _gap(times: np.ndarray) -> np.ndarray:
    times[5000:] += 1 / 11
    return times


def _back(times: np.ndarray) -> np.ndarray:
    times[5000] = times[4998]
    return times


def _slower(times: np.ndarray) -> np.ndarray:
    progress = np.linspace(0, 1, len(times))
    return np.asarray(times + 0.5 * 0.006 * 1800 * progress**2)


def _frames(plane: MadePlane, kept: slice) -> MadePlane:
    return replace(
        plane,
        ophys_timestamps=plane.ophys_timestamps[kept],
        matrices={name: values[kept] for name, values in plane.matrices.items()},
        motion_correction=plane.motion_correction.iloc[kept],
    )


PLANES: dict[str, tuple[Callable[[MadePlane], MadePlane], str]] = {
    "fluorescence rises threefold": (lambda p: _traces(p, _ramp), "intensity_drift"),
    "fluorescence bleaches": (lambda p: _traces(p, _bleach), "bleaching"),
    "cells change apart": (lambda p: _traces(p, _apart), "cells_apart"),
    "a trace is cut off": (lambda p: _traces(p, _clip), "saturation"),
    "dF/F is noisy": (
        lambda p: _traces(p, lambda d: 8 * d, "dff"),
        "noise",
    ),
    "a trace is constant": (lambda p: _traces(p, _constant, "dff"), "usable_traces"),
    "no cell is active": (
        lambda p: _traces(p, lambda d: 0.05 * np.random.default_rng(3).normal(size=d.shape), "dff"),
        "active_cells",
    ),
    "frames far off": (
        lambda p: _shifts(p, lambda x: x + np.where(np.arange(len(x)) > 0.8 * len(x), 15.0, 0.0)),
        "motion,motion_rms",
    ),
    "the image jumps": (
        lambda p: _shifts(p, lambda x: x + np.where(np.arange(len(x)) % 125 == 0, 15.0, 0.0)),
        "motion_jumps",
    ),
    "a slow movement": (
        lambda p: _shifts(
            p, lambda x: x + np.repeat([-7, 0, 7], [len(x) * 2 // 5, len(x) - 2 * (len(x) * 2 // 5), len(x) * 2 // 5])
        ),
        "motion_rms",
    ),
    "ROIs twice": (_same_mask, "overlapping_rois"),
    "ROIs at the edge": (lambda p: _masks(p, 5), "rois_at_edge"),
    "a frame is missing": (lambda p: _clock(p, _gap), "imaging_frames"),
    "a time goes back": (lambda p: _clock(p, _back), "imaging_times"),
    "the clock slows": (lambda p: _clock(p, _slower), "imaging_clock"),
    "imaging stops": (lambda p: _frames(p, slice(len(p.ophys_timestamps) // 2)), "imaging_covers_stimulus"),
    "every second frame is lost": (lambda p: _frames(p, slice(None, None, 2)), "imaging_rate"),
}


@pytest.mark.parametrize("name", PLANES)
def test_fault_in_a_plane_fails_its_criterion_alone(
    name: str, sound: MadeSession, sound_behavior: pd.DataFrame, criteria: Criteria
) -> None:
    plant, expected = PLANES[name]
    faulty = replace(sound, planes={**sound.planes, "plane_0": plant(copy.copy(sound.planes["plane_0"]))})
    found = not_passed(join_tables([sound_behavior, table(measure_planes(Streams(faulty, {})))]), criteria)
    found = {criterion: status for criterion, status in found.items() if not status.startswith("Not ")}
    assert set(found) == set(expected.split(","))


def test_leak_between_planes_fails_crosstalk_of_traces_alone(
    sound: MadeSession, sound_behavior: pd.DataFrame, criteria: Criteria
) -> None:
    first, second = sound.planes["plane_0"], sound.planes["plane_1"]
    leaky = second.matrices | {"demixed": second.matrices["demixed"] + 0.5 * first.matrices["demixed"]}
    faulty = replace(sound, planes={**sound.planes, "plane_1": replace(second, matrices=leaky)})
    measured = table(measure_planes(Streams(faulty, {})))
    assert not_passed(join_tables([sound_behavior, measured]), criteria) == {"crosstalk_traces": "Fail"}
    shares = measured[measured["metric"] == "crosstalk.leaked_share"].set_index("object")["value"]
    assert shares["plane_0 into plane_1"] == pytest.approx(0.5, abs=0.05)


def test_ghost_in_a_projection_fails_crosstalk_of_projections_alone(
    sound: MadeSession, sound_behavior: pd.DataFrame, criteria: Criteria
) -> None:
    first, second = sound.planes["plane_0"], sound.planes["plane_1"]
    ghost = replace(second, average_projection=second.average_projection + 2 * first.average_projection)
    faulty = replace(sound, planes={**sound.planes, "plane_1": ghost})
    found = not_passed(join_tables([sound_behavior, table(measure_planes(Streams(faulty, {})))]), criteria)
    assert found == {"crosstalk_projections": "Fail"}
