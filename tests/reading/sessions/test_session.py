"""Sessions read back: what AllenSDK returned from the released files, from both layouts."""

import json
import pickle
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries

import nwbgate
from nwbgate.errors import SourceError, UsageError
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.sessions.session import Session
from support.converted_sessions import converted_release, converted_whole_release, session_files
from support.development_data import shared
from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release"
#: File of the release -> behavior session.
STEMS = {
    "behavior_ophys_experiment_1900011010": 1900011001,
    "behavior_ophys_experiment_1900011011": 1900011001,
    "behavior_ophys_experiment_1900011110": 1900011101,
    "behavior_ophys_experiment_1900011210": 1900011201,
    "behavior_session_1900011301": 1900011301,
    "behavior_session_1900011401": 1900011401,
    "behavior_session_1900011501": 1900011501,
}
TABLES = (
    "trials", "stimulus_presentations", "licks", "rewards", "running_speed", "raw_running_speed", "eye_tracking",
    "rolling_performance",
)  # fmt: skip
DICTS = ("task_parameters", "performance_metrics", "eye_tracking_rig_geometry")
#: Columns whose order AllenSDK leaves to chance.
UNORDERED = {"stimulus_name", "is_sham_change", "orientation", "phase", "spatial_frequency"}


@pytest.fixture(scope="session")
def whole_nwb(tmp_path_factory):
    """The release of the development data, converted: session -> file."""
    return session_files(converted_whole_release(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    return session_files(converted_release(tmp_path_factory.getbasetemp()))


@pytest.fixture(params=STEMS)
def stem(request):
    return request.param


@pytest.fixture(params=["standard", "released"])
def session(request, stem):
    if request.param == "released":
        release = shared("visual_behavior_release")
        return _opened(next(release.glob(f"behavior*/{stem}.nwb")))
    return _opened(request.getfixturevalue("whole_nwb")[str(STEMS[stem])])


@cache
def _opened(path: Path) -> Session:
    return nwbgate.open(path)


def expected(stem: str, name: str):
    path = shared("visual_behavior_expected", stem, name)
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        return frame.set_index(frame.columns[0])
    return json.loads(path.read_text()) if path.suffix == ".json" else np.load(path, allow_pickle=True)


def plain(column: pd.Series) -> list[object]:
    """Values without their dtype; None for a missing one."""
    if column.map(lambda cell: isinstance(cell, np.ndarray | list)).any():
        return [np.asarray(cell, dtype=float).tolist() for cell in column]
    return [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_those_that_allensdk_returns(session, stem, name):
    ours, theirs = getattr(session, name), expected(stem, f"{name}.parquet")
    schema = expected(stem, "schema.json")[name]
    assert [column for column in ours if column not in UNORDERED] == [c for c in theirs if c not in UNORDERED]
    assert set(ours) == set(theirs)
    assert str(ours.index.name) == schema["index"][0]
    for column in theirs:
        assert plain(ours[column]) == plain(theirs[column]), column
        if len(theirs) and not (column == "reward_volume" and schema["columns"][column] == "int64"):
            assert str(ours[column].dtype) == schema["columns"][column], column


@pytest.mark.parametrize("name", DICTS)
def test_settings_and_performance_are_those_that_allensdk_returns(session, stem, name):
    ours, theirs = getattr(session, name), expected(stem, "scalars.json")[name]
    assert list(ours) == list(theirs)
    np.testing.assert_equal(ours, theirs)


def test_metadata_are_those_that_allensdk_returns(session, stem):
    theirs = expected(stem, "scalars.json")["metadata"]
    ours = session.metadata
    assert list(ours) == [key for key in theirs if key in ours]
    for key, value in ours.items():
        assert value == theirs[key] or str(value) == str(theirs[key]), key
    assert ours["date_of_acquisition"].utcoffset().total_seconds() == 0
    assert session.behavior_session_id == theirs["behavior_session_id"]
    assert session.ophys_session_id == theirs.get("ophys_session_id")


def test_clocks_rates_and_images_are_those_that_allensdk_returns(session, stem):
    arrays, images = expected(stem, "arrays.npz"), expected(stem, "stimulus_templates.npz")
    np.testing.assert_array_equal(session.stimulus_timestamps, arrays["stimulus_timestamps"])
    np.testing.assert_array_equal(session.reward_rate, arrays["reward_rate"])
    templates = session.stimulus_templates
    assert (templates.index.name, list(templates)) == ("image_name", ["unwarped", "warped"])
    assert list(templates.index) == images["names"].tolist()
    for column in templates:
        np.testing.assert_array_equal(np.stack(templates[column]), images[column])
        assert templates[column].iloc[0].dtype == images[column].dtype


# What is proved on a fresh machine: the converted samples are what the released ones say


@pytest.fixture(params=[1900011001, 1900011201, 1900011401, 1900011501])
def both(request, samples):
    sources = {1900011001: "behavior_ophys_experiment_1900011010", 1900011201: "behavior_ophys_experiment_1900011210"}
    source = RELEASED / f"{sources.get(request.param, f'behavior_session_{request.param}')}.nwb"
    return nwbgate.open(samples[str(request.param)]), nwbgate.open(source)


@pytest.mark.parametrize("name", [*TABLES, "running_encoder", *DICTS, "metadata", "reward_rate_documented"])
def test_a_converted_session_reads_as_the_released_one(both, name):
    standard, released = (getattr(session, name) for session in both)
    if isinstance(standard, pd.DataFrame):
        pd.testing.assert_frame_equal(standard, released)
    else:
        np.testing.assert_equal(standard, released)


def test_a_passive_session_has_tables_without_rows(samples):
    session = nwbgate.open(samples["1900011201"])
    assert [len(session.licks), len(session.rewards), len(session.eye_tracking)] == [0, 0, 0]
    assert session.eye_tracking_rig_geometry == {}
    assert all(len(licks) == 0 for licks in session.trials["lick_times"])
    assert (session.rolling_performance["rolling_dprime"].dropna() == 0).all()


def test_lost_lick_times_are_given_back_to_their_trials():
    session = nwbgate.open(RELEASED / "behavior_session_1900011401.nwb")
    starts = [*session.trials["start_time"], np.inf]
    for row, licks in enumerate(session.trials["lick_times"]):
        assert all(starts[row] < lick <= starts[row + 1] for lick in licks)
    given_back = np.concatenate(session.trials["lick_times"].tolist())
    assert len(given_back) > 0
    assert set(given_back) <= set(session.licks["timestamps"])
    assert len(given_back) == np.sum(session.licks["timestamps"] > starts[0])


# Planes, names, life of the object


def test_planes_are_found_by_name_by_experiment_and_alone(samples):
    session = nwbgate.open(samples["1900011001"])
    assert list(session.planes) == [plane.name for plane in session.planes.values()]
    assert {plane.metadata["ophys_experiment_id"] for plane in session.planes.values()} == set(
        session.planes_by_experiment
    )
    with pytest.raises(UsageError, match="does not have a single imaging plane") as caught:
        session.plane  # noqa: B018
    assert all(name in caught.value.got for name in session.planes)
    assert nwbgate.open(samples["1900011201"]).plane.name == "VISp_175"
    with pytest.raises(UsageError, match="open a session with imaging"):
        nwbgate.open(samples["1900011401"]).plane  # noqa: B018


def test_a_wrong_name_is_answered_with_the_right_one(samples):
    session = nwbgate.open(samples["1900011001"])
    with pytest.raises(AttributeError, match="did you mean 'stimulus_presentations'"):
        session.stimulus_presentation  # noqa: B018
    assert {"trials", "licks", "planes"} <= set(dir(session))


def test_nothing_is_read_before_it_is_asked_for(tmp_path):
    session = Session(tmp_path / "absent.nwb")
    with pytest.raises(UsageError, match="no such file"):
        session.trials  # noqa: B018


def test_tables_are_kept_and_outlive_the_file(samples):
    with nwbgate.open(samples["1900011001"]) as session:
        trials = session.trials
        assert session.trials is trials
    assert session.trials is trials
    assert len(session.licks)  # opened again
    session.close()


def test_a_session_is_pickled_as_its_path(samples):
    session = nwbgate.open(samples["1900011001"])
    assert len(session.trials)
    again = pickle.loads(pickle.dumps(session))
    assert (type(again), again.path) == (Session, session.path)
    assert "trials" not in again.__dict__


def test_a_glance_is_html_in_which_everything_is_escaped(samples):
    session = nwbgate.open(samples["1900011001"])
    session.__dict__["metadata"] = session.metadata | {"mouse_id": "<script>alert(1)</script>"}
    page = session._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert all(name in page for name in session.planes)
    assert repr(session) == f"Session({str(session.path)!r})"


# Other files


def test_any_other_nwb_file_is_opened_as_tables_and_series(tmp_path):
    nwbfile = NWBFile("a session of somebody", "other", datetime(2020, 1, 1, tzinfo=UTC))
    nwbfile.add_trial(start_time=0.0, stop_time=1.0)
    nwbfile.add_acquisition(TimeSeries(name="voltage", data=[1.0, 2.0], unit="V", rate=1.0))
    with NWBHDF5IO(tmp_path / "other.nwb", "w") as io:
        io.write(nwbfile)
    data = nwbgate.open(tmp_path / "other.nwb")
    assert type(data) is NWBData
    assert len(data.tables["intervals/trials"])
    assert len(data.series["acquisition/voltage"])
    assert data.metadata["identifier"]
    with pytest.raises(UsageError, match="no table 'intervals/trial'") as caught:
        data.tables["intervals/trial"]
    assert "intervals/trials" in caught.value.fix
    assert "intervals/trials" in data._repr_html_()


def test_pynwb_is_given_for_the_rest(samples):
    session = nwbgate.open(samples["1900011001"])
    nwbfile = session.nwbfile
    assert nwbfile.subject.subject_id == session.metadata["mouse_id"]
    pd.testing.assert_series_equal(
        nwbfile.trials.to_dataframe()["start_time"], session.trials["start_time"], check_names=False
    )
    np.testing.assert_array_equal(nwbfile.events["licks"]["timestamp"][:], session.licks["timestamps"])


@pytest.mark.parametrize("bad", ["text", "cut", "plain"])
def test_what_is_no_nwb_file_is_refused(tmp_path, samples, bad):
    path = tmp_path / "bad.nwb"
    if bad == "text":
        path.write_text("no file of this kind")
    elif bad == "cut":
        path.write_bytes(samples["1900011401"].read_bytes()[:10_000])
    else:
        h5py.File(path, "w").close()
    with pytest.raises(SourceError) as caught:
        nwbgate.open(path)
    assert str(path) in caught.value.where
    assert caught.value.fix


def test_a_table_that_lacks_a_column_is_refused_and_the_others_are_there(tmp_path, samples):
    path = tmp_path / "lacking.nwb"
    shutil.copy(samples["1900011001"], path)
    with h5py.File(path, "a") as file:
        trials = file["intervals/trials"]
        del trials["hit"]
        trials.attrs["colnames"] = [name for name in trials.attrs["colnames"] if name != "hit"]
    session = nwbgate.open(path)
    with pytest.raises(SourceError, match="trials lacks columns") as caught:
        session.trials  # noqa: B018
    assert "hit" in caught.value.got
    assert "start_time" in session.tables["intervals/trials"]
    assert len(session.licks)
