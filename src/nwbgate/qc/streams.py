"""Streams of a session or plane as arrays, empty where missing."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError
from nwbgate.qc.measurement import Measurement
from nwbgate.storage.hdf5 import readable

if TYPE_CHECKING:
    import pandas as pd

#: Blocks in which images or gratings change begin with this.
_TASK_BLOCK = "change_detection"
_NOTHING = np.empty(0)
_NO_TRACES = np.empty((0, 0))
#: The streams that could not be read in the innermost `unread`.
_UNREAD: "ContextVar[dict[str, SourceError] | None]" = ContextVar("unread", default=None)


@contextmanager
def unread() -> Iterator[dict[str, SourceError]]:
    """Yield a dictionary that collects unreadable streams.

    Yields
    ------
    dict of str to SourceError
        What is wrong with each stream, by its name; what is found within a second such block is in both.
    """
    outer, found = _UNREAD.get(), dict[str, SourceError]()
    token = _UNREAD.set(found)
    try:
        yield found
    finally:
        _UNREAD.reset(token)
        if outer is not None:
            outer.update(found)


def told(rows: Iterable[Measurement], problems: Mapping[str, SourceError]) -> Iterator[Measurement]:
    """Yield measurement rows, with the unreadable streams in the reasons of missing ones."""
    note = f"; unreadable: {', '.join(sorted(problems))}" if problems else ""
    return (row if row.measured else replace(row, reason=row.reason + note) for row in rows)


def stream(owner: Any, name: str) -> Any:
    """Return a stream of a session or plane; None if missing or unreadable.

    What could not be read is noted for `unread`: it is not the same as what is not there.
    """
    try:
        with readable(str(getattr(owner, "path", "the file"))):
            return getattr(owner, name, None)
    except SourceError as error:
        _note(name, error)
        return None


def _note(name: str, error: SourceError) -> None:
    """Note what cannot be read for `unread`; outside of it, raise the error."""
    found = _UNREAD.get()
    if found is None:
        raise error
    found[name] = error


def given(values: Any) -> Any:
    """Return values as an array; an empty one where there are none."""
    return _NOTHING if values is None else np.asarray(values)


def column(frame: "pd.DataFrame | None", name: str) -> Any:
    """Return a column of a table as an array; an empty one where the table lacks it."""
    return _NOTHING if frame is None or name not in frame else frame[name].to_numpy()


def flags(frame: "pd.DataFrame | None", name: str) -> npt.NDArray[np.bool_]:
    """Return a boolean column, missing values as false; empty if the column is missing."""
    if frame is None or name not in frame:
        return np.zeros(0, dtype=bool)
    return frame[name].eq(True).fillna(False).to_numpy(bool)


def having(frame: "pd.DataFrame | None", *names: str) -> "pd.DataFrame | None":
    """Return a table with all of these columns, else None."""
    return None if frame is None or not {*names} <= {*frame} else frame


def matrix(plane: Any, name: str) -> Any:
    """Return traces of a plane, frames x cells; empty if missing or unreadable.

    What could not be read is noted for `unread`.
    """
    found = None if plane is None else _traces(plane, name)
    return _NO_TRACES if found is None else found


def _traces(plane: Any, name: str) -> Any:
    """Return traces of a plane, empty if missing; None if unreadable."""
    try:
        with readable(str(getattr(plane, "path", "the file"))):
            return plane.matrix(name)
    except AttributeError:  # the plane has no such traces
        return _NO_TRACES
    except SourceError as error:
        _note(name, error)
        return None


def fluorescence(plane: Any) -> Any:
    """Return the demixed traces of a plane, from which no neuropil was subtracted; else the corrected ones.

    Where the plane has demixed traces that cannot be read, others do not stand for them.
    """
    demixed = _NO_TRACES if plane is None else _traces(plane, "demixed")
    if demixed is None:
        return _NO_TRACES
    return demixed if demixed.size else matrix(plane, "corrected")


def shifts(plane: Any) -> tuple[Any, Any]:
    """Return the shifts of the frames of a plane to the right and down, in pixels."""
    motion = stream(plane, "motion_correction")
    return column(motion, "x"), column(motion, "y")


def masks(plane: Any) -> Any:
    """Return the masks of the cells of a plane, cells x rows x columns."""
    table_of_masks = stream(plane, "roi_masks")
    if having(table_of_masks, "roi_mask") is None or not len(table_of_masks):
        return np.empty((0, 0, 0), dtype=bool)
    return np.stack(list(table_of_masks["roi_mask"]))


def span(session: Any) -> tuple[float, float] | None:
    """Return begin and end of all that was drawn, in seconds; None where nothing was."""
    shown = having(drawn(stream(session, "stimulus_presentations")), "start_time", "end_time")
    if shown is None or not len(shown):
        return None
    return float(shown["start_time"].min()), float(shown["end_time"].max())


def task(shown: "pd.DataFrame | None") -> "pd.DataFrame | None":
    """Return the presentations of the task, without gray screens before and after it, and without the movie."""
    if shown is None or "stimulus_block_name" not in shown:
        return None
    return shown[shown["stimulus_block_name"].astype(str).str.startswith(_TASK_BLOCK)]


def drawn(shown: "pd.DataFrame | None") -> "pd.DataFrame | None":
    """Return the presentations without gray screens, whose starts have no frame."""
    if shown is None:
        return None
    gray = np.ones(len(shown), dtype=bool)
    if "image_name" in shown:
        gray &= shown["image_name"].fillna("").astype(str).eq("").to_numpy()
    if "movie_frame_index" in shown:
        gray &= ~shown["movie_frame_index"].ge(0).fillna(False).to_numpy(bool)
    return shown[~gray]


def after_change(onsets: Any, changes: Any, stops: Any) -> npt.NDArray[np.bool_]:
    """Return which flashes begin between the change and the end of a trial."""
    known = np.isfinite(changes) & np.isfinite(stops)
    begins, ends = changes[known], stops[known]
    order = np.argsort(begins)
    place = np.searchsorted(begins[order], onsets, side="right") - 1
    return (place >= 0) & (onsets < ends[order][np.maximum(place, 0)]) if len(begins) else np.zeros(len(onsets), bool)
