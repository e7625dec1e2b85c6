"""Quantiles equal SciPy's to the bit."""

import numpy as np
from scipy.special import ndtri

from nwbgate.algorithms.normal_quantile import normal_quantile

EVEN = np.linspace(0.001, 0.999, 9_999)


def test_they_are_those_of_scipy():
    edges = np.exp(-2) + np.array([-1e-16, 0, 1e-16])
    probabilities = np.concatenate([EVEN, edges, 1 - edges, 10.0 ** -np.arange(3, 13)])
    np.testing.assert_array_equal(normal_quantile(probabilities), ndtri(probabilities))


def test_unknown_stays_unknown_without_a_warning(recwarn):
    np.testing.assert_array_equal(normal_quantile([np.nan, 0.5]), [np.nan, 0])
    assert not recwarn.list


def test_nothing_gives_nothing():
    assert normal_quantile([]).shape == (0,)
