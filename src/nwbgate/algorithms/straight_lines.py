"""Straight lines in noisy traces, which interpolation leaves."""

from typing import Any

import numpy as np
import numpy.typing as npt

#: A run of 20 samples or more contains four samples at one of these steps. It is prime, so as to meet every phase of a
#: trace that was brought to a multiple of its rate.
_STEP = 13
#: Relative size below which a bend is rounding to single precision.
_ROUNDING = 1e-6

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def _straight(before: Numbers, here: Numbers, after: Numbers) -> Flags:
    """Return where three samples lie on a line that is not level."""
    bend = np.abs(before - 2 * here + after)
    size = np.abs(before) + np.abs(here) + np.abs(after)
    straight: Flags = (bend <= _ROUNDING * size) & (np.abs(here - before) > _ROUNDING * size)
    return straight


def straight_places(traces: Numbers) -> tuple[npt.NDArray[np.int64], Flags]:
    """Count samples between their neighbors, and find traces with lines.

    Parameters
    ----------
    traces : array of float, shape (traces, samples)
        Level stretches are not counted.

    Returns
    -------
    n_straight : array of int, shape (traces,)
        Samples, of one in thirteen, that are the mean of both neighbors.
    has_line : array of bool, shape (traces,)
        Whether 20 samples in a row may lie on one line.
    """
    last = max(traces.shape[1] - 3, 0)
    first, second, third, fourth = (traces[:, shift : last + shift : _STEP] for shift in range(4))
    here = _straight(first, second, third)
    has_line: Flags = np.any(here & _straight(second, third, fourth), axis=1)
    return here.sum(axis=1), has_line


def n_places(n_samples: int) -> int:
    """Return the number of samples that `straight_places` looks at."""
    return len(range(0, max(n_samples - 3, 0), _STEP))


def longest_line(trace: npt.NDArray[Any]) -> int:
    """Return the length of the longest line that is not level."""
    straight = _straight(trace[:-2], trace[1:-1], trace[2:])
    ends = np.flatnonzero(np.append(~straight, True))
    run = int(np.diff(ends, prepend=-1).max()) - 1
    return run + 2 if run else 1
