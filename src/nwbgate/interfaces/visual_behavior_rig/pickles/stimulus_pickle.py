"""The stimulus pickle: camstim's record of the task, by frame and trial."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.algorithms.frame_clocks import rounded_rate, times_of_intervals
from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.pickles.logged_again import LoggedAgain, logged_again
from nwbgate.interfaces.visual_behavior_rig.pickles.logged_epilogue import LoggedEpilogue, logged_epilogue
from nwbgate.interfaces.visual_behavior_rig.pickles.logged_stimulus import LoggedStimulus, logged_stimulus
from nwbgate.interfaces.visual_behavior_rig.pickles.logged_trials import LoggedTrial, logged_trials
from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_forms import behavior_items
from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_items import PickleItems, words
from nwbgate.interfaces.visual_behavior_rig.pickles.task_settings import TaskSettings, task_settings
from nwbgate.storage.plain_pickle import load_plain

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Encoder:
    """Signals of the running wheel's encoder, one value per frame or one more.

    Attributes
    ----------
    v_sig : numpy.ndarray, shape (frames + 1,), float64
        Voltage that stands for the wheel's angle, in volts.
    v_in : numpy.ndarray, shape (frames + 1,), float64
        Voltage at a full turn, in volts.
    dx : numpy.ndarray, shape (frames + 1,), float64
        Rotation since the frame before, in degrees.
    """

    v_sig: FloatArray
    v_in: FloatArray
    dx: FloatArray


class StimulusPickle:
    """A validated pickle of the change detection task, as arrays.

    Parameters
    ----------
    path : path
        ``*.pkl`` or ``*.pkl.gz``, as camstim (Python 2) wrote it or as Python 3 saved it again.

    Attributes
    ----------
    path : Path
        The file.
    frame_times : numpy.ndarray, shape (frames,), float64
        Time of each stimulus frame on the pickle's clock, in seconds from the first frame.
    lick_frames : numpy.ndarray, shape (licks,), int64
        Frame of each lick, ascending.
    encoder : Encoder
        Signals of the running wheel.
    trials : list of LoggedTrial
        Trials in their order.
    stimulus : LoggedStimulus
        What was set and drawn.
    omitted_frames : numpy.ndarray, shape (omissions,), int64
        Frames at which a flash was left out, as logged: duplicates and wrong ones included.
    epilogue : LoggedEpilogue or None
        The movie after the task, where one was shown.
    settings : TaskSettings
        Settings of the task.
    again : LoggedAgain
        What is logged a second time.
    session_uuid : str
        Identifier that camstim gave the session; empty where it has none.
    start_time, stop_time : datetime.datetime or None
        Local times without zone; of older pickles UTC.
    facts : dict
        Rig, computer and versions, as texts.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not a sound pickle of the task, or asks for anything but plain data.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        top, behavior = behavior_items(load_plain(self.path, "a stimulus pickle"), self.path)
        self.frame_times: FloatArray = times_of_intervals(_intervals(behavior))
        self.encoder = _encoder(behavior, self.frames)
        self.settings: TaskSettings = task_settings(behavior)
        self.lick_frames = _licks(behavior)
        self.stimulus: LoggedStimulus = logged_stimulus(behavior)
        self.omitted_frames = _omitted_flashes(behavior)
        self.epilogue: LoggedEpilogue | None = logged_epilogue(behavior)
        self.trials: list[LoggedTrial] = logged_trials(behavior)
        self.again: LoggedAgain = logged_again(behavior)
        self.session_uuid = _uuid(top, self.settings)
        self.start_time, self.stop_time = _moment(top.get("start_time")), _moment(top.get("stop_time"))
        self.facts = _facts(top)

    @property
    def frames(self) -> int:
        """Stimulus frames."""
        return len(self.frame_times)

    @cached_property
    def frame_rate(self) -> float:
        """Stimulus frame rate on the pickle's own clock, in whole Hz."""
        return rounded_rate(self.frame_times)

    def unsound(self, what: str, *, got: str, expected: str) -> SourceError:
        """Return the error for content that contradicts itself."""
        fix = "use the pickle as camstim wrote it, with the sync file of its session"
        return SourceError(what, where=str(self.path), got=got, expected=expected, fix=fix)

    def refuse_other_session(self, uuid: str, where: str) -> None:
        """Refuse the pickle of another session than the facts of a session name.

        Parameters
        ----------
        uuid : str
            ``foraging_id`` of the session facts.
        where : str
            Where they are, for the error.

        Raises
        ------
        SourceError
            If pickle and facts both name a session and it is not the same.
        """
        if uuid and self.session_uuid and uuid.lower() != self.session_uuid.lower():
            raise SourceError(
                "the stimulus pickle is of another session",
                where=f"{self.path}: session_uuid",
                got=self.session_uuid,
                expected=f"{uuid}, foraging_id of {where}",
                fix="put the pickle of this session beside its facts",
            )


def _intervals(behavior: PickleItems) -> FloatArray:
    intervals = behavior.floats("intervalsms")
    if len(intervals) and (not np.isfinite(intervals).all() or intervals.min() < 0):
        raise behavior.unsound("intervalsms", "negative or missing intervals", "milliseconds between frames")
    return intervals


def _licks(behavior: PickleItems) -> IntArray:
    sensor = behavior.first("lick_sensors")
    frames = sensor.integers("lick_events")
    if len(frames) and (frames[0] < 0 or (np.diff(frames) < 0).any()):
        raise sensor.unsound("lick_events", "frames that go back", "ascending frame numbers")
    return frames


def _encoder(behavior: PickleItems, frames: int) -> Encoder:
    """Return the wheel's signals, one sample per frame or one more."""
    items = behavior.first("encoders")
    found = Encoder(v_sig=items.floats("vsig"), v_in=items.floats("vin"), dx=items.floats("dx"))
    lengths = {"vsig": len(found.v_sig), "vin": len(found.v_in), "dx": len(found.dx)}
    if not len(found.v_sig) and not len(found.v_in):
        return found
    if not set(lengths.values()) <= {frames, frames + 1}:
        got = ", ".join(f"{name} {length}" for name, length in lengths.items())
        what = "signals of the running wheel and stimulus frames are not as many"
        raise items.unsound("", f"{got} for {frames} frames", f"{frames} or {frames + 1} samples", what)
    return found


def _omitted_flashes(behavior: PickleItems) -> IntArray:
    log = behavior.optional_items("omitted_flash_frame_log")
    parts = [log.integers(key) for key in log.keys()]  # noqa: SIM118 - keys of this class, as texts
    return np.concatenate([np.empty(0, np.int64), *parts])


def _uuid(top: PickleItems, settings: TaskSettings) -> str:
    found = top.get("session_uuid")
    return words(found) if isinstance(found, str | bytes) and found else settings.foraging_id


def _moment(value: Any) -> datetime | None:
    """Return a pickle's time: local without zone, or UTC in older pickles."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):  # not a time
            return None
    return value if isinstance(value, datetime) else None


def _facts(top: PickleItems) -> dict[str, str]:
    platform = top.get("platform_info")
    versions = PickleItems(platform if isinstance(platform, dict) else {}, top.path, "platform_info")
    found = {name: top.get(name) for name in ("rig_id", "comp_id")}
    found |= {name: versions.get(name) for name in ("camstim", "python", "psychopy")}
    return {name: words(value) for name, value in found.items() if isinstance(value, str | bytes)}
