"""Stimuli around the task: gray screens before and after, and a movie."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.interfaces.visual_behavior_rig.pickles.logged_epilogue import LoggedEpilogue
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle

FloatArray = npt.NDArray[np.float64]

GRAY, MOVIE = "spontaneous", "natural_movie_one"
#: Seconds of gray before the task from which on it is a presentation, the time before the first frame included.
SHORTEST_GRAY = 285.0
#: Blocks that AllenSDK counts between the task and the movie.
_TO_GRAY, _TO_MOVIE = 1, 2


def with_blocks(pickle: StimulusPickle, flashes: pd.DataFrame, times: FloatArray) -> tuple[pd.DataFrame, list[str]]:
    """Return all presentations by onset: the task's, and those around it.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.
    flashes : DataFrame
        Flashes of the task.
    times : numpy.ndarray, shape (frames,)
        Time of each stimulus frame on the monitor, in seconds.

    Returns
    -------
    table : DataFrame
        The flashes, with ``stimulus_block``; where there is a movie also its frames and the gray screens.
    decisions : list of str

    Raises
    ------
    SourceError
        If frames of the movie have no time.
    """
    if pickle.epilogue is None or not len(flashes):
        return with_types(flashes.assign(stimulus_block=0)), []
    movie = movie_rows(pickle, pickle.epilogue, times)
    gray = _gray_before(flashes)
    task, decisions = len(gray), []
    if not len(gray):
        decisions.append(
            "no gray screen before the task: block 0 is the task, where AllenSDK calls it initial_gray_screen_5min"
        )
    drawn = flashes[~flashes["omitted"].to_numpy(bool)]
    begin = float(drawn["stop_time"].max())
    between = _gray(
        int(flashes["end_frame"].max()), int(movie["start_frame"].iloc[0]), begin, float(movie["start_time"].iloc[0])
    )
    parts = [
        *([gray.assign(stimulus_block=0)] if len(gray) else []),
        flashes.assign(stimulus_block=task),
        between.assign(stimulus_block=task + _TO_GRAY),
        movie.assign(stimulus_block=task + _TO_MOVIE),
    ]
    table = with_types(pd.concat([with_types(part) for part in parts], ignore_index=True))
    return table.sort_values("start_time", kind="stable", ignore_index=True), decisions


def movie_rows(pickle: StimulusPickle, epilogue: LoggedEpilogue, times: FloatArray) -> pd.DataFrame:
    """Return a row for each frame of the movie, each time it was shown.

    Raises
    ------
    SourceError
        If frames of the movie have no time.
    """
    gray = int((epilogue.shown == -1).sum())
    first, last = (epilogue.frame_indices[epilogue.sweeps[:, side] + gray] for side in (0, 1))
    frames = np.concatenate([first, last])
    if frames.min() < 0 or frames.max() >= len(times):
        raise pickle.unsound(
            "frames of the movie lie outside of the session",
            got=f"frames {int(frames.min())} to {int(frames.max())}",
            expected=f"frames from 0 to {len(times) - 1}",
        )
    start, stop = times[first], times[np.minimum(last + 1, len(times) - 1)]
    number, length = np.arange(len(first)), len(first) // epilogue.repeats
    return pd.DataFrame(
        {
            "start_frame": first,
            "end_frame": last,
            "start_time": start,
            "stop_time": stop,
            "duration": stop - start,
            "movie_frame_index": number % length,
            "movie_repeat": number // length,
            "stimulus_name": MOVIE,
        }
    )


def block_names(table: pd.DataFrame, *, passive: bool) -> npt.NDArray[np.object_]:
    """Return the name of the block of each presentation, by what it shows.

    AllenSDK names blocks by their number: a session with a movie and without a gray screen before the task has all its
    names one too early there.
    """
    task = "change_detection_passive" if passive else "change_detection_behavior"
    names = np.full(len(table), task, dtype=object)
    stimulus = table["stimulus_name"].to_numpy(object)
    before = table["stimulus_block"].to_numpy() == 0
    names[stimulus == MOVIE] = MOVIE
    names[(stimulus == GRAY) & before] = "initial_gray_screen_5min"
    names[(stimulus == GRAY) & ~before] = "post_behavior_gray_screen_5min"
    return names


def with_types(rows: pd.DataFrame) -> pd.DataFrame:
    """Return presentations with column types that allow missing values."""
    kinds: dict[str, tuple[str, ...]] = {
        "Int64": ("image_index", "movie_frame_index", "movie_repeat", "flashes_since_change")
    }
    kinds["boolean"] = ("omitted", "is_change", "is_image_novel")
    missing = {"image_name": None, "image_set": None}
    rows = rows.assign(
        **{name: pd.Series([value] * len(rows), dtype=object) for name, value in missing.items() if name not in rows}
    )
    for kind, names in kinds.items():
        for name in names:
            values = rows[name] if name in rows else pd.Series([pd.NA] * len(rows), dtype=object)
            rows[name] = values.astype(kind)  # type: ignore[call-overload]  # one of two names of types
    return rows


def _gray_before(flashes: pd.DataFrame) -> pd.DataFrame:
    """Return the row of the gray screen before the task, if long enough."""
    frame, time = int(flashes["start_frame"].iloc[0]), float(flashes["start_time"].iloc[0])
    row = _gray(0, frame, 0.0, time)
    return row if frame > 0 and time > SHORTEST_GRAY else row.iloc[:0]


def _gray(first: int, last: int, begin: float, end: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "start_frame": [first],
            "end_frame": [last],
            "start_time": [begin],
            "stop_time": [end],
            "duration": [end - begin],
            "stimulus_name": [GRAY],
        }
    )
