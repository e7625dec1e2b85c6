"""Columns of a session's tables as arrays, and the presentations that count."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

#: Blocks in which images or gratings change begin with this.
_TASK_BLOCK = "change_detection"


def column(frame: "pd.DataFrame | None", name: str) -> npt.NDArray[Any]:
    """Return a column of a table as an array, empty if missing."""
    return np.empty(0) if frame is None or name not in frame else frame[name].to_numpy()


def flags(frame: "pd.DataFrame | None", name: str) -> npt.NDArray[np.bool_]:
    """Return a boolean column, missing values as false; empty if the column is missing."""
    if frame is None or name not in frame:
        return np.zeros(0, dtype=bool)
    return frame[name].eq(True).fillna(False).to_numpy(bool)


def having(frame: "pd.DataFrame | None", *names: str) -> "pd.DataFrame | None":
    """Return a table with all of these columns, else None."""
    return None if frame is None or not {*names} <= {*frame} else frame


def task_presentations(shown: "pd.DataFrame | None") -> "pd.DataFrame | None":
    """Return the presentations of the task, without gray screens and the movie."""
    if shown is None or "stimulus_block_name" not in shown:
        return None
    return shown[shown["stimulus_block_name"].astype(str).str.startswith(_TASK_BLOCK)]


def drawn_presentations(shown: "pd.DataFrame | None") -> "pd.DataFrame | None":
    """Return the presentations without gray screens, whose starts have no frame."""
    if shown is None:
        return None
    gray = np.ones(len(shown), dtype=bool)
    if "image_name" in shown:
        gray &= shown["image_name"].fillna("").astype(str).eq("").to_numpy()
    if "movie_frame_index" in shown:
        gray &= ~shown["movie_frame_index"].ge(0).fillna(False).to_numpy(bool)
    return shown[~gray]


def span(shown: "pd.DataFrame | None") -> tuple[float, float] | None:
    """Return begin and end of everything drawn, in seconds, or None."""
    shown = having(drawn_presentations(shown), "start_time", "end_time")
    if shown is None or not len(shown):
        return None
    return float(shown["start_time"].min()), float(shown["end_time"].max())


def after_change(onsets: npt.NDArray[Any], changes: npt.NDArray[Any], stops: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which flashes begin between the change and the end of a trial."""
    known = np.isfinite(changes) & np.isfinite(stops)
    begins, ends = changes[known], stops[known]
    order = np.argsort(begins)
    place = np.searchsorted(begins[order], onsets, side="right") - 1
    return (place >= 0) & (onsets < ends[order][np.maximum(place, 0)]) if len(begins) else np.zeros(len(onsets), bool)
