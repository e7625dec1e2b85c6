"""Sessions and recordings as pynapple objects, and what pynapple's own loader makes of the converted files."""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pynapple as nap
import pytest

from nwbgate.errors import UsageError
from nwbgate.pynapple_objects import APART, intervals, to_pynapple
from nwbgate.reading.opening import open_nwb
from support.any_nwb_file import COUNTS, FRAMES, GAINS, SPIKES, make_nwb_file
from support.converted_sessions import converted_recordings, converted_release, session_files

ACTIVE, PASSIVE, GRATINGS = "1900011001", "1900011201", "1900011401"
#: pynapple rounds times to nanoseconds.
ROUNDED = 1e-9


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return session_files(converted_release(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="module")
def session(files):
    return open_nwb(files[ACTIVE])


@pytest.fixture(scope="module")
def objects(session):
    return to_pynapple(session)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    folder = converted_recordings(tmp_path_factory.getbasetemp())
    return open_nwb(next(iter(session_files(folder).values())))


@pytest.fixture(autouse=True)
def _no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_licks_and_rewards_are_those_of_the_session(session, objects):
    np.testing.assert_allclose(objects["licks"].t, session.licks["timestamps"], atol=ROUNDED)
    np.testing.assert_allclose(objects["rewards"].t, session.rewards["timestamps"], atol=ROUNDED)
    np.testing.assert_array_equal(objects["rewards"].d, session.rewards["volume"])
    automatic = session.rewards.query("auto_rewarded")["timestamps"]
    assert 0 < len(automatic) < len(session.rewards)
    np.testing.assert_allclose(objects["auto_rewards"].t, automatic, atol=ROUNDED)


def test_events_are_supported_by_the_whole_session_so_that_rates_are_right(session, objects):
    length = session.stimulus_timestamps[-1] - session.stimulus_timestamps[0]
    for name in ("licks", "rewards", "auto_rewards"):
        assert objects[name].time_support.tot_length() == pytest.approx(length)
        assert objects[name].rate == pytest.approx(len(objects[name]) / length)


def test_trials_are_intervals_with_the_columns_of_the_table(session, objects):
    trials, table = objects["trials"], session.trials
    assert isinstance(trials, nap.IntervalSet)
    np.testing.assert_allclose(trials.start, table["start_time"], atol=ROUNDED)
    np.testing.assert_allclose(trials.end, table["stop_time"], atol=ROUNDED)
    single = set(table) - {"start_time", "stop_time", "lick_times"}
    assert set(trials.metadata_columns) == single | {"trials_id"}
    for name in single:
        np.testing.assert_array_equal(trials.metadata[name], table[name].to_numpy(), err_msg=name)


def test_licks_of_a_trial_are_found_by_restricting(session, objects):
    hits = objects["trials"][objects["trials"]["hit"]]
    found = objects["licks"].restrict(hits).t
    wanted = np.concatenate(session.trials.query("hit")["lick_times"].tolist())
    assert len(hits) == 2
    np.testing.assert_allclose(found, wanted, atol=ROUNDED)


def test_presentations_that_touch_are_a_microsecond_apart(session, objects):
    shown, table = objects["stimulus_presentations"], session.stimulus_presentations
    np.testing.assert_allclose(shown.start, table["start_time"], atol=ROUNDED)
    np.testing.assert_allclose(shown.end, table["end_time"], atol=APART + ROUNDED)
    assert (shown.start[1:] > shown.end[:-1]).all()
    assert shown.metadata["image_name"].tolist()[1:4] == table["image_name"].tolist()[1:4]
    omitted = np.asarray(shown.metadata["omitted"])
    assert omitted.dtype == np.float64
    assert np.isnan(omitted).sum() == table["omitted"].isna().sum() > 0
    assert (omitted == 1).sum() == (table["omitted"] == True).sum() > 0  # noqa: E712


def test_running_and_eye_are_those_of_the_session(session, objects):
    np.testing.assert_array_equal(objects["running_speed"].d, session.running_speed["speed"])
    np.testing.assert_allclose(objects["running_speed"].t, session.running_speed["timestamps"], atol=ROUNDED)
    eye = objects["eye_tracking"]
    assert list(eye.columns) == [name for name in session.eye_tracking if name != "timestamps"]
    np.testing.assert_array_equal(eye.loc["pupil_area"].d, session.eye_tracking["pupil_area"])


@pytest.mark.parametrize("signal", ["dff", "corrected", "demixed", "neuropil", "events"])
def test_traces_of_each_plane_are_columns_by_cell(session, objects, signal):
    for name, plane in session.planes.items():
        frame = objects[f"{signal}/{name}"]
        np.testing.assert_array_equal(frame.d, plane.matrix(signal))
        np.testing.assert_allclose(frame.t, plane.ophys_timestamps, atol=ROUNDED)
        assert list(frame.columns) == list(plane.cell_roi_ids)
        assert list(frame.metadata["cell_specimen_id"]) == list(plane.cell_specimen_ids)


def test_a_passive_session_has_no_licks_and_no_eye(files):
    objects = to_pynapple(open_nwb(files[PASSIVE]))
    assert [len(objects[name]) for name in ("licks", "rewards", "auto_rewards", "eye_tracking")] == [0, 0, 0, 0]
    assert objects["licks"].rate == 0
    assert len(objects["trials"]) == 11


def test_a_training_session_has_no_traces(files):
    objects = to_pynapple(open_nwb(files[GRATINGS]))
    assert not any("/" in name for name in objects)
    assert len(objects["stimulus_presentations"]) == 12


def test_a_recording_has_voltage_spikes_and_dff(recording):
    objects = to_pynapple(recording)
    assert list(objects) == ["voltage", "baseline_subtracted", "dff", "spikes"]
    for name in ("voltage", "baseline_subtracted", "dff"):
        np.testing.assert_array_equal(objects[name].d, getattr(recording, name))
    np.testing.assert_allclose(objects["voltage"].t, recording.voltage_timestamps, atol=ROUNDED)
    np.testing.assert_allclose(objects["dff"].t, recording.dff_timestamps, atol=ROUNDED)
    np.testing.assert_allclose(objects["spikes"].t, recording.spike_times, atol=ROUNDED)
    np.testing.assert_allclose(objects["spikes"].time_support.values, recording.observed)


def test_nothing_is_made_before_it_is_asked_for_and_then_once(session):
    objects = to_pynapple(session)
    assert len(objects) == len(list(objects)) == 17
    assert "trials" in objects
    assert "voltage" not in objects
    assert repr(objects).startswith("PynappleObjects(licks, rewards")
    assert objects._made == {}
    assert objects["trials"] is objects["trials"]


def test_an_unknown_name_is_refused_with_the_nearest(objects):
    with pytest.raises(UsageError, match="did you mean 'dff/VISp_150'"):
        objects["dff/VISp_15"]


@pytest.fixture(scope="module")
def any_file(tmp_path_factory):
    with open_nwb(make_nwb_file(tmp_path_factory.mktemp("any") / "a.nwb")) as opened:
        yield opened


def test_any_file_has_its_series_tables_and_units(any_file):
    found = to_pynapple(any_file)
    raw, speed = found["acquisition/Raw"], found["acquisition/Speed"]
    assert isinstance(raw, nap.TsdFrame)
    assert np.allclose(raw.values, COUNTS * 1e-6 * GAINS + 0.5)
    assert isinstance(speed, nap.Tsd)
    assert np.abs(speed.t - FRAMES).max() <= ROUNDED
    assert found["intervals/tones"]["hertz"].tolist() == [8000, 16000]
    assert found["events/pokes"].t.tolist() == [1.0, 3.0]
    assert [found["units"][unit].t.tolist() for unit in (0, 1)] == [each.tolist() for each in SPIKES]


def test_a_plane_has_its_responses(any_file, session):
    assert to_pynapple(any_file.planes["layer2"])["F"].shape == (50, 3)
    plane = next(iter(session.planes.values()))
    assert to_pynapple(plane)["dff"].shape == plane.matrix("dff").shape


def test_what_is_no_data_is_refused():
    with pytest.raises(UsageError, match="no data that pynapple can represent") as error:
        to_pynapple("a.nwb")
    assert error.value.got == "str"


def test_intervals_that_overlap_or_have_no_length_or_end_are_mended():
    table = pd.DataFrame(
        {
            "start_time": [0.0, 1.0, 2.0, 2.0, 4.0, 3.0],
            "end_time": [1.0, 3.0, 2.5, 2.6, np.nan, 3.5],
            "image": pd.array(["a", "b", "c", "d", "e", None], dtype="string"),
            "count": pd.array([1, 2, 3, 4, 5, 6], dtype="Int64"),
            "maybe": pd.array([True, None, False, True, True, True], dtype="boolean"),
        }
    )
    found = intervals(table, "end_time")
    assert found.start.tolist() == [0, 1, 2, 3]
    assert found.end == pytest.approx([1 - APART, 2 - APART, 2.6, 3.5])
    assert found.metadata["image"].tolist()[:3] == ["a", "b", "d"]
    assert found.metadata["count"].tolist() == [1, 2, 4, 6]
    assert np.asarray(found.metadata["maybe"]).tolist() == pytest.approx([1, np.nan, 1, 1], nan_ok=True)


def test_without_pynapple_the_extra_is_named(files):
    code = f"""
import sys
sys.modules["pynapple"] = None
from nwbgate.errors import MissingExtraError
from nwbgate.pynapple_objects import to_pynapple
from nwbgate.reading.opening import open_nwb
try:
    to_pynapple(open_nwb({str(files[ACTIVE])!r}))
except MissingExtraError as error:
    assert "nwbgate[pynapple]" in str(error), error
else:
    raise SystemExit("made pynapple objects without pynapple")
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# pynapple's own loader -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loaded(files):
    return nap.load_file(str(files[ACTIVE]))


def test_pynapple_loads_running_and_dff_with_the_same_numbers(session, loaded):
    speed = loaded["running_speed"]
    np.testing.assert_array_equal(speed.d[:], session.running_speed["speed"])
    np.testing.assert_allclose(speed.t, session.running_speed["timestamps"], atol=ROUNDED)
    for name, plane in session.planes.items():
        dff = loaded[f"DfOverF/{name}"]
        np.testing.assert_array_equal(dff.d[:], plane.matrix("dff"))
        np.testing.assert_allclose(dff.t, plane.ophys_timestamps, atol=ROUNDED)


def test_pynapple_loads_trials_as_intervals(session, loaded):
    """pynapple 0.11 takes every table with a ragged column ``*_times`` for units: ours has none of that name."""
    trials = loaded["trials"]
    assert isinstance(trials, nap.IntervalSet)
    np.testing.assert_allclose(trials.start, session.trials["start_time"], atol=ROUNDED)
    np.testing.assert_allclose(trials.end, session.trials["stop_time"], atol=ROUNDED)
    np.testing.assert_array_equal(trials.metadata["hit"], session.trials["hit"])


def test_pynapple_does_not_see_tables_of_events(loaded, objects):
    assert {"licks", "rewards"} <= set(objects)
    assert not {"licks", "rewards"} & set(loaded.keys())


def test_pynapple_loads_the_spikes_of_a_recording(recording):
    loaded = nap.load_file(str(recording.path))
    np.testing.assert_allclose(loaded["units"][0].t, recording.spike_times, atol=ROUNDED)
    np.testing.assert_array_equal(loaded["ElectricalSeries"].d[:], recording.voltage)
