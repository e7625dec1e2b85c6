"""Presentations with the behavior during each of them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.opening import open_nwb
from nwbgate.reading.sessions.annotated_presentations import annotated_presentations
from support.converted_sessions import converted_release, session_files


def session(**streams):
    shown = pd.DataFrame({"start_time": [1.0, 2.0, 3.0], "end_time": [1.25, 2.25, 3.25]}, index=[7, 8, 9])
    licks = pd.DataFrame({"timestamps": [0.5, 1.0, 1.9, 2.0, 3.2, 3.3]})
    rewards = pd.DataFrame({"timestamps": [2.1, 2.9], "volume": [0.005, 0.007]})
    return SimpleNamespace(stimulus_presentations=shown, licks=licks, rewards=rewards, **streams)


def test_licks_and_rewards_belong_to_the_last_presentation_before_them():
    found = annotated_presentations(session())
    assert found.index.tolist() == [7, 8, 9]
    assert [times.tolist() for times in found["lick_times"]] == [[1.0, 1.9], [2.0], [3.2]]
    assert found["n_licks"].tolist() == [2, 1, 1]
    assert found["n_rewards"].tolist() == [0, 2, 0]
    assert found["reward_volume"].tolist() == pytest.approx([0, 0.012, 0])


def test_means_pass_over_nan_and_are_nan_without_a_sample():
    running = pd.DataFrame({"timestamps": [1.1, 1.5, 1.9, 3.1], "speed": [2.0, np.nan, 4.0, 5.0]})
    found = annotated_presentations(session(running_speed=running))
    assert found["mean_running_speed"].tolist() == pytest.approx([3.0, np.nan, 5.0], nan_ok=True)
    assert found["mean_pupil_area"].isna().all()


def test_a_converted_session_has_them(tmp_path_factory):
    files = session_files(converted_release(tmp_path_factory.getbasetemp()))
    with open_nwb(files["1900011001"]) as opened:
        found = opened.annotated_presentations
        speed, shown = opened.running_speed, opened.stimulus_presentations
        assert len(found) == len(shown)
        row = found.iloc[3]
        inside = speed[(speed["timestamps"] >= row["start_time"]) & (speed["timestamps"] < found["start_time"].iloc[4])]
        assert row["mean_running_speed"] == pytest.approx(inside["speed"].mean())
        first = found["start_time"].min()
        licks = opened.licks["timestamps"]
        assert found["n_licks"].sum() == ((licks >= first) & (licks < found["end_time"].iloc[-1])).sum()


def test_own_times_are_aligned_as_kinds_of_events_are(tmp_path_factory):
    files = session_files(converted_release(tmp_path_factory.getbasetemp()))
    with open_nwb(files["1900011001"]) as opened:
        plane = next(iter(opened.planes.values()))
        rewards = opened.rewards["timestamps"].to_numpy()
        by_kind, by_time = opened.aligned(plane, "rewards"), opened.aligned(plane, rewards)
        assert np.array_equal(by_kind.values, by_time.values, equal_nan=True)
        name = next(name for name in opened.series if "speed" in name.lower())
        assert opened.aligned(name, "rewards", (-0.1, 0.1)).shape[0] == len(rewards)
