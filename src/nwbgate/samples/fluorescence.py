"""dF/F of a calcium indicator: spikes through a kernel and power law, plus noise."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nwbgate.samples.genotypes import Genotype

FloatArray = NDArray[np.float64]

#: Frames of the fast movie that are averaged into one sample (Huang 2021: 158.3 Hz to 31.66 Hz).
SUBFRAMES = 5
#: Lowest and highest noise over cells, as the standard deviation of dF/F at rest. With shot noise, the median over
#: cells of the measured level, median(abs(diff)) / 0.6745 / sqrt(2), is 0.05 to 0.06, as in the Brain Observatory.
NOISE = (0.042, 0.055)


def record_df_over_f(
    spike_times: FloatArray, genotype: Genotype, samples: int, period: float, rng: Generator
) -> FloatArray:
    """Return the dF/F that a microscope would measure for `spike_times`.

    Parameters
    ----------
    spike_times : numpy.ndarray, shape (spikes,)
        Times in seconds on the microscope's clock; zero is the start of the first sample.
    genotype : Genotype
        Kinetics, amplitude and exponent of the indicator.
    samples : int
        Length of the trace.
    period : float
        Sampling period in seconds.
    rng : numpy.random.Generator
        Source of all chance.

    Returns
    -------
    numpy.ndarray, shape (samples,), float64
        dF/F, without unit.
    """
    fast = calcium(spike_times, genotype, samples * SUBFRAMES, period / SUBFRAMES)
    signal = genotype.amplitude * (fast**genotype.exponent).reshape(samples, SUBFRAMES).mean(axis=1)
    noise = rng.uniform(*NOISE) * np.sqrt(1 + signal) * rng.standard_normal(samples)
    return np.asarray(signal + noise, dtype=np.float64)


def calcium(spike_times: FloatArray, genotype: Genotype, samples: int, period: float) -> FloatArray:
    """Return the sum of one indicator kernel per spike, shape (samples,)."""
    trace = np.zeros(samples)
    rise, decay = genotype.rise, genotype.decay
    peak_time = rise * np.log1p(decay / rise)
    peak = (1 - np.exp(-peak_time / rise)) * np.exp(-peak_time / decay)
    length = int(np.ceil(10 * decay / period))
    for spike in spike_times:
        first = max(int(np.ceil(spike / period)), 0)
        elapsed = np.arange(first, min(first + length, samples)) * period - spike
        trace[first : first + len(elapsed)] += (1 - np.exp(-elapsed / rise)) * np.exp(-elapsed / decay) / peak
    return trace
