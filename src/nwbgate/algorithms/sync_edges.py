"""Edges of digital lines that share one counter, as in sync files."""

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


def changed_rows(state: npt.NDArray[np.unsignedinteger], bit: int) -> IntArray:
    """Return the rows where a line differs from the previous row.

    Parameters
    ----------
    state : numpy.ndarray, shape (rows,), unsigned integers
        State of all lines, one bit for each, in a row per change of any line.
    bit : int
        Number of the line, 0 for the lowest bit.

    Returns
    -------
    numpy.ndarray, shape (edges,), int64
        Ascending row numbers. The first row is never an edge: nothing was recorded before it.
    """
    changed = (state[1:] ^ state[:-1]) & state.dtype.type(1 << bit)
    return np.flatnonzero(changed != 0) + 1


def rollovers(counter: npt.NDArray[np.integer], span: int) -> IntArray:
    """Return the number of counter wraps before each row.

    Parameters
    ----------
    counter : numpy.ndarray, shape (rows,), integers
        Sample counter as recorded.
    span : int
        Number of values of the counter, 2^32 for one of 32 bits.

    Returns
    -------
    numpy.ndarray, shape (rows,), int64
        Zero for the first row, one more from each row on that is lower than the row before.

    Raises
    ------
    ValueError
        If the counter falls by less than half its span, which no rollover explains.
    """
    falls = np.flatnonzero(counter[1:] < counter[:-1])
    for row in falls:
        if int(counter[row]) - int(counter[row + 1]) < span // 2:
            raise ValueError(f"{counter[row + 1]} after {counter[row]}, in row {row + 1}")
    turns = np.zeros(len(counter), dtype=np.int64)
    turns[falls + 1] = 1
    return np.cumsum(turns)


def glitches(edges: npt.NDArray[np.float64], shortest: float = 1e-4) -> int:
    """Return the number of edges that follow another within the shortest valid pulse.

    Parameters
    ----------
    edges : numpy.ndarray, shape (edges,)
        Ascending times of both kinds of edges, in seconds.
    shortest : float
        In seconds. Solenoids leave pulses of less than 0.1 ms on other lines of some rigs, as users of the
        Allen Institute's analysis code report.
    """
    return int(np.count_nonzero(np.diff(edges) < shortest))
