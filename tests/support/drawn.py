"""Small made-up sessions, planes and recordings to draw, with the names of the real ones."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

FRAMES, PERIOD = 300, 0.1


def plane(name="VISp_175", cells=3, frames=FRAMES, **metadata):
    """Traces that are a cell's number plus a bump at a frame of its own."""
    matrix = np.zeros((frames, cells)) + np.arange(cells)
    for cell in range(cells):
        matrix[20 * cell + 10 : 20 * cell + 15, cell] += 5
    image = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64).view(Pixels)
    image.spacing = (0.78e-3, 0.78e-3)
    return SimpleNamespace(
        name=name,
        ophys_timestamps=np.arange(frames) * PERIOD,
        matrix=lambda signal: {"dff": matrix, "events": matrix * 2}[signal],
        cell_roi_ids=np.arange(cells) + 10,
        cell_specimen_ids=np.array([*(np.arange(cells - 1) + 100), -1])[:cells],
        max_projection=image,
        metadata={
            "ophys_experiment_id": 951980471,
            "date_of_acquisition": pd.Timestamp("2019-09-20 09:59:38.837", tz="UTC"),
            "session_type": "OPHYS_1_images_A",
            **metadata,
        },
    )


class Pixels(np.ndarray):
    """An image that may have a size of its pixels."""


def trials():
    return pd.DataFrame(
        {
            "start_time": [1.0, 6.0, 9.0, 15.0, 21.0],
            "change_time": [3.0, np.nan, 11.0, 17.0, 23.0],
            "aborted": [False, True, False, False, False],
            "hit": [True, False, False, False, False],
            "miss": [False, False, True, False, False],
            "correct_reject": [False, False, False, True, False],
            "false_alarm": False,
            "auto_rewarded": [False, False, False, False, True],
        },
        index=pd.Index(range(5), name="trials_id"),
    )


def session(**changed):
    """Behavior of 30 seconds, in two blocks."""
    rolling = pd.DataFrame(
        {
            "reward_rate": [np.nan, np.nan, 3.0, 3.5, 1.0],
            "hit_rate": [np.nan, np.nan, 0.5, 0.5, 0.6],
            "false_alarm_rate": [np.nan, np.nan, np.nan, 0.5, 0.4],
            "rolling_dprime": [np.nan, np.nan, np.nan, 0.0, 0.7],
        },
        index=trials().index,
    )
    presentations = pd.DataFrame(
        {
            "stimulus_block": [0, 1, 1],
            "stimulus_block_name": ["initial_gray_screen_5min", *["change_detection_behavior"] * 2],
            "start_time": [0.0, 10.0, 10.75],
            "end_time": [10.0, 10.25, 30.0],
        }
    )
    clock = np.arange(0, 30, 1 / 60)
    tables = {
        "path": "session.nwb",
        "trials": trials(),
        "licks": pd.DataFrame({"timestamps": [3.2, 3.4, 11.5, 30.0], "frame": [192, 204, 690, 1800]}),
        "rewards": pd.DataFrame({"volume": [0.007], "timestamps": [3.25], "auto_rewarded": [False]}),
        "running_speed": pd.DataFrame({"timestamps": clock, "speed": np.sin(clock)}),
        "eye_tracking": pd.DataFrame({"timestamps": clock, "pupil_area": np.cos(clock) + 100}),
        "rolling_performance": rolling,
        "stimulus_presentations": presentations,
        "task_parameters": {"response_window_sec": [0.15, 0.75]},
        "planes": {"VISp_175": plane(), "VISl_75": plane("VISl_75", cells=2)},
    }
    return SimpleNamespace(**(tables | changed))


def passive(**changed):
    """A session without licks, rewards, eye tracking and rolling rates."""
    usual = session()
    empty = {name: getattr(usual, name).iloc[:0] for name in ("licks", "rewards", "eye_tracking")}
    return session(**(empty | {"rolling_performance": usual.rolling_performance * np.nan} | changed))


def recording(seconds=10.0, **changed):
    rate = 10_000.0
    voltage = np.zeros(int(seconds * rate))
    spikes = np.arange(0.5, seconds, 0.5)
    voltage[(spikes * rate).astype(int)] = 1e-3
    frames = np.arange(int(seconds * 30))
    facts = {
        "spike_times": spikes,
        "voltage": voltage + 5e-4,
        "baseline_subtracted": voltage,
        "voltage_timestamps": np.arange(len(voltage)) / rate,
        "dff": np.sin(frames / 30),
        "dff_timestamps": frames / 30,
        "threshold": 4e-4,
    }
    return SimpleNamespace(**(facts | changed))


def history(sessions=4):
    stages = ["TRAINING_1_gratings", "TRAINING_1_gratings", "TRAINING_2_gratings_flashed", "OPHYS_1_images_A"]
    return pd.DataFrame(
        {
            "session_type": stages[:sessions],
            "ophys_session_id": pd.array([pd.NA, pd.NA, pd.NA, 951410079][:sessions], dtype="Int64"),
            "hit_trial_count": pd.array([0, 3, 8, 9][:sessions], dtype="Int64"),
            "hit_rate": [np.nan, 0.3, 0.8, 0.9][:sessions],
            "false_alarm_rate": [np.nan, 0.2, 0.1, 0.1][:sessions],
        },
        index=pd.Index(range(sessions), name="behavior_session_id"),
    )


def labels(axes):
    """What the legend of axes would name."""
    return axes.get_legend_handles_labels()[1]
