"""Spike trains of lightly anaesthetised pyramidal neurons, with bursts and slow modulation."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nwbgate.samples.genotypes import Genotype

FloatArray = NDArray[np.float64]

#: Time constant (s) and standard deviation (of the logarithm) of the slow swings of the firing rate.
MODULATION_TIME, MODULATION_SD = 8.0, 0.7
MODULATION_STEP = 0.25
#: Standard deviation over cells of the share of short intervals.
BURST_SHARE_SD = 0.13
#: Chance that an interval within an event is short, per share of short intervals in the whole train. Intervals between
#: events are long, and three in ten short ones last 10 ms or more.
SHORT_PER_SHARE = 2.3
#: No two spikes are closer than this, in seconds.
REFRACTORY = 2.5e-3
#: A recording with fewer spikes was not published (more than three action potentials were asked for).
FEWEST_SPIKES = 4
#: No spike is this close to either end of the recording, so that every waveform is whole (s).
MARGIN = 3e-3


def draw_rate(genotype: Genotype, seconds: float, rng: Generator) -> float:
    """Draw the mean firing rate of a cell from the quartiles of its genotype.

    Returns
    -------
    float
        Rate in Hz, high enough for `seconds` to hold some spikes.
    """
    rate = np.interp(rng.uniform(), np.linspace(0, 1, 5), genotype.rate_quartiles)
    return max(float(rate), 2 * FEWEST_SPIKES / seconds)


def draw_spike_times(genotype: Genotype, rate: float, seconds: float, rng: Generator) -> FloatArray:
    """Draw one spike train.

    Parameters
    ----------
    genotype : Genotype
        Sizes of events and share of short intervals.
    rate : float
        Mean rate in Hz before the refractory period removes spikes.
    seconds : float
        Length of the recording.
    rng : numpy.random.Generator
        Source of all chance.

    Returns
    -------
    numpy.ndarray, shape (spikes,), float64
        Times in seconds, ascending, at least `REFRACTORY` apart, at least `FEWEST_SPIKES` of them.
    """
    weights = np.array(genotype.event_sizes) / np.sum(genotype.event_sizes)
    mean_size = float(weights @ np.arange(1, len(weights) + 1))
    short = float(np.clip(SHORT_PER_SHARE * rng.normal(genotype.burst_share, BURST_SHARE_SD), 0.0, 1.0))
    while True:
        starts = _event_times(rate / mean_size, seconds, rng)
        sizes = rng.choice(np.arange(1, len(weights) + 1), size=len(starts), p=weights)
        spikes = _fill_events(starts, sizes, short, rng)
        spikes = _refractory(spikes[(spikes > MARGIN) & (spikes < seconds - MARGIN)])
        if len(spikes) >= FEWEST_SPIKES:
            return spikes


def _event_times(rate: float, seconds: float, rng: Generator) -> FloatArray:
    """Draw Poisson events of mean `rate` (Hz) by rescaling time with the modulated intensity."""
    grid = np.arange(0.0, seconds + MODULATION_STEP, MODULATION_STEP)
    keep = np.exp(-MODULATION_STEP / MODULATION_TIME)
    swing = np.empty(len(grid))
    swing[0] = rng.standard_normal()
    for step, noise in enumerate(rng.standard_normal(len(grid) - 1), start=1):
        swing[step] = keep * swing[step - 1] + np.sqrt(1 - keep**2) * noise
    intensity = rate * np.exp(MODULATION_SD * swing - MODULATION_SD**2 / 2)
    expected = np.concatenate([[0.0], np.cumsum(intensity[:-1]) * MODULATION_STEP])
    times = np.interp(np.sort(rng.uniform(0, expected[-1], rng.poisson(expected[-1]))), expected, grid)
    return np.asarray(times, dtype=np.float64)


def _fill_events(starts: FloatArray, sizes: NDArray[np.int64], p_short: float, rng: Generator) -> FloatArray:
    """Return the spikes of events of `sizes`, with intervals short at probability `p_short`."""
    events = np.repeat(np.arange(len(starts)), sizes)
    short = 2.8e-3 + rng.gamma(4, 1.5e-3, len(events))
    long = 10e-3 + rng.exponential(45e-3, len(events))
    intervals = np.where(rng.uniform(size=len(events)) < p_short, short, long)
    first = np.cumsum(sizes) - sizes
    elapsed = np.cumsum(intervals)
    return np.sort(starts[events] + elapsed - elapsed[first][events])


def _refractory(spikes: FloatArray) -> FloatArray:
    """Drop each spike inside the refractory period of the last kept one."""
    kept: list[float] = []
    for spike in spikes:
        if not kept or spike - kept[-1] >= REFRACTORY:
            kept.append(float(spike))
    return np.array(kept)
