"""Tolerance of numeric comparisons."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.errors import UsageError

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Tolerance:
    """Agreement of numbers: by bits, or within absolute and relative tolerance.

    Parameters
    ----------
    relative, absolute : float
        Both 0 by default: every bit counts, so that -0.0 differs from 0.0; NaN equals NaN of the same bits.

    Raises
    ------
    UsageError
        If one of them is negative or not finite.
    """

    relative: float = 0.0
    absolute: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("rtol", self.relative), ("atol", self.absolute)):
            if not (np.isfinite(value) and value >= 0):
                raise UsageError(
                    "invalid tolerance", where=name, got=str(value), expected="a number of at least 0", fix="change it"
                )

    @property
    def exact(self) -> bool:
        """Whether every bit counts."""
        return not (self.relative or self.absolute)

    def differing(self, first: npt.NDArray[Any], second: npt.NDArray[Any]) -> Mask:
        """Return where two arrays of one shape differ, as a bool array."""
        if self.exact and first.dtype == second.dtype and first.dtype.kind in "iufcb":
            return _differing_bits(first, second)
        if not self.exact and first.dtype.kind in "iufc":
            close = np.isclose(first, second, rtol=self.relative, atol=self.absolute, equal_nan=True)
            return np.asarray(~close)
        both_nan = _is_nan(first) & _is_nan(second)
        return np.asarray((first != second) & ~both_nan)


def _differing_bits(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> Mask:
    words = f"u{first.dtype.itemsize}"
    if first.dtype.itemsize > 8 or not first.ndim:  # complex and long double: byte by byte
        size = first.dtype.itemsize
        octets = [np.ascontiguousarray(each).view(np.uint8).reshape(*each.shape, size) for each in (first, second)]
        return np.asarray((octets[0] != octets[1]).any(axis=-1))
    one, two = (np.ascontiguousarray(each).view(words) for each in (first, second))
    return np.asarray(one != two)


def _is_nan(values: npt.NDArray[Any]) -> Mask:
    return np.isnan(values) if values.dtype.kind in "fc" else np.zeros(values.shape, dtype=bool)
