"""Rates, d' and blinks, computed a second time by their definitions: one trial, one frame at a time."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

import nwbgate
from nwbgate.reading.sessions.performance import (
    dprime,
    is_passive,
    performance_metrics,
    reward_rate,
    reward_rate_documented,
    rolling_performance,
)
from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release"
FILES = sorted(RELEASED.glob("*.nwb"))


def made_trials(number: int = 260, seed: int = 3) -> pd.DataFrame:
    """Trials of every kind, each with its licks; as many as a session has."""
    random = np.random.default_rng(seed)
    start = np.cumsum(random.uniform(2, 9, number))
    kind = random.choice(["aborted", "go", "catch", "auto"], number, p=[0.5, 0.35, 0.1, 0.05])
    change = np.where(kind == "aborted", np.nan, start + 1.5)
    latency = np.where(random.random(number) < 0.5, random.uniform(-0.02, 1.2, number), np.inf)
    licks = [
        np.sort(change[row] + latency[row] + [0, 0.1]) if np.isfinite(latency[row]) else np.empty(0)
        for row in range(number)
    ]
    licks = [np.array([start[row] + 0.5]) if kind[row] == "aborted" else licks[row] for row in range(number)]
    responded = (latency >= 0.15) & (latency <= 0.75)
    go, catch = kind == "go", kind == "catch"
    return pd.DataFrame(
        {
            "start_time": start,
            "change_time": change,
            "lick_times": pd.Series(licks, dtype=object),
            "aborted": kind == "aborted",
            "go": go,
            "catch": catch,
            "auto_rewarded": kind == "auto",
            "hit": go & responded,
            "miss": go & ~responded,
            "false_alarm": catch & responded,
            "correct_reject": catch & ~responded,
            "reward_time": np.where(go & responded, change + 0.3, np.where(kind == "auto", change, np.nan)),
            "reward_volume": np.where(go & responded, 0.007, np.where(kind == "auto", 0.005, 0.0)),
        },
        index=pd.Index(range(number), name="trials_id"),
    )


def rate_by_definition(trials: pd.DataFrame, after: int) -> list[float]:
    """Rewards per minute from 25 trials before a trial to `after` trials after it."""
    rates = []
    for row in range(len(trials)):
        window = trials.iloc[max(0, row - 25) : min(row + after, len(trials))]
        rewards = 0
        for licks, change in zip(window["lick_times"], window["change_time"], strict=True):
            late = [lick - change for lick in licks if lick - change > 0.15]
            rewards += bool(late) and late[0] < 0.75
        minutes = (window["start_time"].iloc[-1] - window["start_time"].iloc[0]) / 60 if len(window) else 0
        rates.append(rewards / minutes if row >= 10 else np.nan)
    return rates


@pytest.fixture(scope="module", params=["made", *[path.stem for path in FILES]])
def trials(request):
    return made_trials() if request.param == "made" else nwbgate.open(RELEASED / f"{request.param}.nwb").trials


def test_reward_rate_is_that_of_the_trials_around(trials):
    np.testing.assert_allclose(reward_rate(trials), rate_by_definition(trials, 25), rtol=1e-12)


def test_the_documented_reward_rate_is_that_of_the_trials_before(trials):
    np.testing.assert_allclose(reward_rate_documented(trials), rate_by_definition(trials, 0), rtol=1e-12)


def test_the_two_reward_rates_differ():
    trials = made_trials()
    assert not np.allclose(reward_rate(trials)[30:], reward_rate_documented(trials)[30:])


def test_a_later_window_counts_other_licks():
    trials = made_trials()
    assert np.nansum(reward_rate(trials, (0.5, 0.75))) < np.nansum(reward_rate(trials))


def test_rates_of_responses_roll_over_a_hundred_trials(trials):
    rolled = rolling_performance(trials, reward_rate(trials))
    kept = trials[~trials["aborted"]]
    for at in range(len(kept)):
        window = kept.iloc[max(0, at - 99) : at + 1]
        row = rolled.loc[kept.index[at]]
        for name, responded, eligible in (
            ("hit_rate", "hit", window["hit"] | window["miss"]),
            ("false_alarm_rate", "false_alarm", window["false_alarm"] | window["correct_reject"]),
        ):
            number = int(eligible.sum())
            if not number:
                assert np.isnan([row[name], row[f"{name}_raw"]]).all()
                continue
            raw = window[responded][eligible].sum() / number
            assert row[f"{name}_raw"] == pytest.approx(raw)
            assert row[name] == pytest.approx(min(max(raw, 1 / (2 * number)), 1 - 1 / (2 * number)))
    assert rolled.loc[trials["aborted"]].drop(columns="reward_rate").isna().all(axis=None)


def test_dprime_is_the_distance_of_two_normal_distributions():
    z = NormalDist().inv_cdf
    found = dprime(np.array([0.8, 1.0, 0.5, np.nan]), np.array([0.1, 0.0, 0.5, 0.5]))
    np.testing.assert_allclose(found[:3], [z(0.8) - z(0.1), z(0.99) - z(0.01), 0.0], atol=1e-12)
    assert np.isnan(found[3])


def test_metrics_sum_the_session_up(trials):
    rate = reward_rate(trials)
    rolled = rolling_performance(trials, rate)
    metrics = performance_metrics(trials, rolled)
    rest = len(trials) - trials["aborted"].sum() - trials["auto_rewarded"].sum()
    assert metrics["trial_count"] == len(trials)
    assert metrics["go_trial_count"] + metrics["catch_trial_count"] == rest
    assert metrics["hit_trial_count"] + metrics["miss_trial_count"] == metrics["go_trial_count"]
    assert metrics["total_reward_volume"] == pytest.approx(trials["reward_volume"].sum())
    engaged = rate > 2
    assert metrics["engaged_trial_count"] == engaged.sum()
    for name, column in (
        ("hit_rate", "hit_rate"),
        ("false_alarm_rate", "false_alarm_rate"),
        ("dprime", "rolling_dprime"),
    ):
        np.testing.assert_allclose(metrics[f"mean_{name}"], rolled[column].mean())
        np.testing.assert_allclose(metrics[f"mean_{name}_engaged"], rolled[column][engaged].mean())
    np.testing.assert_allclose(metrics["max_dprime"], rolled["rolling_dprime"].max())


def test_a_mouse_that_cannot_lick_is_passive_and_has_no_dprime():
    passive = nwbgate.open(RELEASED / "behavior_ophys_experiment_1900011210.nwb").trials
    assert is_passive(passive)
    assert not is_passive(made_trials())
    assert (rolling_performance(passive, reward_rate(passive))["rolling_dprime"] == 0).all()


def test_no_trial_gives_no_rate():
    none = made_trials().iloc[:0]
    assert len(reward_rate(none)) == len(reward_rate_documented(none)) == 0
    assert performance_metrics(none, rolling_performance(none, reward_rate(none)))["trial_count"] == 0


def test_blinks_and_areas_are_those_of_the_raw_areas():
    """AllenSDK: a blink is an area that is missing or three deviations away, and the two frames on each side."""
    eye = nwbgate.open(RELEASED / "behavior_ophys_experiment_1900011010.nwb").eye_tracking
    outlying = np.zeros(len(eye), bool)
    for name in ("eye_area_raw", "pupil_area_raw"):
        area = eye[name].to_numpy()
        outlying |= ~(np.abs(area - np.nanmean(area)) / np.nanstd(area) <= 3)
    blink = np.array([outlying[max(0, at - 2) : at + 3].any() for at in range(len(eye))])
    assert 0 < blink.sum() < len(blink)
    np.testing.assert_array_equal(eye["likely_blink"], blink)
    for part in ("cr", "eye", "pupil"):
        np.testing.assert_array_equal(eye[f"{part}_area"], eye[f"{part}_area_raw"].where(~blink))
    for part, area in (("eye", np.multiply), ("pupil", np.maximum)):
        size = area(eye[f"{part}_width"], eye[f"{part}_height"])
        np.testing.assert_allclose(eye[f"{part}_area"], np.pi * (size if part == "eye" else size**2))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_latencies_are_those_of_the_first_lick(path):
    for _, trial in nwbgate.open(path).trials.iterrows():
        licks = trial["lick_times"]
        if trial["aborted"]:
            assert np.isnan(trial["response_latency"])
        else:
            assert trial["response_latency"] == pytest.approx(licks[0] - trial["change_time"] if len(licks) else np.inf)
