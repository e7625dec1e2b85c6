"""A sound session made of arrays, of half an hour with four planes in two groups: every metric can be measured."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

SECONDS, IMAGING_HZ, CELLS, PIXELS = 1800.0, 11.0, 12, 64
#: Flashes of the task: the first, their period in stimulus frames, how many, and how many from one change to the next.
FIRST, PERIOD, FLASHES, PER_TRIAL, CHANGE_AT = 300, 45, 2208, 12, 5
DELAY = 0.036


@dataclass
class MadePlane:
    """Arrays of one plane, under the names that a plane of a file has."""

    metadata: dict[str, Any]
    ophys_timestamps: np.ndarray
    matrices: dict[str, np.ndarray]
    motion_correction: pd.DataFrame
    roi_masks: pd.DataFrame
    average_projection: np.ndarray
    max_projection: np.ndarray
    cell_specimen_ids: np.ndarray
    forgotten: int = 0

    def matrix(self, name: str) -> np.ndarray:
        if name not in self.matrices:
            raise AttributeError(f"the plane has no {name}")
        return self.matrices[name]

    def forget(self) -> None:
        self.forgotten += 1


@dataclass
class MadeSession:
    """Tables and arrays of one session, under the names that a session of a file has."""

    stimulus_timestamps: np.ndarray
    stimulus_presentations: pd.DataFrame
    stimulus_templates: pd.DataFrame
    trials: pd.DataFrame
    licks: pd.DataFrame
    reward_rate: np.ndarray
    running_speed: pd.DataFrame
    running_encoder: pd.DataFrame
    eye_tracking: pd.DataFrame
    planes: dict[str, MadePlane]
    source_agreement: pd.DataFrame
    metadata: dict[str, Any] = field(default_factory=lambda: {"session_type": "OPHYS_1_images_A"})
    task_parameters: dict[str, Any] = field(default_factory=lambda: {"omitted_flash_fraction": 0.05})


def made_session(seed: int = 0) -> MadeSession:
    rng = np.random.default_rng(seed)
    frames = np.arange(int(SECONDS * 60)) / 60 + 10
    flashes, trials = _task(frames, rng)
    licks = np.sort(rng.choice(len(frames) // 8, 600, replace=False)) * 8
    wheel = np.cumsum(rng.normal(0.05, 0.01, len(frames))) % 5
    speed = np.where(np.sin(frames / 30) > 0, 25.0, 0.0) + rng.normal(0, 0.5, len(frames))
    return MadeSession(
        stimulus_timestamps=frames,
        stimulus_presentations=flashes,
        stimulus_templates=pd.DataFrame(index=[f"im{number}" for number in range(8)]),
        trials=trials,
        licks=pd.DataFrame({"timestamps": frames[licks], "frame": licks}),
        reward_rate=np.full(len(trials), 4.0),
        running_speed=pd.DataFrame({"timestamps": frames, "speed": speed}),
        running_encoder=pd.DataFrame({"timestamps": frames, "v_sig": wheel}),
        eye_tracking=_eye(rng),
        planes={f"plane_{number}": made_plane(number, rng) for number in range(4)},
        source_agreement=_sources(),
    )


def _sources() -> pd.DataFrame:
    """Comparisons of sources that agree."""
    names = ("late_stimulus_frames", "licks", "photodiode_turns", "eye_frames", "lost_eye_frames", "imaging_frames")
    counts = [0, 600, 1800, 54000, 0, 19800]
    return pd.DataFrame(
        {
            "comparison": names, "object": ["session"] * 5 + ["plane_0"], "n_expected": counts, "n_found": counts,
            "n_unmatched": 0, "deviation_sec": [1e-4] + [np.nan] * 5,
        }
    )  # fmt: skip


def made_plane(number: int, rng: np.random.Generator) -> MadePlane:
    times = np.arange(int((SECONDS + 4) * IMAGING_HZ)) / IMAGING_HZ + 8 + 0.02 * (number // 2)
    decay = np.exp(-np.arange(20) / 5)
    spikes = rng.random((len(times), CELLS)) < 0.01
    calcium = np.apply_along_axis(lambda cell: np.convolve(cell, decay)[: len(times)], 0, spikes.astype(float))
    dff = calcium + rng.normal(0, 0.05, calcium.shape)
    masks = np.zeros((CELLS, PIXELS, PIXELS), dtype=bool)
    for cell in range(CELLS):
        row, column = 5 + 14 * (cell // 4), 5 + 14 * (cell % 4)
        masks[cell, row : row + 8, column : column + 8] = True
    image = rng.random((PIXELS, PIXELS)) * 200
    return MadePlane(
        metadata={
            "imaging_plane_group": number // 2,
            "ophys_experiment_id": 100 + number,
            "ophys_container_id": 7,
            "date_of_acquisition": f"2019-01-0{number + 1}",
            "imaging_depth": 175,
        },
        ophys_timestamps=times,
        matrices={"dff": dff, "demixed": 300 * (1 + dff)},
        motion_correction=pd.DataFrame(rng.integers(-2, 3, (len(times), 2)), columns=["x", "y"]),
        roi_masks=pd.DataFrame({"roi_mask": list(masks)}),
        average_projection=image,
        max_projection=image.astype(np.uint8),
        cell_specimen_ids=np.arange(CELLS),
    )


def _task(frames: np.ndarray, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    place = np.arange(FLASHES)
    trial, within = place // PER_TRIAL, place % PER_TRIAL
    changes = within == CHANGE_AT
    catch = changes & (trial % 8 == 7)
    go = changes & ~catch
    image = np.cumsum(go) % 8
    start = FIRST + PERIOD * place
    exempt = changes | (within == CHANGE_AT - 1)
    omitted = np.zeros(FLASHES, dtype=bool)
    omitted[rng.choice(np.flatnonzero(~exempt), round(0.05 * np.sum(~exempt)), replace=False)] = True
    names = np.where(omitted, "omitted", np.char.add("im", image.astype(str)))
    gray = {"stimulus_block_name": "post_behavior_gray_screen_5min", "start_time": frames[0], "end_time": 2000.0}
    task = pd.DataFrame(
        {
            "stimulus_block_name": "change_detection_behavior",
            "image_name": names,
            "movie_frame_index": -99,
            "start_time": frames[start] + DELAY,
            "end_time": frames[start + 15] + DELAY,
            "start_frame": start,
            "is_change": go,
            "is_sham_change": catch,
            "omitted": pd.array(omitted, dtype="boolean"),
        }
    )
    nothing = pd.DataFrame([gray | {"start_frame": 0, "movie_frame_index": -99, "is_change": False}])
    change_times = frames[start[changes]] + DELAY
    number = np.arange(len(change_times))
    is_go = go[changes]
    trials = pd.DataFrame(
        {
            "change_time": change_times,
            "stop_time": change_times + 4.24,
            "go": is_go,
            "catch": ~is_go,
            "hit": is_go & (number % 2 == 0),
            "false_alarm": ~is_go & (number % 64 == 7),
            "aborted": False,
            "auto_rewarded": False,
        }
    )
    return pd.concat([task, nothing], ignore_index=True), trials


def _eye(rng: np.random.Generator) -> pd.DataFrame:
    times = np.arange(int(SECONDS * 30)) / 30 + 9
    area = 10_000 * (1.2 + 0.5 * np.sin(times / 60)) + rng.normal(0, 10, len(times))
    blink = np.zeros(len(times), dtype=bool)
    blink[::100] = blink[1::100] = True
    return pd.DataFrame(
        {
            "timestamps": times,
            "likely_blink": blink,
            "pupil_area_raw": area,
            "pupil_area": np.where(blink, np.nan, area),
        }
    )
