"""dF/F of a recorded neuron beside its spikes."""

import pandas as pd
import pytest

from nwbgate.rules.sessions.recording import responses
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE

SOUND = {"n_spikes": 40, "n_frames": 900, "own": 0.62, "reversed": 0.3, "at_lag": 0.72, "lag": 0.25, "noise": 0.05}


def with_response(**change: float):
    """An edit that gives the session a recorded neuron."""

    def edit(frames: Frames) -> None:
        frames["spike_responses"] = pd.DataFrame([SOUND | change])

    return edit


CASES: list[Case] = [
    ("spike_responses.dff_follows_spikes", with_response(own=0.3, reversed=0.7)),
    ("spike_responses.dff_follows_spikes", with_response(own=-0.5)),
    ("spike_responses.dff_follows_spikes", with_response(own=0.05, at_lag=0.7, lag=1.0)),
    ("spike_responses.dff_is_a_ratio", with_response(noise=5.3)),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=[code for code, _ in CASES])
def test_a_fault_of_a_response_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"own": 0.12},
        {"own": -0.3, "at_lag": 0.5},
        {"own": 0.5, "reversed": 0.69},
        {"own": 0.05, "reversed": 0.5, "at_lag": 0.5},
        {"own": 0.12, "at_lag": 0.7},
        {"own": -0.5, "n_spikes": 4},
        {"noise": 0.2},
        dict.fromkeys(("own", "reversed", "at_lag", "lag", "noise"), float("nan")),
    ],
)
def test_a_weak_response_is_passed(change):
    frames = good(ACTIVE)
    with_response(**change)(frames)
    assert fired(frames) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"own": -0.5}, "the sign of dF/F is reversed"),
        ({"own": 0.3, "reversed": 0.7}, "0.70 with dF/F from its end to its start: it is reversed in time"),
        ({"own": 0.05, "at_lag": 0.7, "lag": -1.5}, "0.70 with dF/F shifted by -1.50 s"),
    ],
)
def test_the_finding_says_how_it_would_fit(change, words):
    found = responses.dff_follows_spikes.function(pd.DataFrame([SOUND | change]))
    assert words in found["got"].iloc[0]
