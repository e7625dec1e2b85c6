"""Stimulus flashes from drawn frames, and changes between them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

#: A logged omission so many frames from a drawn flash is none.
NEAR_FLASH = 3
#: Seconds for which an omitted flash would have been shown.
OMITTED_SECONDS = 0.25


def drawn_flashes(drawn: BoolArray, set_frames: IntArray, frames: int) -> tuple[IntArray, IntArray]:
    """Return the flashes: runs of drawn frames, split where they were set.

    Parameters
    ----------
    drawn : numpy.ndarray of bool, shape (n,)
        Whether the stimulus was drawn in each frame.
    set_frames : numpy.ndarray, shape (settings,)
        Frames in which an image was set, ascending; nothing counts before the first.
    frames : int
        How many frames have a time.

    Returns
    -------
    start, end : numpy.ndarray, shape (flashes,), int64
        First frame of each flash, and the first one after it, at most ``frames``.
    """
    shown = np.zeros(frames, dtype=bool)
    length = min(frames, len(drawn))
    shown[:length] = drawn[:length]
    shown[: set_frames[0] if len(set_frames) else frames] = False
    begins = np.zeros(frames, dtype=bool)
    begins[set_frames[set_frames < frames]] = True
    before, after = np.append(False, shown[:-1]), np.append(shown[1:], False)
    starts = np.flatnonzero(shown & (~before | begins))
    ends = np.flatnonzero(shown & (~after | np.append(begins[1:], True))) + 1
    return starts, ends


def omitted_flashes(logged: IntArray, starts: IntArray) -> IntArray:
    """Return frames of omitted flashes, not within 3 frames of drawn ones.

    Parameters
    ----------
    logged : numpy.ndarray, shape (omissions,)
        Frames of logged omissions, in any order, some of them more than once or wrong.
    starts : numpy.ndarray, shape (flashes,)
        First frames of drawn flashes, ascending.
    """
    frames = np.unique(logged)
    if not len(starts):
        return frames
    after = np.searchsorted(starts, frames)
    to_next = np.abs(starts[np.minimum(after, len(starts) - 1)] - frames)
    to_last = np.abs(frames - starts[np.maximum(after - 1, 0)])
    found: IntArray = frames[np.minimum(to_next, to_last) > NEAR_FLASH]
    return found


def is_change(names: Sequence[str], omitted: BoolArray) -> BoolArray:
    """Return whether each flash shows a different image than the previous one.

    Parameters
    ----------
    names : sequence of str, length (flashes,)
        Images.
    omitted : numpy.ndarray of bool, shape (flashes,)
        Whether each flash was left out.
    """
    images = np.asarray(names, dtype=object)
    shown = np.flatnonzero(~omitted)
    changes = np.zeros(len(images), dtype=bool)
    changes[shown[1:]] = images[shown[1:]] != images[shown[:-1]]
    return changes


def flashes_since_change(changes: BoolArray, omitted: BoolArray) -> IntArray:
    """Return the number of presentations since the last change, not counting omissions.

    Parameters
    ----------
    changes, omitted : numpy.ndarray of bool, shape (presentations,)
        Whether each shows another image, and whether it was left out.
    """
    resets = changes & ~omitted
    resets[:1] = True
    counted = np.cumsum(~omitted & ~resets)
    return (counted - np.maximum.accumulate(np.where(resets, counted, 0))).astype(np.int64)
