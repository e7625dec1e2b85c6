"""Licks, rewards, trials, presentations and running of a small pickle, checked value by value."""

import numpy as np
import pytest

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.tables.event_tables import licks_table, rewards_table
from nwbgate.interfaces.visual_behavior_rig.tables.presentations_table import presentations_table
from nwbgate.interfaces.visual_behavior_rig.tables.running_table import running_table
from nwbgate.interfaces.visual_behavior_rig.tables.task_parameters_table import task_parameters_table
from nwbgate.interfaces.visual_behavior_rig.tables.trials_table import trials_table
from support.rig_pickles import FRAMES, behavior, epilogue, tree, trial, write_pickle

TIMES = 100 + np.arange(FRAMES) / 60
DELAY = 0.02
ORDER = ("im077", "im065")


@pytest.fixture
def read(tmp_path):
    def made(**changes):
        return StimulusPickle(write_pickle(tmp_path / "stimulus.pkl", tree(behavior() | changes)))

    return made


def presented(pickle, times=TIMES, **options):
    trials = trials_table(pickle, times, DELAY)
    return presentations_table(pickle, times + DELAY, trials, **{"image_order": ORDER, "novel_images": []} | options)


def test_licks_are_at_their_frames_without_the_one_past_the_end(read):
    licks, decisions = licks_table(read(), TIMES)
    assert licks["frame"].tolist() == [200, 330, 540, 800]
    assert licks["timestamps"].tolist() == TIMES[[200, 330, 540, 800]].tolist()
    assert decisions == ["last lick left out: it is on frame 900, one past the last"]


def test_with_one_more_sync_edge_the_last_lick_has_a_time(read):
    licks, decisions = licks_table(read(), np.append(TIMES, 115.0))
    assert (len(licks), decisions) == (5, [])


def test_a_lick_further_past_the_end_is_refused(read):
    with pytest.raises(SourceError, match="licks of the stimulus pickle lie outside"):
        licks_table(read(lick_sensors=[{"lick_events": [FRAMES + 1]}]), TIMES)


def test_a_reward_is_the_first_of_its_trial(read):
    log = behavior()["trial_log"]
    log[0]["rewards"] = [(0.007, 0.0, 200), (0.005, 0.0, 205)]
    pickle = read(trial_log=log)
    rewards = rewards_table(pickle, TIMES)
    assert rewards.to_dict("list") == {"timestamps": [TIMES[200]], "volume": [0.007], "auto_rewarded": [False]}
    assert trials_table(pickle, TIMES, DELAY)["reward_volume"].tolist() == [0.012, 0.0, 0.0]


def test_trials_are_a_hit_an_abort_and_a_correct_rejection(read):
    trials = trials_table(read(), TIMES, DELAY)
    assert trials["hit"].tolist() == [True, False, False]
    assert trials["aborted"].tolist() == [False, True, False]
    assert trials["correct_reject"].tolist() == [False, False, True]
    assert trials["go"].tolist() == [True, False, False]
    assert trials["catch"].tolist() == [False, False, True]
    assert not trials["auto_rewarded"].any()
    assert trials["initial_image_name"].tolist() == ["im065", "im077", "im077"]
    assert trials["change_image_name"].tolist() == ["im077", "im077", "im077"]
    assert trials["change_frame"].fillna(-99).tolist() == [180, -99, 630]
    assert trials["change_time"].tolist()[::2] == [TIMES[180] + DELAY, TIMES[630] + DELAY]
    assert np.isnan(trials["change_time"][1])
    assert trials["reward_time"].tolist()[0] == TIMES[200]


def test_a_lick_on_the_first_frame_of_a_trial_belongs_to_the_trial_before(read):
    trials = trials_table(read(), TIMES, DELAY)
    assert [row.tolist() for row in trials["lick_times"]] == [
        [TIMES[200]],
        [TIMES[330], TIMES[540]],
        [TIMES[800]],
    ]
    assert trials["response_latency"].tolist()[0] == TIMES[200] - (TIMES[180] + DELAY)
    assert np.isnan(trials["response_latency"][1])


def test_licks_of_the_movie_belong_to_no_trial(read):
    trials = trials_table(read(items={"fingerprint": epilogue(first=780)}), TIMES, DELAY)
    assert len(trials["lick_times"][2]) == 0
    assert trials["response_latency"][2] == np.inf


def test_an_auto_rewarded_trial_has_no_other_outcome(read):
    events = [("trial_start", 90), ("stimulus_changed", 180), ("auto_reward", 180), ("miss", 230), ("trial_end", 300)]
    trials = trials_table(
        read(trial_log=[trial(0, *events, change=("im065", "im077"), auto_reward=True)]), TIMES, DELAY
    )
    assert trials["auto_rewarded"].tolist() == [True]
    assert not trials[["hit", "miss", "false_alarm", "correct_reject", "go"]].to_numpy().any()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (trial(0, ("trial_start", 90), ("trial_end", 100)), "not exactly one outcome"),
        (trial(0, ("trial_start", 90), ("hit", 91), ("miss", 91), ("trial_end", 100)), "not exactly one outcome"),
        (trial(0, ("trial_start", 90), ("miss", 95), ("trial_end", FRAMES)), "trial_end events"),
        (
            trial(
                0, ("trial_start", 90), ("stimulus_changed", 180), ("miss", 95), ("trial_end", 200), change=("a", "b")
            ),
            "does not start from what was shown",
        ),
    ],
)
def test_trials_that_contradict_themselves_are_refused(read, change, what):
    with pytest.raises(SourceError, match=what):
        trials_table(read(trial_log=[change]), TIMES, DELAY)


def test_flashes_are_runs_of_drawn_frames_with_the_delay_of_the_monitor(read):
    table, decisions = presented(read())
    assert table["start_frame"].tolist() == list(range(90, 765, 45))
    assert table["end_frame"].tolist() == list(range(105, 780, 45))
    assert table["start_time"].tolist() == (TIMES[90:765:45] + DELAY).tolist()
    assert table["image_name"].tolist()[:4] == ["im065", "im065", "im077", "omitted"]
    assert table["image_index"].tolist()[:4] == [1, 1, 0, 2]
    assert table["is_change"].tolist()[:5] == [False, False, True, False, False]
    assert table["flashes_since_change"].tolist()[:6] == [0, 1, 0, 0, 1, 2]
    assert table["duration"][3] == 0.25
    assert decisions == [
        "2 logged omissions left out: logged twice, or at a flash that was drawn",
        "1 omitted flashes before the first flash left out",
    ]


def test_presentations_know_their_trial_and_the_sham_change(read):
    table, _ = presented(read())
    assert table.loc[table["is_sham_change"], "start_frame"].tolist() == [630]
    # A trial starts with a flash, which is seen after the delay of the monitor; no flash begins after the last trial.
    assert table["trials_id"].fillna(-99).tolist() == [0] * 5 + [1] * 5 + [2] * 4 + [-99]
    assert table["active"].all()
    assert set(table["stimulus_block_name"]) == {"change_detection_behavior"}


def test_novelty_is_unknown_unless_it_is_said(read):
    assert presented(read(), novel_images=None)[0]["is_image_novel"].isna().all()
    novel = presented(read(), novel_images=["im077"])[0]["is_image_novel"]
    assert novel.tolist()[:3] == [False, False, True]
    assert novel.isna().tolist()[3]


def test_the_index_of_an_image_is_unknown_without_its_set(read):
    assert presented(read(), image_order=None)[0]["image_index"].isna().all()
    with pytest.raises(SourceError, match="not in the set"):
        presented(read(), image_order=["im065"])


def test_a_movie_after_the_task_makes_blocks(read):
    table, decisions = presented(read(items={"fingerprint": epilogue(first=840)}))
    assert table.groupby("stimulus_block")["stimulus_block_name"].first().to_dict() == {
        0: "change_detection_behavior",
        1: "post_behavior_gray_screen_5min",
        2: "natural_movie_one",
    }
    assert "no gray screen before the task" in decisions[-1]
    movie = table[table["stimulus_name"] == "natural_movie_one"]
    assert movie["start_frame"].tolist() == [850, 852, 854, 856, 858]
    assert movie["movie_frame_index"].tolist() == [0, 1, 2, 3, 4]
    assert movie["stop_time"].tolist()[:-1] == movie["start_time"].tolist()[1:]
    assert movie["omitted"].isna().all()


def test_a_long_gray_screen_before_the_task_is_the_first_block(read):
    table, decisions = presented(read(items={"fingerprint": epilogue()}), TIMES + 200)
    assert table["stimulus_block_name"][0] == "initial_gray_screen_5min"
    assert (table["start_time"][0], table["stop_time"][0]) == (0.0, TIMES[90] + 200 + DELAY)
    assert table["stimulus_block"].tolist()[1] == 1
    assert not any("gray screen" in decision for decision in decisions)


def test_a_flash_that_lasts_to_the_end_is_cut_there(read):
    images = behavior()["stimuli"]["images"] | {"draw_log": [0] * 800 + [1] * 101}
    table, decisions = presented(read(stimuli={"images": images}, omitted_flash_frame_log={}))
    assert table["end_frame"].tolist() == [FRAMES - 1]
    assert "lasts to the last frame" in decisions[0]


def test_a_passive_session_names_its_block_so(read):
    settings = behavior()["params"] | {"stage": "OPHYS_2_images_A_passive"}
    table, _ = presented(read(params=settings, cl_params=settings))
    assert set(table["stimulus_block_name"]) == {"change_detection_passive"}


def test_gratings_are_named_by_their_orientation(read):
    grating = behavior()["stimuli"]["images"] | {"set_log": [("Ori", 0, 0.0, 0), ("Ori", 90, 3.0, 180)]}
    log = [trial(0, ("trial_start", 90), ("abort", 95), ("trial_end", 100))]
    pickle = read(stimuli={"grating": grating | {"phase": 0.25, "sf": 0.04}}, trial_log=log)
    table, _ = presented(pickle, image_order=None)
    assert table["image_name"].tolist()[:3] == ["gratings_0.0", "gratings_0.0", "gratings_90.0"]
    assert table["image_index"].tolist()[:3] == [0, 0, 1]
    assert table["orientation"].tolist()[:3] == [0.0, 0.0, 90.0]
    assert trials_table(pickle, TIMES, DELAY)["initial_image_name"].tolist() == ["gratings_0"]


def test_running_takes_one_sample_for_each_frame(read):
    table = running_table(read(), TIMES)
    assert len(table) == FRAMES
    assert table["speed"].mean() > 1
    with pytest.raises(SourceError, match="not as many"):
        running_table(read(), TIMES[:-1])


def test_settings_are_one_row(read):
    row = task_parameters_table(read()).iloc[0]
    assert row["n_stimulus_frames"] == 14 * 15
    assert row["blank_duration_sec"].tolist() == [0.5, 0.5]
    assert (row["reward_volume"], row["auto_reward_volume"]) == (0.007, 0.005)
