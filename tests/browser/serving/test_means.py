"""Means equal those over all samples at once, and read the windows of the events, not the whole trace."""

import numpy as np
import pytest

from nwbgate.browser.serving import means
from nwbgate.browser.tracks.samples import ArraySamples, SampleClock

RATE, COUNT = 1000.0, 200_000


class Counted:
    """Samples with a rate, which count how many of them are read."""

    clock = SampleClock(0.25, 1 / RATE)
    notes = ()

    def __init__(self, values):
        self._values, self.read = values, 0

    def __len__(self):
        return len(self._values)

    def values(self, start, stop):
        self.read += stop - start
        return self._values[start:stop]

    def times(self, start, stop):
        return self.clock.start + np.arange(start, min(stop, len(self))) * self.clock.period


@pytest.fixture(scope="module")
def samples():
    values = np.random.default_rng(0).normal(size=COUNT)
    values[::97] = np.nan
    return Counted(values)


def expected(samples, events):
    """Mean and error by the definition: the nearest sample to each time, over all events."""
    offsets = np.arange(-1000, 2001) / RATE
    places = np.rint((events[:, None] + offsets - samples.clock.start) * RATE).astype(int)
    cut = np.where((places >= 0) & (places < COUNT), samples._values[places.clip(0, COUNT - 1)], np.nan)
    count = np.isfinite(cut).sum(0)
    return np.nanmean(cut, 0), np.nanstd(cut, 0, ddof=1) / np.sqrt(count)


@pytest.mark.parametrize("at_once", [2**20, 5000], ids=["one piece", "many pieces"])
def test_means_are_those_over_all_events(samples, monkeypatch, at_once):
    monkeypatch.setattr(means, "_AT_ONCE", at_once)
    events = np.array([150.0, 3.0, 0.3, 40.0, 41.5, 200.1, 900.0, np.nan])
    around = means.mean_of(means.frames_of_samples(samples), events)
    mean, error = around.result()
    finite = np.isfinite(events)
    for found, right in zip((mean[0], error[0]), expected(samples, events[finite]), strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-9)
    assert around.events == 8


def test_only_the_windows_are_read(samples):
    samples.read = 0
    means.mean_of(means.frames_of_samples(samples), np.array([10.0, 110.0]))
    assert samples.read < 7000


def test_stored_timestamps_give_the_same_mean(samples):
    events = np.array([20.0, 77.7])
    stored = ArraySamples(samples._values, samples.times(0, COUNT))
    for frames in (means.frames_of_samples(stored), means.frames_of_matrix(stored._values[:, None], stored._times)):
        np.testing.assert_allclose(
            means.mean_of(frames, events).result()[0],
            means.mean_of(means.frames_of_samples(samples), events).result()[0],
        )


def test_without_events_there_is_no_mean(samples):
    mean, error = means.mean_of(means.frames_of_samples(samples), np.empty(0)).result()
    assert np.isnan(mean).all()
    assert np.isnan(error).all()
