"""Similarity of two signals on one clock: means over boxes, scale, correlation, lag."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Correlation of the changes of two signals below which it says nothing about their lag.
LEAST = 0.06


def box_means(values: npt.ArrayLike, width: int) -> Floats:
    """Return the mean of each box of samples; missing samples count as 0.

    Parameters
    ----------
    values : array, shape (samples,)
        In any unit.
    width : int
        Samples of a box; samples after the last whole box are left out.

    Returns
    -------
    array of float, shape (samples // width,)
    """
    whole = np.nan_to_num(np.asarray(values, dtype=np.float64), posinf=0.0, neginf=0.0)
    n_boxes = len(whole) // width
    means: Floats = whole[: n_boxes * width].reshape(n_boxes, width).mean(axis=1)
    return means


def correlation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return Pearson's correlation of two signals, NaN where one of them is constant.

    Parameters
    ----------
    one, other : array, shape (samples,)
        In any unit.
    """
    left, right = _without_mean(one), _without_mean(other)
    length = float(np.sqrt(_product(left, left) * _product(right, right)))
    return _product(left, right) / length if length > 0 else float("nan")


def scale(reference: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return the least-squares factor from reference to signal, means removed.

    Parameters
    ----------
    reference, other : array, shape (samples,)
        In any unit; NaN where the reference is constant.
    """
    left, right = _without_mean(reference), _without_mean(other)
    power = _product(left, left)
    return _product(left, right) / power if power > 0 else float("nan")


def lag(reference: npt.ArrayLike, other: npt.ArrayLike, reach: int) -> int:
    """Return a signal's lag behind its reference in samples, by correlated changes.

    A filter without phase shift (forward and backward) gives 0 exactly, whatever its cut-off. Changes that hardly
    correlate at any lag, as those of noise of two measurements, tell none: 0.

    Parameters
    ----------
    reference, other : array, shape (samples,)
        In any unit; a missing sample counts as 0.
    reach : int
        Largest lag in either direction, in samples.
    """
    left, right = (_without_mean(np.diff(np.nan_to_num(np.asarray(each, np.float64)))) for each in (reference, other))
    size = 1 << int(len(left) + reach).bit_length()
    spectrum = np.conj(np.fft.rfft(left, size)) * np.fft.rfft(right, size)
    strength = np.fft.irfft(spectrum, size)
    around = np.concatenate([strength[-reach:], strength[: reach + 1]])
    if np.abs(around).max() < LEAST * np.sqrt(_product(left, left) * _product(right, right)):
        return 0
    return int(np.argmax(np.abs(around))) - reach


def _product(left: Floats, right: Floats) -> float:
    """Return the sum of products, computed without waking BLAS threads."""
    return float(np.einsum("i,i->", left, right))


def _without_mean(values: npt.ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    return array - array.mean() if len(array) else array
