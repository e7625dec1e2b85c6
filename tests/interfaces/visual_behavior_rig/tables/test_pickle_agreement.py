"""A stimulus pickle tells most facts twice: a sound one alike, and each difference has its row."""

from datetime import timedelta

import numpy as np
import pytest

from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.session.rig_session import RigSession
from nwbgate.interfaces.visual_behavior_rig.tables.pickle_agreement import pickle_contradictions
from nwbgate.manifest.source_comparisons import facts_told_twice
from support.rig_pickles import FRAMES, OMITTED, behavior, epilogue, tree, write_pickle
from support.rig_sample import BY_FOLDER, facts_json, rig_sample


def doubled() -> dict:
    """Return a pickle's items that tell everything twice, of a mouse that runs."""
    items = behavior()
    turned = np.random.default_rng(2).uniform(0, 8, FRAMES + 1) * (np.arange(FRAMES + 1) // 60 % 3)
    volts = np.cumsum(turned) / 360 * 5 % 5
    items["encoders"] = [{"vsig": volts.tolist(), "vin": [5.0] * (FRAMES + 1), "dx": turned}]
    items |= {"update_count": FRAMES + 1, "trial_count": 3, "items": {"fingerprint": epilogue()}}
    items["rewards"] = [{"reward_times": np.array([[3.3, 201.0]], dtype=np.float32)}]
    items["params"] |= {"reward_volume": 0.007, "auto_reward_vol": 0.005, "response_window": [0.15, 0.75]}
    items["trial_log"][1]["events"][-1][-1] = 530
    for trial, success in zip(items["trial_log"], (True, False, True), strict=True):
        trial |= {"cumulative_rewards": 1, "success": success}
    return items


@pytest.fixture
def told(tmp_path):
    """Return a function that gives the contradictions of a pickle after an edit, by comparison."""

    def of(edit=lambda items, top: None):
        content = tree(doubled())
        content["stop_time"] = content["start_time"] + timedelta(seconds=22)
        edit(content["items"]["behavior"], content)
        pickle = StimulusPickle(write_pickle(tmp_path / "stimulus.pkl", content))
        return {row.comparison: row.sentence for row in pickle_contradictions(pickle)}

    return of


def test_a_sound_pickle_contradicts_nothing(told):
    assert told() == {}


@pytest.mark.parametrize("folder", BY_FOLDER)
def test_the_made_up_sessions_contradict_nothing(tmp_path_factory, folder):
    session = RigSession(facts_json(rig_sample(tmp_path_factory.getbasetemp()), folder))
    assert not {row.comparison for row in session.agreement} & set(facts_told_twice("content"))


def test_what_is_told_once_is_not_compared(told):
    def forget(items, top):
        for name in ("update_count", "trial_count", "rewards"):
            del items[name]
        for trial in items["trial_log"]:
            for name in ("cumulative_rewards", "success", "licks"):
                del trial[name]

    assert told(forget) == {}


def trial(number, **facts):
    return lambda items, top: items["trial_log"][number].update(facts)


def catch(number, value):
    return lambda items, top: items["trial_log"][number]["trial_params"].update(catch=value)


def two_frames_lost(items, top):
    items["intervalsms"], items["encoders"] = items["intervalsms"][2:], [{"vsig": [], "vin": [], "dx": []}]


def without_trial(items, top):
    del items["trial_log"][1]


def set_elsewhere(items, top):
    items["stimuli"]["images"]["set_log"][1] = ("Image", "im077", 3.0, 181)


def omitted_late(items, top):
    items["omitted_flash_frame_log"]["images_0"] = [OMITTED + 9]


def unfelt(items, top):
    items["lick_sensors"][0]["lick_events"].remove(200)


def rewarded_otherwise(items, top):
    items["rewards"][0]["reward_times"] = np.array([[3.4, 206.0]])


def other_way(items, top):
    items["encoders"][0]["dx"] = -items["encoders"][0]["dx"]


def later_epilogue(items, top):
    items["items"]["fingerprint"]["starting_frame"] += 5


CASES = [
    ("frames", two_frames_lost, "898 by intervalsms, 901 by update_count"),
    ("frames", lambda items, top: items.update(update_count=FRAMES), "900 by update_count, 901 by draw_log"),
    ("duration", lambda items, top: top.update(stop_time=top["start_time"] + timedelta(hours=1)), "3600 s from"),
    ("trials", without_trial, "2 in trial_log, trial_count 3"),
    ("trials", lambda items, top: items["trial_log"][2].update(index=5), "index 1 is followed by 5"),
    ("changes", set_elsewhere, "set_log changes the stimulus in frame 181, and no trial does (and 1 more)"),
    ("omissions", omitted_late, f"logged in frame {OMITTED + 9}, due in frame {OMITTED}"),
    ("epilogue", later_epilogue, "starting_frame 845, frame_indices from 840"),
    ("trial_licks", unfelt, "trial 0 has a lick in frame 200, and lick_events does not"),
    ("trial_licks", trial(0, licks=[]), "lick_events has frame 200, and trial 0 does not"),
    ("rewards", rewarded_otherwise, "trial_log has a reward in frame 200, and reward_times does not (and 1 more)"),
    ("rewards", trial(2, cumulative_rewards=2), "1 up to trial 2, cumulative_rewards 2"),
    ("trial_kinds", catch(2, value=False), "trial 2 is meant as a go trial, and has a sham change in frame 630"),
    ("trial_kinds", catch(0, value=True), "trial 0 is a catch trial, and its stimulus changed in frame 180"),
    ("trial_kinds", trial(0, success=False), "trial 0 is a hit by its events, and success is False"),
    ("settings", lambda items, top: items["params"].update(reward_volume=0.01), "reward_volume 0.01 in params, 0.007"),
    ("wheel", other_way, "dx is 1.0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "edit", "said"), CASES, ids=[f"{n}-{name}" for n, (name, *_) in enumerate(CASES)])
def test_a_fact_told_twice_and_differently_has_a_row(told, name, edit, said):
    found = told(edit)
    assert said in found[name]
    assert set(found) <= {name, "trial_licks"} if edit is without_trial else set(found) == {name}


def test_a_reward_one_frame_later_by_its_line_is_the_same(told):
    assert told(lambda items, top: items["rewards"][0].update(reward_times=np.array([[3.3, 202.0]]))) == {}


def test_a_voltage_one_sample_shorter_is_compared(told):
    assert told(lambda items, top: items["encoders"][0].update(vsig=items["encoders"][0]["vsig"][:-1])) == {
        "frames": ("frames: 900 by intervalsms, 901 by update_count, 901 by draw_log, 900 by vsig")
    }
