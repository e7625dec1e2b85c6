"""The movie after the task, as camstim logged it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_items import PickleItems

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LoggedEpilogue:
    """A movie, with a gray screen before it.

    Attributes
    ----------
    starting_frame : int
        Stimulus frame in which the epilogue began, gray screen included.
    frame_indices : numpy.ndarray, shape (epilogue frames,), int64
        Stimulus frame of each of its frames.
    shown : numpy.ndarray, shape (epilogue frames,), int64
        Movie frame that each of its frames showed; -1 for gray.
    sweeps : numpy.ndarray, shape (movie frames times repeats, 2), int64
        First and last of the frames that showed each frame of the movie, counted from the movie's start.
    repeats : int
        How often the movie was shown.
    """

    starting_frame: int
    frame_indices: IntArray
    shown: IntArray
    sweeps: IntArray
    repeats: int


def logged_epilogue(behavior: PickleItems) -> LoggedEpilogue | None:
    """Return the epilogue of a behavior pickle; None where there was none.

    Raises
    ------
    SourceError
        If its logs are damaged, or of different lengths.
    """
    inner = behavior.optional_items("items")
    if "fingerprint" not in inner:
        return None
    items = inner.items("fingerprint")
    movie = items.items("static_stimulus")
    epilogue = LoggedEpilogue(
        starting_frame=items.whole("starting_frame"),
        frame_indices=items.integers("frame_indices"),
        shown=movie.integers("frame_list"),
        sweeps=_pairs(movie, "sweep_frames"),
        repeats=movie.whole("runs"),
    )
    gray = int((epilogue.shown == -1).sum())
    last = int(epilogue.sweeps.max(initial=-1)) + gray
    whole_runs = epilogue.repeats > 0 and len(epilogue.sweeps) > 0 and len(epilogue.sweeps) % epilogue.repeats == 0
    if not whole_runs or last >= len(epilogue.frame_indices):
        raise movie.unsound(
            "sweep_frames",
            f"{len(epilogue.sweeps)} sweeps to frame {last}, {epilogue.repeats} runs",
            f"sweeps of whole runs within {len(epilogue.frame_indices)} frames",
        )
    return epilogue


def _pairs(items: PickleItems, key: str) -> IntArray:
    rows = items.sequence(key)
    try:
        pairs = np.array([(int(first), int(last)) for first, last in rows], dtype=np.int64)
    except (TypeError, ValueError, OverflowError) as problem:
        raise items.unsound(key, str(problem), "pairs of first and last frame") from problem
    return pairs.reshape(-1, 2)
