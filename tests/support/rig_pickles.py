"""Small stimulus pickles as camstim writes them: three trials of 45-frame flashes, one omission."""

import pickle
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

FRAMES = 900
#: First frames of the flashes that were drawn, of the omitted one, and of the three trials.
FLASHES = [frame for frame in range(90, 765, 45) if frame != 225]
OMITTED, STARTS = 225, (90, 315, 540)
IMAGE_PATH = r"\\lab\images\Natural_Images_Lum_Matched_set_TRAINING_2017.07.14.pkl"


def trial(index: int, *events: tuple[str, int], change: tuple[str, str] | None = None, **facts: Any) -> dict[str, Any]:
    """Return a trial of the log from its events, each a name and a frame."""
    frame = dict(events).get("stimulus_changed", 0)
    return {
        "index": index,
        "events": [[name, "", frame / 60, frame] for name, frame in events],
        "stimulus_changes": [((change[0], change[0]), (change[1], change[1]), frame / 60, frame)] if change else [],
        "licks": [(frame / 60, frame) for frame in facts.pop("licks", [])],
        "rewards": [(volume, frame / 60, frame) for volume, frame in facts.pop("rewards", [])],
        "trial_params": {"catch": False, "auto_reward": False, "change_time": 4} | facts,
        "success": False,
    }


def trials() -> list[dict[str, Any]]:
    """Return a hit, an aborted trial and a correct rejection."""
    hit = [("trial_start", 90), ("stimulus_changed", 180), ("response_window", 190), ("hit", 200), ("trial_end", 300)]
    abort = [("trial_start", 315), ("early_response", 330), ("abort", 330), ("trial_end", 345)]
    sham = [("trial_start", 540), ("sham_change", 630), ("rejection", 680), ("trial_end", 700)]
    return [
        trial(0, *hit, change=("im065", "im077"), rewards=[(0.007, 200)], licks=[200]),
        trial(1, *abort, auto_reward=True, licks=[330]),
        trial(2, *sham, catch=True, licks=[540]),
    ]


def behavior() -> dict[str, Any]:
    """Return ``items.behavior`` of a pickle, to be changed by a test."""
    drawn = [int(any(start <= frame < start + 15 for start in FLASHES)) for frame in range(FRAMES + 1)]
    rng = np.random.default_rng(1)
    angle = np.cumsum(rng.uniform(0.01, 0.05, FRAMES + 1)) % 5
    settings = {"stage": "OPHYS_1_images_A", "mouse_id": "1234", "task_id": "DoC", "flash_omit_probability": 0.05}
    doc = {
        "blank_duration_range": (0.5, 0.5),
        "response_window": [0.15, 0.75],
        "change_time_dist": "geometric",
        "auto_reward_volume": 0.005,
    }
    return {
        "intervalsms": rng.normal(16.68, 0.05, FRAMES - 1),
        "lick_sensors": [{"lick_events": [200, 330, 540, 800, FRAMES]}],
        "encoders": [{"vsig": angle.tolist(), "vin": [5.0] * (FRAMES + 1), "dx": np.zeros(FRAMES + 1)}],
        "stimuli": {
            "images": {
                "set_log": [("Image", "im065", 0.0, 0), ("Image", "im077", 3.0, 180)],
                "draw_log": drawn,
                "image_path": IMAGE_PATH,
                "flash_interval_sec": [0.25, 0.5],
            }
        },
        "omitted_flash_frame_log": {"images_0": [OMITTED, OMITTED, 314, 20]},
        "trial_log": trials(),
        "items": {},
        "params": dict(settings),
        "cl_params": dict(settings),
        "config": {"DoC": doc, "reward": {"reward_volume": 0.007}, "behavior": {"task_id": "DoC"}},
    }


def epilogue(first: int = 840, frames: int = 20) -> dict[str, Any]:
    """Return a movie of ten gray frames and five of the movie, two stimulus frames each."""
    shown = np.concatenate([np.full(frames // 2, -1), np.repeat(np.arange(frames // 4), 2)]).astype(np.int32)
    sweeps = [(frame, frame + 1) for frame in range(0, frames // 4 * 2, 2)]
    movie = {"runs": 1, "frame_list": shown, "sweep_frames": sweeps}
    return {
        "starting_frame": first,
        "ending_frame": first + frames,
        "frame_indices": np.arange(first, first + len(shown), dtype=np.uint32),
        "static_stimulus": movie,
    }


def tree(items: dict[str, Any]) -> dict[str, Any]:
    """Return a whole pickle of some ``items.behavior``."""
    return {
        "items": {"behavior": items},
        "session_uuid": "0b6f8d6e-1111-4222-8333-444455556666",
        "rig_id": "CAM2P.4",
        "start_time": datetime(2019, 1, 15, 15, 12, 6),
        "stop_time": datetime(2019, 1, 15, 15, 13, 6),
        "platform_info": {"camstim": "0.5.6"},
    }


def write_pickle(path: Path, content: Any, protocol: int = 2) -> Path:
    """Write a pickle and return its path."""
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return path
