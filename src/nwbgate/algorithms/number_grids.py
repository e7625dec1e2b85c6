"""Grids on which rounded numbers lie."""

import numpy as np
import numpy.typing as npt

#: Numbers from which a grid is told.
_FEWEST = 50
#: Decimals to which measurements are rounded by mistake.
_DECIMALS = (0, 1, 2)
#: Distance from a decimal, in units of the last digit, that is rounding of the number itself.
_ON_IT = 1e-4


def grid_of(values: npt.ArrayLike) -> str:
    """Return the last digit of all numbers, float16, or empty.

    Parameters
    ----------
    values : array of float
        Numbers of one measurement. Fewer than 50 are on no grid.
    """
    numbers = np.asarray(values, dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    different = np.unique(finite)
    if len(finite) < _FEWEST or len(different) < 2:
        return ""
    for decimals in _DECIMALS:
        units = different * 10.0**decimals
        if (np.abs(units - np.round(units)) <= _ON_IT).all():
            return f"{10.0**-decimals:g}"
    with np.errstate(over="ignore"):
        halves = different.astype(np.float16).astype(np.float64)
    return "float16" if (halves == different).all() else ""
