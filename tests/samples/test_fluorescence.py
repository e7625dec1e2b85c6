"""Made-up dF/F answers spikes as the indicators do."""

import numpy as np
import pytest

from nwbgate.samples.dataset_ii import OPHYS_PERIOD, simulate_recording
from nwbgate.samples.fluorescence import calcium, record_df_over_f
from nwbgate.samples.genotypes import GENOTYPES

#: Median peaks of the published high-zoom dF/F, averaged over five frames, after one and after three action potentials.
PUBLISHED_PEAKS = {"Emx1-s": (0.14, 0.55), "Emx1-f": (0.06, 0.45), "Cux2-f": (0.07, 0.24)}


def noiseless(spikes, line, samples=300):
    """The mean of many noisy traces."""
    rng = np.random.default_rng(0)
    return np.mean([record_df_over_f(spikes, line, samples, OPHYS_PERIOD, rng) for _ in range(200)], axis=0)


def noise(dff):
    return np.median(np.abs(np.diff(dff))) / 0.6745 / np.sqrt(2)


@pytest.mark.parametrize("line", GENOTYPES.values(), ids=GENOTYPES)
def test_one_spike_gives_a_kernel_of_peak_one(line):
    kernel = calcium(np.array([1.0]), line, 5000, 1e-3)
    assert kernel.max() == pytest.approx(1.0, abs=1e-3)
    assert np.all(kernel[:1000] == 0)
    assert kernel[-1] < 0.01


@pytest.mark.parametrize("line", GENOTYPES.values(), ids=GENOTYPES)
def test_the_kernel_decays_with_the_time_constant_of_the_indicator(line):
    kernel = calcium(np.array([0.0]), line, 4000, 1e-3)
    late = round(1e3 * 6 * line.rise)
    assert kernel[late + 100] / kernel[late] == pytest.approx(np.exp(-0.1 / line.decay), rel=0.02)


@pytest.mark.parametrize("acronym", GENOTYPES)
@pytest.mark.parametrize("spikes", [1, 3])
def test_peaks_grow_with_the_number_of_spikes_as_published(acronym, spikes):
    peak = noiseless(2.0 + 0.008 * np.arange(spikes), GENOTYPES[acronym]).max()
    assert peak == pytest.approx(PUBLISHED_PEAKS[acronym][spikes // 2], rel=0.35, abs=0.025)


def test_two_spikes_give_more_than_twice_one():
    line = GENOTYPES["Emx1-f"]
    one, two = (noiseless(2.0 + 0.005 * np.arange(spikes), line).max() for spikes in (1, 2))
    assert two > 2.5 * one


@pytest.mark.parametrize("acronym", GENOTYPES)
def test_the_noise_is_that_of_the_observatory(acronym):
    traces = [simulate(acronym, seed).dff for seed in range(30)]
    assert 0.049 <= np.median([noise(dff) for dff in traces]) <= 0.061


def simulate(acronym, seed):
    return simulate_recording(np.random.default_rng(seed), genotype=acronym, seconds=60.0, sampling_rate=1000.0)


def test_a_spike_before_the_start_still_glows():
    trace = calcium(np.array([-0.1]), GENOTYPES["Emx1-s"], 100, 1e-2)
    assert trace[0] > 0.5


def test_a_spike_after_the_end_is_not_seen():
    assert not calcium(np.array([2.0]), GENOTYPES["Emx1-s"], 100, 1e-2).any()
