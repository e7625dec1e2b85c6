"""camstim's log of the task stimulus: images or gratings set, and frames drawn."""

from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Literal

import numpy as np
import numpy.typing as npt

from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_items import PickleItems, words


@dataclass(frozen=True)
class LoggedStimulus:
    """The stimulus of the task.

    Attributes
    ----------
    kind : {"images", "grating"}
        Images, or gratings of several orientations.
    set_frames : numpy.ndarray, shape (settings,), int64
        Frames from which on each value holds; ascending, the first is 0.
    values : tuple
        Name of the image (str), or orientation in degrees (number), of each setting.
    drawn : numpy.ndarray, shape (frames + 1,), bool
        Whether the stimulus was drawn in each frame.
    image_path : str
        Network path of the set of images; empty for gratings.
    flash_seconds : float
        For how long a flash is drawn; NaN where the stimulus is static.
    phase, spatial_frequency : float
        Of gratings, in cycles and cycles per degree; NaN for images.
    """

    kind: Literal["images", "grating"]
    set_frames: npt.NDArray[np.int64]
    values: tuple[str | float, ...]
    drawn: npt.NDArray[np.bool_]
    image_path: str
    flash_seconds: float
    phase: float
    spatial_frequency: float

    @property
    def image_set(self) -> str:
        """Name of the image set, from its file; empty for gratings."""
        return PureWindowsPath(self.image_path.replace("TRAINING", "training")).stem

    @property
    def name(self) -> str:
        """Name of the stimulus: the image set's up to a dot, or ``grating``."""
        return self.image_set.split(".")[0] if self.kind == "images" else "grating"

    def value_at(self, frame: int) -> str | float:
        """Return the value that holds in a frame."""
        return self.values[max(int(np.searchsorted(self.set_frames, frame, side="right")) - 1, 0)]


def logged_stimulus(behavior: PickleItems) -> LoggedStimulus:
    """Return the stimulus of a behavior pickle.

    Raises
    ------
    SourceError
        If it shows neither images nor gratings, or its logs are damaged.
    """
    stimuli = behavior.items("stimuli")
    kinds: dict[str, Literal["images", "grating"]] = {"images": "images", "grating": "grating"}
    key = next((key for key in kinds if key in stimuli), None)
    if key is None:
        raise stimuli.unsound("", f"keys {', '.join(stimuli.keys())}", "images or grating")
    kind, items = kinds[key], stimuli.items(key)
    frames, values = _settings(items, kind)
    return LoggedStimulus(
        kind=kind,
        set_frames=frames,
        values=values,
        drawn=items.integers("draw_log") != 0,
        image_path=_image_path(items) if kind == "images" else "",
        flash_seconds=_flash_seconds(items),
        phase=_along_x(items, "phase") if kind == "grating" else np.nan,
        spatial_frequency=_along_x(items, "sf") if kind == "grating" else np.nan,
    )


def _settings(items: PickleItems, kind: str) -> tuple[npt.NDArray[np.int64], tuple[str | float, ...]]:
    """Return frames and values from the log of settings."""
    rows = items.sequence("set_log")
    try:
        frames = np.array([int(frame) for _, _, _, frame in rows], dtype=np.int64)
        values = tuple(words(value) if kind == "images" else _degrees(value) for _, value, _, _ in rows)
    except (TypeError, ValueError) as problem:
        raise items.unsound("set_log", str(problem), "rows of attribute, value, time and frame") from problem
    if not len(frames) or (np.diff(frames) < 0).any():
        raise items.unsound("set_log", f"{len(frames)} rows", "at least one row, frames ascending")
    return frames, values


def _degrees(value: object) -> float:
    """Return an orientation as logged; whole numbers stay whole."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"orientation {value!r}")
    return value.item() if isinstance(value, np.integer | np.floating) else value


def _flash_seconds(items: PickleItems) -> float:
    if not isinstance(items.get("flash_interval_sec"), list | tuple):
        return np.nan
    return float(np.append(items.floats("flash_interval_sec"), np.nan)[0])


def _along_x(items: PickleItems, key: str) -> float:
    """Return a grating's number, the first of x and y; NaN if missing."""
    if isinstance(items.get(key), list | tuple):
        return float(np.append(items.floats(key), np.nan)[0])
    return items.number(key, np.nan)


def _image_path(items: PickleItems) -> str:
    """Return the path of the image set, which older pickles have under another key."""
    return items.text("image_path" if "image_path" in items else "image_set")
