"""Tables of a made-up session, as its conversion should find them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.algorithms.ellipses import ellipse_area, likely_blinks, pupil_area
from nwbgate.algorithms.running_speed import running_speed
from nwbgate.samples.rig.eye_ellipses import COLUMNS, ellipses
from nwbgate.samples.rig.session import GRAY_FRAMES, IMAGE_SET, IMAGES, MOVIE_FRAMES, SampleSession
from nwbgate.samples.rig.sync_recording import camera_pulses, stimulus_times
from nwbgate.samples.rig.task import RATE, SHOWN, WINDOW, Trial
from nwbgate.samples.rig.wheel import encoder

FloatArray = npt.NDArray[np.float64]

#: Delay of the monitors of behavior boxes, and of the rig whose photodiode is dead in the sample, in seconds.
BOX_DELAY, PASSIVE_DELAY = 0.02115, 0.021192
#: Gray screen before the task that is told as a block of its own, in seconds.
FIRST_GRAY = 285.0
MISSING = -99


def frame_times(session: SampleSession) -> FloatArray:
    """Return the time of each stimulus frame on the session's clock, in seconds."""
    return stimulus_times(session) if session.planes else session.frame_times


def monitor_delay(session: SampleSession) -> float:
    """Return the delay of the monitor, in seconds."""
    if not session.planes:
        return BOX_DELAY
    return PASSIVE_DELAY if session.passive else session.delay


def licks(session: SampleSession) -> pd.DataFrame:
    """Return the licks."""
    frames = np.array([] if session.passive else session.task.licks, dtype=np.int64)
    if len(frame_times(session)) > session.frames and not session.passive:
        frames = np.append(frames, session.frames)  # one more edge gives the last logged lick a time
    return pd.DataFrame({"timestamps": frame_times(session)[frames], "frame": frames})


def rewards(session: SampleSession) -> pd.DataFrame:
    """Return the rewards."""
    given = [(trial.reward, trial.kind == "auto") for trial in session.task.trials if trial.reward]
    frames = np.array([reward[1] for reward, _ in given], dtype=np.int64)
    return pd.DataFrame(
        {
            "timestamps": frame_times(session)[frames],
            "volume": np.array([reward[0] for reward, _ in given]),
            "auto_rewarded": np.array([automatic for _, automatic in given], dtype=bool),
        }
    )


def trials(session: SampleSession) -> pd.DataFrame:
    """Return the trials."""
    times, delay, played = frame_times(session), monitor_delay(session), session.task.trials
    limits = [*(trial.start for trial in played[1:]), session.task.end if session.movie else len(times)]
    all_licks = licks(session)["frame"].to_numpy()
    rows = []
    for trial, limit in zip(played, limits, strict=True):
        own = times[all_licks[(all_licks > trial.start) & (all_licks <= limit)]]
        rows.append(_trial(session, trial, times, delay, own))
    return pd.DataFrame(rows)


def _trial(session: SampleSession, trial: Trial, times: FloatArray, delay: float, own: FloatArray) -> dict[str, Any]:
    prefix = "gratings_" if session.gratings else ""
    aborted, catch, auto = trial.change is None, trial.kind.startswith("catch"), trial.kind == "auto"
    change = np.nan if trial.change is None else times[trial.change] + delay
    in_window = [lick for lick in trial.licks if trial.change and WINDOW[0] <= lick - trial.change <= WINDOW[1]]
    first = own[0] if len(own) else np.nan
    return {
        "start_time": times[trial.start],
        "stop_time": times[trial.end],
        "initial_image_name": prefix + trial.before,
        "change_image_name": prefix + trial.after,
        "is_change": not aborted and not catch,
        "change_time": change,
        "go": not (aborted or catch or auto),
        "catch": catch,
        "lick_times": own,
        "response_time": np.nan if aborted else first,
        "response_latency": np.nan if aborted else (first - change if len(own) else np.inf),
        "reward_time": times[trial.reward[1]] if trial.reward else np.nan,
        "reward_volume": trial.reward[0] if trial.reward else 0.0,
        "hit": bool(in_window) and not catch and not auto,
        "false_alarm": bool(in_window) and catch,
        "miss": not (in_window or aborted or catch or auto),
        "correct_reject": catch and not in_window,
        "aborted": aborted,
        "auto_rewarded": auto,
        "change_frame": MISSING if trial.change is None else trial.change,
        "trial_length": times[trial.end] - times[trial.start],
    }


def presentations(session: SampleSession) -> dict[str, pd.DataFrame]:
    """Return the presentations by stimulus name, in block order."""
    shown = frame_times(session) + monitor_delay(session)
    name = "grating" if session.gratings else IMAGE_SET.split(".")[0]
    flashes = _flashes(session, shown)
    if not session.movie:
        return {name: flashes.assign(stimulus_block=0, stimulus_name=name, stimulus_block_name=_task_block(session))}
    first = int(shown[session.first_flash] > FIRST_GRAY)
    movie = _movie(session, shown)
    drawn = flashes[~flashes["omitted"]]
    gray = [
        _gray(0.0, shown[session.first_flash], 0, session.first_flash, 0),
        _gray(drawn["stop_time"].max(), movie["start_time"].iloc[0], int(flashes["end_frame"].max()),
              int(movie["start_frame"].iloc[0]), first + 1),
    ]  # fmt: skip
    blocks = ["initial_gray_screen_5min", _task_block(session), "post_behavior_gray_screen_5min", "natural_movie_one"]
    gray_rows = pd.DataFrame(gray if first else gray[1:])
    found = {
        # The gray screen after the task begins with its last flash, mostly within the last trial.
        "spontaneous": gray_rows.assign(trials_id=_trial_at(session, gray_rows["start_time"].to_numpy())),
        name: flashes.assign(stimulus_block=first, stimulus_name=name),
        "natural_movie_one": movie.assign(stimulus_block=first + 2, stimulus_name="natural_movie_one"),
    }
    return {
        key: table.assign(stimulus_block_name=[blocks[number] for number in table["stimulus_block"]])
        for key, table in found.items()
    }


def _task_block(session: SampleSession) -> str:
    return "change_detection_passive" if session.passive else "change_detection_behavior"


def _flashes(session: SampleSession, shown: FloatArray) -> pd.DataFrame:
    task, order = session.task, ["0", "90"] if session.gratings else list(IMAGES)
    rows = [(onset, image, False) for onset, image in task.flashes]
    rows += [(onset, "omitted", True) for onset in task.omitted]
    table = pd.DataFrame(sorted(rows), columns=["start_frame", "image_name", "omitted"])
    start, out = table["start_frame"].to_numpy(), table["omitted"].to_numpy()
    end = start + SHOWN
    stop = np.where(out, shown[start] + 0.25, shown[end])
    last, since = "", 0
    changes: list[bool] = []
    counts: list[int] = []
    for image, omitted in zip(table["image_name"], out, strict=True):
        change = bool(last) and not omitted and image != last
        since = 0 if change or not counts else since + (not omitted)
        changes.append(change)
        counts.append(since)
        last = last if omitted else image
    shams = [
        trial.change for trial in session.task.trials if trial.change is not None and trial.kind.startswith("catch")
    ]
    more: dict[str, Any] = {}
    if session.gratings:
        degrees = table["image_name"].astype(float)
        table["image_name"] = [f"gratings_{value}" for value in degrees]
        order = ["gratings_0.0", "gratings_90.0"]
        more = {"orientation": degrees, "phase": 0.25, "spatial_frequency": 0.04}
    places = {name: place for place, name in enumerate([*order, "omitted"])}
    return table.assign(
        end_frame=end, start_time=shown[start], stop_time=stop,
        duration=np.where(out, 0.25, shown[end] - shown[start]),
        image_index=[places[name] for name in table["image_name"]],
        image_set="grating" if session.gratings else IMAGE_SET,
        is_change=changes, flashes_since_change=counts,
        is_image_novel=[np.nan if omitted else 0.0 for omitted in out] if out.any() else False,
        is_sham_change=np.isin(start, shams),
        trials_id=_trial_at(session, shown[start]),
        active=True, movie_frame_index=MISSING, movie_repeat=MISSING, **more,
    )  # fmt: skip


def _trial_at(session: SampleSession, starts: FloatArray) -> npt.NDArray[np.int64]:
    """Return the number of the trial in which presentations start."""
    played, times = session.task.trials, frame_times(session)
    number = np.searchsorted(times[[trial.start for trial in played]], starts, side="left") - 1
    return np.where((number >= 0) & (starts < times[played[-1].end]), number, MISSING)


def _movie(session: SampleSession, shown: FloatArray) -> pd.DataFrame:
    first = session.task.end + GRAY_FRAMES
    start = first + 2 * np.arange(MOVIE_FRAMES)
    end = start + 1
    stop = shown[np.minimum(end + 1, len(shown) - 1)]
    return pd.DataFrame(
        {
            "start_frame": start, "end_frame": end, "start_time": shown[start], "stop_time": stop,
            "duration": stop - shown[start], "movie_frame_index": np.arange(MOVIE_FRAMES), "movie_repeat": 0,
            "image_index": MISSING, "flashes_since_change": MISSING, "trials_id": MISSING, "active": False,
            "is_sham_change": False,
        }
    )  # fmt: skip


def _gray(begin: float, end: float, first: int, last: int, block: int) -> dict[str, Any]:
    return {
        "start_time": begin, "stop_time": end, "duration": end - begin, "start_frame": first, "end_frame": last,
        "movie_frame_index": MISSING, "movie_repeat": MISSING, "image_index": MISSING,
        "flashes_since_change": MISSING, "trials_id": MISSING, "active": False, "is_sham_change": False,
        "stimulus_block": block, "stimulus_name": "spontaneous",
    }  # fmt: skip


def running(session: SampleSession) -> pd.DataFrame:
    """Return speed and signals of the wheel."""
    times = frame_times(session)
    v_sig, v_in, dx = (values[: len(times)] for values in encoder(session.frames + 1, RATE, session.random(2)))
    filtered, raw = running_speed(v_sig, v_in, times)
    columns = {"speed": filtered, "raw_speed": raw, "dx": dx, "v_sig": v_sig, "v_in": v_in}
    return pd.DataFrame({"timestamps": times, **columns})


def eye_tracking(session: SampleSession) -> pd.DataFrame | None:
    """Return ellipses with areas and blinks; None where the video lacks times."""
    if not session.planes or session.passive:
        return None
    found = {name: dict(zip(COLUMNS, values.T, strict=True)) for name, values in ellipses(session).items()}
    area = {name: ellipse_area(found[name]["width"], found[name]["height"]) for name in ("cr", "eye")}
    area["pupil"] = pupil_area(found["pupil"]["width"], found["pupil"]["height"])
    blink = likely_blinks(area["eye"], area["pupil"])
    table: dict[str, Any] = {"timestamps": camera_pulses(session), "likely_blink": blink}
    for name, measures in found.items():
        table |= {f"{name}_area_raw": area[name], f"{name}_area": np.where(blink, np.nan, area[name])}
        for measure, values in measures.items():
            masked = name != "cr" and measure in ("width", "height", "phi")
            table[f"{name}_{measure}"] = np.where(blink, np.nan, values) if masked else values
    return pd.DataFrame(table)
