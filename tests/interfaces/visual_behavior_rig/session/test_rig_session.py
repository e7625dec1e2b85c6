"""Tables of a rig session are what was played, for every session of the sample."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from pynwb.testing.mock.file import mock_NWBFile

from nwbgate.errors import SourceError, SourceWarning
from nwbgate.interfaces.visual_behavior_rig.behavior.running import RunningInterface
from nwbgate.interfaces.visual_behavior_rig.session.rig_session import RigSession, rig_session
from nwbgate.samples.rig import truth
from nwbgate.samples.rig.image_set import images
from support.rig_pickles import behavior, tree, write_pickle
from support.rig_sample import BY_FOLDER, facts_json, rig_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return rig_sample(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module", params=BY_FOLDER)
def pair(request, sample):
    """A session read from its sources, and as it was played."""
    image_sets = sample / "image_sets"
    return RigSession(facts_json(sample, request.param), image_sets=image_sets), BY_FOLDER[request.param]


def assert_equal(ours, theirs, columns):
    """Compare columns: numbers to 1e-9, everything else exactly; -99 and a missing value are the same."""
    assert len(ours) == len(theirs)
    for name in columns:
        found, expected = ours[name], theirs[name]
        if isinstance(expected.iloc[0] if len(expected) else None, str):
            assert found.tolist() == expected.tolist(), name
            continue
        numbers = [pd.to_numeric(column, errors="coerce").astype("Float64") for column in (found, expected)]
        plain = [column.to_numpy(np.float64, na_value=np.nan) for column in numbers]
        np.testing.assert_allclose(plain[0], np.where(plain[1] == truth.MISSING, np.nan, plain[1]), rtol=0, atol=1e-9)


def test_the_clock(pair):
    session, played = pair
    np.testing.assert_allclose(session.stimulus_clock.times, truth.frame_times(played), rtol=0, atol=1e-12)
    assert session.monitor_delay.seconds == pytest.approx(truth.monitor_delay(played), abs=1e-5)
    assert session.pickle.frame_rate == 60


def test_licks_and_rewards(pair):
    session, played = pair
    assert_equal(session.licks, truth.licks(played), ["timestamps", "frame"])
    assert_equal(session.rewards, truth.rewards(played), ["timestamps", "volume", "auto_rewarded"])


def test_trials(pair):
    session, played = pair
    expected = truth.trials(played)
    delayed = ["change_time", "response_latency"]  # the measured delay is off by the ticks of the counter
    assert_equal(session.trials, expected, [name for name in expected if name not in ["lick_times", *delayed]])
    for name in delayed:
        np.testing.assert_allclose(session.trials[name], expected[name], rtol=0, atol=1e-5)
    for ours, theirs in zip(session.trials["lick_times"], expected["lick_times"], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_presentations(pair):
    session, played = pair
    expected = pd.concat(truth.presentations(played).values()).sort_values("start_time", kind="stable")
    found = session.stimulus_presentations
    for name in ("start_time", "stop_time", "duration"):
        np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=1e-5)
    texts = ["stimulus_name", "stimulus_block_name"]
    numbers = ["start_frame", "end_frame", "stimulus_block", "image_index", "trials_id", "active", "is_sham_change"]
    assert_equal(found, expected, [*texts, *numbers])
    flash = expected["image_name"].notna().to_numpy()
    shown = ["image_name", "image_set", "omitted", "is_change", "flashes_since_change"]
    assert_equal(found[flash], expected[flash], [*shown, *(["orientation"] if played.gratings else [])])
    drawn = flash & ~expected["omitted"].fillna(False).to_numpy(bool)
    assert not found["is_image_novel"][drawn].any()


def test_running(pair):
    session, played = pair
    assert_equal(session.running, truth.running(played), ["timestamps", "speed", "raw_speed", "dx", "v_sig", "v_in"])


def test_eye_tracking(pair):
    session, played = pair
    expected = truth.eye_tracking(played)
    if expected is None:
        assert session.eye_tracking is None or session.eye_tracking.empty
    else:
        assert_equal(session.eye_tracking, expected, list(expected))


def test_images_of_the_set(pair):
    session, played = pair
    if played.gratings:
        assert session.image_set is None
        return
    for name, pixels in images().items():
        np.testing.assert_array_equal(session.image_set.images[name], pixels)


def test_decisions_are_told(sample):
    single = RigSession(facts_json(sample, "ophys_single_plane")).decisions()
    assert any("measured with the photodiode" in decision for decision in single)
    passive = RigSession(facts_json(sample, "ophys_passive")).decisions()
    assert any("tabled" in decision for decision in passive)
    assert any(decision.startswith("no eye tracking") for decision in passive)
    box = RigSession(facts_json(sample, "behavior_gratings")).decisions()
    assert any(decision.startswith("last lick left out") for decision in box)


def test_images_of_an_unknown_set_have_no_index(sample):
    session = RigSession(facts_json(sample, "behavior_images"))
    assert session.image_set is None
    assert session.stimulus_presentations["image_index"].isna().all()


def test_other_pickles_of_the_folder_are_named(sample, tmp_path):
    shutil.copytree(sample / "behavior_gratings", tmp_path / "a")
    (tmp_path / "a" / "another.pkl").touch()
    decisions = RigSession(tmp_path / "a" / "session.json").decisions()
    assert any(decision.endswith(": another.pkl") for decision in decisions)


def test_the_pickle_of_another_session_is_refused(sample, tmp_path):
    shutil.copytree(sample / "behavior_gratings", tmp_path / "a")
    path = tmp_path / "a" / "session.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"foraging_id": "another"}))
    with pytest.raises(SourceError, match="of another session"):
        _ = RigSession(path).pickle


FACTS = {
    "behavior_session_id": 1,
    "behavior_stimulus_file": "stimulus.pkl",
    "rig_name": "CAM2P.4",
    "date_of_acquisition": "2019-01-15 15:12:06",
    "external_specimen_name": 1234,
}


@pytest.fixture
def make(tmp_path):
    """Return a function that writes a session of a pickle and its facts."""

    def made(**facts):
        write_pickle(tmp_path / "stimulus.pkl", tree(behavior()))
        (tmp_path / "session.json").write_text(json.dumps(FACTS | facts))
        return RigSession(tmp_path / "session.json")

    return made


def test_without_a_sync_file_the_pickle_is_the_clock(make):
    session = make()
    assert session.stimulus_clock.times[0] == 0.0
    assert session.monitor_delay.seconds == 0.02115
    assert session.eye_tracking is None
    assert session.rig_geometry is None


def test_the_delay_that_the_facts_give_counts(make):
    session = make(monitor_delay=0.03)
    changes = session.trials["change_time"].to_numpy() - session.stimulus_clock.times[[180, 0, 630]]
    assert changes[[0, 2]] == pytest.approx([0.03, 0.03])
    assert session.decisions()[0] == "monitor delay 0.030000 s, given by the session facts"


def test_decisions_say_what_was_left_out(make, tmp_path):
    session = make()
    shutil.copy(tmp_path / "stimulus.pkl", tmp_path / "another.pkl")
    text = "\n".join(session.decisions())
    for words in (
        "one past the last",
        "logged omissions left out",
        "before the first flash",
        "not read",
        "another.pkl",
    ):
        assert words in text


def test_a_pickle_that_is_not_of_the_facts_is_refused(make):
    with pytest.raises(SourceError, match="of another session"):
        make(foraging_id="9f1c").trials  # noqa: B018 - which reads the pickle


def test_the_order_of_a_known_set_needs_no_images(make):
    assert make().stimulus_presentations["image_index"].tolist()[:4] == [0, 0, 1, 8]


def test_a_session_without_a_wheel_has_everything_but_running(make, tmp_path):
    session = make()
    items = behavior() | {"encoders": [{"vsig": [], "vin": [], "dx": np.zeros(900)}]}
    write_pickle(tmp_path / "stimulus.pkl", tree(items))
    assert len(session.running) == 0
    assert len(session.trials) == 3
    assert "no running: the encoder recorded no voltages" in session.decisions()
    nwbfile = mock_NWBFile()
    with pytest.warns(SourceWarning, match="no running is written"):
        RunningInterface(file_path=session.path).add_to_nwbfile(nwbfile)
    assert not nwbfile.acquisition


def test_novel_images_are_those_of_the_facts(make):
    novel = make(novel_images=["im077"]).stimulus_presentations["is_image_novel"]
    assert np.array_equal(novel[[0, 2]].tolist(), [False, True])
    assert make().stimulus_presentations["is_image_novel"].isna().all()


def test_a_session_is_read_again_when_its_facts_change(make, tmp_path):
    make()
    first = rig_session(tmp_path / "session.json")
    assert rig_session(tmp_path / "session.json") is first
    (tmp_path / "session.json").write_text(json.dumps(FACTS | {"rig_name": "CAM2P.5", "novel_images": []}))
    assert rig_session(tmp_path / "session.json").facts.rig_name == "CAM2P.5"
