"""Made-up spike trains have the statistics of the published ones."""

import numpy as np
import pytest

from nwbgate.samples.genotypes import GENOTYPES
from nwbgate.samples.spike_trains import FEWEST_SPIKES, MARGIN, REFRACTORY, draw_rate, draw_spike_times

#: Median over published recordings of the coefficient of variation of the intervals.
PUBLISHED_CV = {"Emx1-s": 2.2, "Emx1-f": 2.4, "Cux2-f": 1.9}


def cells(acronym, *, number=200, seconds=150.0):
    """Spike trains of `number` cells of a line, as long as published recordings."""
    rng, line = np.random.default_rng(7), GENOTYPES[acronym]
    return [draw_spike_times(line, draw_rate(line, seconds, rng), seconds, rng) for _ in range(number)]


@pytest.mark.parametrize("acronym", GENOTYPES)
def test_rates_have_the_published_quartiles(acronym):
    rates = [len(spikes) / 150.0 for spikes in cells(acronym)]
    assert np.quantile(rates, [0.25, 0.5, 0.75]) == pytest.approx(GENOTYPES[acronym].rate_quartiles[1:4], rel=0.25)


@pytest.mark.parametrize("acronym", GENOTYPES)
def test_intervals_are_as_irregular_as_published(acronym):
    intervals = [np.diff(spikes) for spikes in cells(acronym) if len(spikes) > 20]
    assert np.median([i.std() / i.mean() for i in intervals]) == pytest.approx(PUBLISHED_CV[acronym], rel=0.2)


@pytest.mark.parametrize("acronym", GENOTYPES)
def test_short_intervals_have_their_share(acronym):
    shares = [np.mean(np.diff(spikes) < 0.010) for spikes in cells(acronym) if len(spikes) > 20]
    assert np.mean(shares) == pytest.approx(GENOTYPES[acronym].burst_share, rel=0.2)


@pytest.mark.parametrize("acronym", GENOTYPES)
def test_cells_of_a_line_differ_in_how_much_they_burst(acronym):
    shares = [np.mean(np.diff(spikes) < 0.010) for spikes in cells(acronym) if len(spikes) > 20]
    assert np.std(shares) == pytest.approx(0.13, abs=0.05)


@pytest.mark.parametrize("acronym", GENOTYPES)
def test_single_spikes_are_the_commonest_event_and_long_ones_rare(acronym):
    trains = [spikes for spikes in cells(acronym) if len(spikes) / 150.0 < 1.0]  # events of busy cells touch
    sizes = [len(event) for spikes in trains for event in np.split(spikes, np.flatnonzero(np.diff(spikes) > 0.25) + 1)]
    found = np.bincount(sizes, minlength=5)[1:5] / len(sizes)
    published = np.array(GENOTYPES[acronym].event_sizes[:4]) / sum(GENOTYPES[acronym].event_sizes)
    assert found == pytest.approx(published, abs=0.07)
    assert list(found) == sorted(found, reverse=True)


def test_the_rate_swings_slowly():
    counts = [np.histogram(spikes, np.arange(0, 151, 5))[0] for spikes in cells("Emx1-s") if len(spikes) > 100]
    neighbours = [np.corrcoef(count[:-1], count[1:])[0, 1] for count in counts]
    strangers = [np.corrcoef(count[:-6], count[6:])[0, 1] for count in counts]
    assert np.mean(neighbours) > np.mean(strangers) + 0.1


@pytest.mark.parametrize("acronym", GENOTYPES)
def test_no_two_spikes_are_closer_than_the_refractory_period(acronym):
    assert min(np.diff(spikes).min() for spikes in cells(acronym)) >= REFRACTORY


def test_spikes_leave_room_at_both_ends():
    trains = cells("Emx1-f", seconds=5.0)
    assert min(spikes[0] for spikes in trains) > MARGIN
    assert max(spikes[-1] for spikes in trains) < 5.0 - MARGIN


@pytest.mark.parametrize("seconds", [2.0, 5.0, 60.0])
def test_even_a_short_recording_of_a_silent_cell_has_some_spikes(seconds):
    assert min(len(spikes) for spikes in cells("Cux2-f", seconds=seconds)) >= FEWEST_SPIKES


def test_the_refractory_period_is_measured_from_the_last_spike_that_was_kept():
    from nwbgate.samples.spike_trains import _refractory

    assert _refractory(np.array([0.0, 0.002, 0.004, 0.0066])) == pytest.approx([0.0, 0.004, 0.0066])
