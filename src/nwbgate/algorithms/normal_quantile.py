"""Quantiles of the normal distribution, to the bit those of SciPy's `ndtri`.

The rational approximations of the Cephes library (S. L. Moshier, 1989), restated, so that reading needs no SciPy.
"""

from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

#: Probability below which, and beyond whose complement, the approximation of the tails holds.
_TAIL = exp(-2)
_SQRT_2PI = 2.50662827463100050242
#: Coefficients of numerators and denominators, highest power first; those of denominators begin with 1.
_MIDDLE = (
    (-5.99633501014107895267e1, 9.80010754185999661536e1, -5.66762857469070293439e1, 1.39312609387279679503e1,
     -1.23916583867381258016),
    (1.0, 1.95448858338141759834, 4.67627912898881538453, 8.63602421390890590575e1, -2.25462687854119370527e2,
     2.00260212380060660359e2, -8.20372256168333339912e1, 1.59056225126211695515e1, -1.18331621121330003142),
)  # fmt: skip
_TAILS = (
    (4.05544892305962419923, 3.15251094599893866154e1, 5.71628192246421288162e1, 4.40805073893200834700e1,
     1.46849561928858024014e1, 2.18663306850790267539, -1.40256079171354495875e-1, -3.50424626827848203418e-2,
     -8.57456785154685413611e-4),
    (1.0, 1.57799883256466749731e1, 4.53907635128879210584e1, 4.13172038254672030440e1, 1.50425385692907503408e1,
     2.50464946208309415979, -1.42182922854787788574e-1, -3.80806407691578277194e-2, -9.33259480895457427372e-4),
)  # fmt: skip


def normal_quantile(probabilities: npt.ArrayLike) -> FloatArray:
    """Return the standard normal deviates below which probabilities lie.

    Parameters
    ----------
    probabilities : array-like
        Between exp(-32) and its complement, where the approximations hold; NaN gives NaN.
    """
    with np.errstate(invalid="ignore"):  # comparisons with NaN
        return np.asarray(np.vectorize(_quantile, otypes=[np.float64])(probabilities))


def _quantile(probability: float) -> float:
    if _TAIL < probability <= 1 - _TAIL:
        middle = probability - 0.5
        square = middle * middle
        ratio = square * _polynomial(_MIDDLE[0], square) / _polynomial(_MIDDLE[1], square)
        return _SQRT_2PI * (middle + middle * ratio)
    if probability <= _TAIL:
        return -_upper_tail(probability)
    return _upper_tail(1 - probability)


def _upper_tail(beyond: float) -> float:
    x = sqrt(-2 * log(beyond))
    z = 1 / x
    return x - log(x) / x - z * _polynomial(_TAILS[0], z) / _polynomial(_TAILS[1], z)


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    total = 0.0
    for coefficient in coefficients:
        total = total * x + coefficient
    return total
