"""The stimulus pickle: what it holds as arrays, and pickles that are refused by the name of what is wrong."""

import numpy as np
import pytest

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from support.development_data import shared
from support.rig_pickles import FRAMES, behavior, epilogue, tree, write_pickle


def read(tmp_path, **changes):
    return StimulusPickle(write_pickle(tmp_path / "stimulus.pkl", tree(behavior() | changes)))


def test_a_pickle_holds_arrays_and_facts(tmp_path):
    pickle = read(tmp_path, items={"fingerprint": epilogue()})
    assert pickle.frames == FRAMES
    assert pickle.frame_rate == 60.0
    assert pickle.lick_frames.tolist() == [200, 330, 540, 800, FRAMES]
    assert len(pickle.encoder.v_sig) == FRAMES + 1
    assert pickle.stimulus.image_set == "Natural_Images_Lum_Matched_set_training_2017.07.14"
    assert pickle.stimulus.name == "Natural_Images_Lum_Matched_set_training_2017"
    assert [pickle.stimulus.value_at(frame) for frame in (0, 179, 180)] == ["im065", "im065", "im077"]
    assert pickle.settings.session_type == "OPHYS_1_images_A"
    assert pickle.settings.omitted_flash_fraction == 0.05
    assert (pickle.epilogue.repeats, len(pickle.epilogue.sweeps)) == (1, 5)
    assert [trial.start_frame for trial in pickle.trials] == [90, 315, 540]
    assert pickle.start_time.isoformat() == "2019-01-15T15:12:06"
    assert pickle.facts == {"rig_id": "CAM2P.4", "camstim": "0.5.6"}


def test_keys_may_be_bytes(tmp_path):
    def as_bytes(value):
        if isinstance(value, dict):
            return {key.encode(): as_bytes(item) for key, item in value.items()}
        return [as_bytes(item) for item in value] if isinstance(value, list) else value

    pickle = StimulusPickle(write_pickle(tmp_path / "bytes.pkl", as_bytes(tree(behavior()))))
    assert len(pickle.trials) == 3
    assert pickle.settings.mouse_id == "1234"


def test_an_older_pickle_has_its_id_among_the_settings(tmp_path):
    content = tree(behavior())
    del content["session_uuid"]
    content["items"]["behavior"]["params"]["foraging_id"] = {"value": "abc"}
    assert StimulusPickle(write_pickle(tmp_path / "old.pkl", content)).session_uuid == "abc"


@pytest.mark.parametrize(
    ("value", "moment"), [(1547593926.5, "2019-01-15T23:12:06.500000+00:00"), (1e99, None), ("x", None)]
)
def test_times_of_older_pickles_are_seconds(tmp_path, value, moment):
    found = StimulusPickle(write_pickle(tmp_path / "old.pkl", tree(behavior()) | {"start_time": value})).start_time
    assert (found and found.isoformat()) == moment


def test_the_pickle_of_another_session_is_refused(tmp_path):
    pickle = read(tmp_path)
    pickle.refuse_other_session(pickle.session_uuid.upper(), "session.json")
    with pytest.raises(SourceError, match="of another session") as error:
        pickle.refuse_other_session("9f1c", "session.json")
    assert error.value.expected == "9f1c, foraging_id of session.json"


def test_gratings_have_orientations_and_no_image_set(tmp_path):
    grating = behavior()["stimuli"]["images"] | {"set_log": [("Ori", 90, 0.0, 0)], "phase": (0.25, 0.0), "sf": 0.04}
    stimulus = read(tmp_path, stimuli={"grating": grating}).stimulus
    assert (stimulus.kind, stimulus.name, stimulus.values, stimulus.spatial_frequency) == (
        "grating",
        "grating",
        (90,),
        0.04,
    )


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ([1], "a list at the top"),
        ({"items": {"foraging": {}}}, "passive SweepStim"),
        ({"vsyncintervals": [], "lickData": []}, "foraging 1"),
        ({"intervalsms": [], "trial_log": []}, "foraging 2 of early 2018"),
        ({"intervalsms": [], "stimuli": []}, "passive SweepStim"),
        ({"other": 1}, "keys other"),
        ({}, "keys none"),
    ],
)
def test_other_forms_are_named_and_refused(tmp_path, content, form):
    with pytest.raises(SourceError) as error:
        StimulusPickle(write_pickle(tmp_path / "other.pkl", content))
    assert form in error.value.got


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("intervalsms", "texts", "intervalsms"),
        ("intervalsms", np.array([16.0, -1.0]), "intervalsms"),
        ("intervalsms", [[16.0]], "intervalsms"),
        ("lick_sensors", [], "lick_sensors"),
        ("lick_sensors", [{"lick_events": [5, 3]}], "lick_events"),
        ("lick_sensors", [{"lick_events": [1.5]}], "lick_events"),
        ("encoders", [{"vsig": [1.0] * (FRAMES + 3), "vin": [1.0], "dx": [1.0]}], "encoders[0]"),
        ("stimuli", {"movie": {}}, "stimuli"),
        ("stimuli", {"images": {"set_log": [], "draw_log": [0]}}, "set_log"),
        ("stimuli", {"images": {"set_log": [("Image", "a", 0.0)], "draw_log": [0]}}, "set_log"),
        ("trial_log", [{"index": 0, "events": [["abort", "", 0.0, 3]], "trial_params": {}}], "trial_log[0].events"),
        ("trial_log", [{"index": 0, "events": [["a"]], "trial_params": {}}], "trial_log[0].events"),
        ("params", {"stage": "OPHYS_2_images_A"}, "params.stage"),
        ("config", {}, "config.DoC"),
        ("items", {"fingerprint": epilogue() | {"frame_indices": [840]}}, "sweep_frames"),
        ("omitted_flash_frame_log", {"images_0": ["x"]}, "images_0"),
        ("params", np.zeros(3), "params"),
        ("trial_log", [{"index": float("nan"), "events": [["trial_start", 0], ["trial_end", 1]]}], "trial_log[0]"),
        ("trial_log", [{"index": 0, "events": [{}], "trial_params": {}}], "trial_log[0].events"),
        ("trial_log", [{"index": 0, "events": [], "trial_params": {}}], "trial_log[0].events"),
        ("items", {"fingerprint": epilogue() | {"starting_frame": float("inf")}}, "starting_frame"),
        (
            "items",
            {"fingerprint": epilogue() | {"static_stimulus": {"runs": 1, "frame_list": [], "sweep_frames": []}}},
            "sweep",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named_by_its_key(tmp_path, key, value, place):
    with pytest.raises(SourceError) as error:
        read(tmp_path, **{key: value})
    assert place in error.value.where
    assert error.value.got
    assert error.value.expected


def test_trials_that_start_before_the_one_before_are_refused(tmp_path):
    log = behavior()["trial_log"]
    with pytest.raises(SourceError, match="lacks") as error:
        read(tmp_path, trial_log=[log[1], log[0]])
    assert "trial 0 starts in frame 90, after frame 315" in error.value.got


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("list_at_top.pkl", "a list at the top"),
        ("recursive.pkl", "a list at the top"),
        ("no_intervals.pkl", "keys trial_log"),
        ("params_disagree.pkl", "in cl_params"),
        ("foraging_key.pkl", "items.foraging"),
        ("encoder_two_too_long.pkl", "103"),
    ],
)
def test_shared_bad_pickles_are_refused_for_what_they_are(name, what):
    with pytest.raises(SourceError) as error:
        StimulusPickle(shared("rig_sources", "bad", name))
    assert what in error.value.got
