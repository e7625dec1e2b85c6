"""One neuron's dF/F beside its spikes, as facts."""

import h5py
import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.facts.recording.spike_responses import spike_response_frame

RATE, FRAMES = 30.0, 900
SPIKES = np.sort(np.random.default_rng(1).uniform(2, 25, 20))
SERIES = pd.DataFrame([{"path": "/dff", "table": "dff_traces", "n_columns": 1, "clock": "/dff/starting_time"}])
CLOCKS = pd.DataFrame([{"clock": "/dff/starting_time", "first": 0.0, "period": 1 / RATE}])


def response(change=lambda trace: trace, series=SERIES, clocks=CLOCKS, units=1):
    """The facts of a noisy trace that follows its spikes, changed."""
    time = np.arange(FRAMES) / RATE
    since = time[:, None] - SPIKES
    trace = np.where(since >= 0, np.exp(-since / 0.5), 0).sum(axis=1)
    trace += np.random.default_rng(0).normal(0, 0.05, FRAMES)
    with h5py.File("memory.h5", "w", driver="core", backing_store=False) as file:
        file["dff/data"] = change(trace)
        found = spike_response_frame(file, series, clocks, [SPIKES] * units)
    return None if found is None else found.iloc[0]


def test_a_trace_follows_its_spikes():
    found = response()
    assert (found["n_spikes"], found["n_frames"]) == (20, FRAMES)
    assert found["own"] > 0.9
    assert found["reversed"] < 0.5
    assert abs(found["lag"]) <= 2 / RATE
    assert found["noise"] == pytest.approx(0.05, rel=0.3)


def test_a_trace_from_its_end_fits_when_it_is_turned_around():
    found = response(lambda trace: trace[::-1])
    assert found["reversed"] > 0.9 > found["own"]


@pytest.mark.parametrize("frames", [-60, 45])
def test_a_shift_is_found_in_seconds(frames):
    assert response(lambda trace: np.roll(trace, frames))["lag"] == pytest.approx(frames / RATE, abs=2 / RATE)


def test_percent_have_a_hundred_times_the_noise():
    assert response(lambda trace: 100 * trace)["noise"] == pytest.approx(5, rel=0.3)


def test_a_trace_of_one_frame_has_no_correlation():
    assert np.isnan(response(lambda trace: trace[:1])["own"] or np.nan)


@pytest.mark.parametrize(
    "given",
    [
        {"series": SERIES.iloc[:0]},
        {"series": pd.concat([SERIES, SERIES])},
        {"series": SERIES.assign(n_columns=2)},
        {"clocks": CLOCKS.iloc[:0]},
        {"clocks": CLOCKS.assign(period=np.nan)},
        {"units": 2},
    ],
)
def test_more_than_one_trace_or_unit_is_not_compared(given):
    assert response(**given) is None
