"""The stimulus pickle of a session, with the tree of camstim 0.5."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from nwbgate.samples.rig.python2_pickle import Unicode, write_pickle
from nwbgate.samples.rig.session import GRAY_FRAMES, IMAGE_SET, IMAGES, MOVIE_FRAMES, SampleSession
from nwbgate.samples.rig.task import RATE, SHOWN, WINDOW, Trial
from nwbgate.samples.rig.wheel import encoder

#: Seconds on the clock of the stimulus computer at the first frame.
_CLOCK = 6.57
_SHARE = "//server/programs/visual_behavior/image_dictionaries"


def write_stimulus_pickle(path: Path, session: SampleSession) -> None:
    """Write the stimulus pickle of a session."""
    write_pickle(path, _tree(session), session.protocol)


def _tree(session: SampleSession) -> dict[str, Any]:
    start = datetime.fromisoformat(session.start)
    return {
        "rig_id": session.rig,
        "comp_id": session.rig,
        "session_uuid": session.uuid,
        "start_time": start,
        "stop_time": start + timedelta(seconds=float(session.frame_times[-1])),
        "platform_info": {"python": "2.7.13", "camstim": "0.5.6+sample", "os": ("Windows", "7")},
        "script": "# change detection, made up\n",
        "threads": [],
        "unpickleable": ["started", "closed"],
        "items": {"behavior": _behavior(session)},
    }


def _behavior(session: SampleSession) -> dict[str, Any]:
    task, vsig_vin_dx = session.task, encoder(session.frames + 1, RATE, session.random(2))
    params = _params(session)
    kind = "grating" if session.gratings else "images"
    rewards = [trial.reward for trial in task.trials if trial.reward]
    # camstim logs a lick one frame past the end of the session.
    licks = [] if session.passive else [*task.licks, session.frames]
    tree: dict[str, Any] = {
        "intervalsms": session.intervals,
        "update_count": session.frames + 1,
        "stimuli": {kind: _stimulus(session)},
        "trial_log": [_trial(session, number, trial) for number, trial in enumerate(task.trials)],
        "trial_count": len(task.trials),
        "lick_sensors": [{"lick_events": licks, "lick_data": [1, 0] * 10, "line": 0}],
        "rewards": [
            {
                "reward_count": len(rewards),
                "reward_times": np.array(
                    [(_CLOCK + session.frame_times[frame], frame) for _, frame in rewards], dtype=np.float32
                ).reshape(-1, 2),
            }
        ],
        "encoders": [
            {
                "vsig": vsig_vin_dx[0].tolist(),
                "vin": vsig_vin_dx[1].tolist(),
                "dx": vsig_vin_dx[2],
                "gain": 1.0,
                "value": 0.0,
            }
        ],
        "omitted_flash_frame_log": {"images_0": task.omitted},
        "params": params,
        "cl_params": dict(params),
        "config": _config(params),
        "rewards_dispensed": len(rewards),
        "volume_dispensed": float(sum(volume for volume, _ in rewards)),
        "window": {"monitorFramePeriod": np.float64(0.01668), "size": np.array([1920, 1200], dtype=np.int32)},
        "items": {"fingerprint": _epilogue(session)} if session.movie else {},
    }
    return tree


def _params(session: SampleSession) -> dict[Any, Any]:
    """Return the parameters of the task; their texts come from JSON."""
    flash = None if session.stage == "TRAINING_1_gratings" else [0.25, 0.5]
    params: dict[Any, Any] = {
        "stage": Unicode(session.stage),
        "mouse_id": Unicode(session.mouse),
        "task_id": Unicode("DoC"),
        "reward_volume": 0.007,
        "auto_reward_vol": 0.005,
        "response_window": [0.15, 0.75],
        "warm_up_trials": 2,
        "change_time_dist": Unicode("geometric"),
        "periodic_flash": flash,
    }
    if session.task.omitted:
        params["flash_omit_probability"] = 0.08
    return {Unicode(name): value for name, value in params.items()}


def _config(params: dict[Any, Any]) -> dict[str, Any]:
    return {
        "DoC": {
            "blank_duration_range": (0.5, 0.5),
            "response_window": [0.15, 0.75],
            "change_time_dist": Unicode("geometric"),
            "auto_reward_volume": 0.005,
            "catch_freq": 0.2,
            "warm_up_trials": params["warm_up_trials"],
        },
        "reward": {"reward_volume": 0.007},
        "behavior": {"task_id": "DoC", "mouse_id": params["mouse_id"]},
    }


def _stimulus(session: SampleSession) -> dict[str, Any]:
    task = session.task
    drawn = np.zeros(session.frames + 1, dtype=int)
    for onset, _ in task.flashes:
        drawn[onset : onset + SHOWN] = 1
    changed = [trial for trial in task.trials if trial.change is not None and trial.after != trial.before]
    first = task.trials[0].before
    log = [(0, first), *((trial.change or 0, trial.after) for trial in changed)]
    attribute = "Ori" if session.gratings else "Image"
    values = [(frame, int(name) if session.gratings else name) for frame, name in log]
    common = {
        "set_log": [(attribute, value, _seconds(session, frame), frame) for frame, value in values],
        "draw_log": drawn.tolist(),
        "flash_interval_sec": [0.25, 0.5],
        "fps": float(RATE),
        "update_count": session.frames + 1,
        "unpickleable": ["change_occurred"],
    }
    if session.gratings:
        orientations = {"horizontal": [0], "vertical": [90]}
        return {**common, "obj_type": "DoCGratingStimulus", "phase": 0.25, "sf": 0.04, "log_ori_values": orientations}
    path = f"{_SHARE}/{IMAGE_SET}.pkl"
    groups = {name: [name] for name in IMAGES}
    return {**common, "obj_type": "DoCImageStimulus", "image_set": path, "image_path": path, "stim_groups": groups}


def _seconds(session: SampleSession, frame: int) -> float:
    """Return the time of a frame on the clock of the stimulus computer."""
    return _CLOCK + float(session.frame_times[min(frame, session.frames - 1)])


def _trial(session: SampleSession, number: int, trial: Trial) -> dict[str, Any]:
    def event(name: str, what: str, frame: int) -> list[Any]:
        return [name, what, _seconds(session, frame), frame]

    changed = trial.change is not None and not trial.kind.startswith("catch")
    categories = {"0": "horizontal", "90": "vertical"} if session.gratings else {}
    named = [(categories.get(name, name), int(name) if session.gratings else name) for name in
             (trial.before, trial.after)]  # fmt: skip
    earlier = [one for one in session.task.trials[: number + 1] if one.reward]
    return {
        "index": number,
        "events": [event(*each) for each in _events(trial, passive=session.passive)],
        "stimulus_changes": [(*named, _seconds(session, trial.change), trial.change)]
        if changed and trial.change is not None
        else [],
        "licks": [(_seconds(session, frame), frame) for frame in trial.licks],
        "rewards": [(trial.reward[0], _seconds(session, trial.reward[1]), trial.reward[1])] if trial.reward else [],
        "trial_params": {
            "catch": trial.kind.startswith("catch"),
            "auto_reward": trial.kind == "auto",
            "change_time": 4,
        },
        "success": trial.kind == "hit",
        "cumulative_rewards": len(earlier),
        "cumulative_volume": float(sum(one.reward[0] for one in earlier if one.reward)),
    }


def _events(trial: Trial, *, passive: bool) -> list[tuple[str, str, int]]:
    """Return a trial's events in camstim's log order: name, detail, frame."""
    start = trial.start
    begin = [
        ("trial_start", "", start), ("initial_blank", "enter", start), ("initial_blank", "exit", start),
        ("pre_change", "enter", start), ("pre_change", "exit", start), ("stimulus_window", "enter", start),
    ]  # fmt: skip
    if trial.change is None:
        lick, end = trial.licks[0], trial.end
        return [
            *begin, ("early_response", "", lick), ("abort", "", lick), ("timeout", "enter", lick),
            ("timeout", "exit", end), ("trial_end", "", end),
        ]  # fmt: skip
    change = trial.change
    catch = trial.kind.startswith("catch")
    answer = [lick for lick in trial.licks if change + WINDOW[0] <= lick <= change + WINDOW[1]]
    events = [*begin, ("sham_change" if catch else "stimulus_changed", "", change)]
    events += [("auto_reward", "", change)] if trial.kind == "auto" and not passive else []
    events += [("response_window", "enter", change + WINDOW[0])]
    events += [("false_alarm" if catch else "hit", "", answer[0])] if answer else []
    closed = change + WINDOW[1]
    events += [("response_window", "exit", closed)]
    # Catch trials with a lick are logged as rejected, too.
    events += [("rejection" if catch else "miss", "", closed)] if catch or not answer else []
    events += [("stimulus_window", "exit", trial.end), ("no_lick", "exit", trial.end), ("trial_end", "", trial.end)]
    return events


def _epilogue(session: SampleSession) -> dict[str, Any]:
    """Return the log of gray frames and movie after the task."""
    first, total = session.task.end, GRAY_FRAMES + 2 * MOVIE_FRAMES
    shown = np.concatenate([np.full(GRAY_FRAMES, -1), np.repeat(np.arange(MOVIE_FRAMES), 2)]).astype(np.int32)
    return {
        "name": "fingerprint",
        "starting_frame": first,
        "ending_frame": first + total,
        "frame_indices": np.arange(first, first + total, dtype=np.uint32),
        "static_stimulus": {
            "runs": 1,
            "frame_list": shown,
            "sweep_frames": [(2 * frame, 2 * frame + 1) for frame in range(MOVIE_FRAMES)],
            "movie_path": "//server/Movie_TOE1.npy",
            "start_time": GRAY_FRAMES / RATE,
            "fps": float(RATE),
        },
    }
