"""Stretches of a recording that stand still, or repeat an earlier one."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

#: Samples of a stretch that are compared, and fewest changes in them: noise never repeats so many, a flat line does.
WINDOW, _FEWEST_CHANGES = 64, 32
#: Odd number whose powers weigh the samples of a window; modulo 2^64 it has an inverse.
_BASE = 0x9E3779B97F4A7C15
#: Channels that are looked at together: a copied stretch is copied in all of them.
_CHANNELS = 16

Numbers = npt.NDArray[Any]
Counts = npt.NDArray[np.int64]


class Repeated(NamedTuple):
    """Number of repeated samples, and the first repeated stretch with its original."""

    n: int
    at: int
    original: int


def longest_still(values: Numbers) -> tuple[Counts, Counts]:
    """Return each channel's longest run of equal samples, and equal neighbors elsewhere.

    Parameters
    ----------
    values : array of float, shape (channels, samples)
        The recording.

    Returns
    -------
    run, others : arrays of int, shape (channels,)
        Samples of the longest run, 1 where no two neighbors are equal, and pairs of equal neighbors elsewhere.
    """
    equal = np.zeros((len(values), values.shape[1] + 1), dtype=bool)
    equal[:, 1:-1] = values[:, 1:] == values[:, :-1]
    edges = np.flatnonzero(np.diff(equal.ravel()))
    channel, run = edges[::2] // equal.shape[1], edges[1::2] - edges[::2]
    longest = np.zeros(len(values), dtype=np.int64)
    np.maximum.at(longest, channel, run)
    return longest + 1, equal.sum(axis=1) - longest


def repeated_stretch(values: Numbers) -> Repeated:
    """Return the samples that repeat an earlier stretch in every channel.

    Parameters
    ----------
    values : array of float, shape (channels, samples)
        The recording. Stretches are of `WINDOW` samples; such as hardly change are left out.
    """
    keys = _fingerprints(values[:_CHANNELS])
    in_order = np.sort(keys)  # many times faster than argsort, and most recordings repeat nothing
    if not (in_order[1:] == in_order[:-1]).any():
        return Repeated(0, -1, -1)
    order = np.argsort(keys, kind="stable")
    sorted_keys, again = keys[order], np.zeros(len(keys), dtype=bool)
    again[order[1:]] = sorted_keys[1:] == sorted_keys[:-1]
    again &= _changing(values[0])
    places = np.flatnonzero(again)
    if not len(places):
        return Repeated(0, -1, -1)
    original = int(np.flatnonzero(keys == keys[places[0]])[0])
    covered = np.zeros(values.shape[1] + 1, dtype=np.int64)
    np.add.at(covered, places, 1)
    np.add.at(covered, places + WINDOW, -1)
    return Repeated(int((np.cumsum(covered) > 0).sum()), int(places[0]), original)


def _fingerprints(values: Numbers) -> npt.NDArray[np.uint64]:
    """Return a number of 64 bits for each stretch, equal for equal ones."""
    n = values.shape[1] - WINDOW + 1
    if n < 1:
        return np.empty(0, dtype=np.uint64)
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    weights = np.random.default_rng(0).integers(1, 2**63, len(bits), dtype=np.uint64) | np.uint64(1)
    one = (bits * weights[:, None]).sum(axis=0, dtype=np.uint64)
    one ^= one >> np.uint64(29)
    powers, inverse = (_powers(base, len(one)) for base in (_BASE, pow(_BASE, -1, 2**64)))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(one * powers, dtype=np.uint64)])
    found: npt.NDArray[np.uint64] = (sums[WINDOW:] - sums[:-WINDOW]) * inverse[:n]
    return found


def _powers(base: int, n: int) -> npt.NDArray[np.uint64]:
    """Return 1, base, base^2 ... modulo 2^64."""
    factors = np.full(n, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


def _changing(channel: Numbers) -> npt.NDArray[np.bool_]:
    """Return which stretches of a channel change often enough to be compared."""
    changes = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.diff(channel) != 0)])
    return np.asarray(changes[WINDOW - 1 :] - changes[: len(changes) - WINDOW + 1] >= _FEWEST_CHANGES)
