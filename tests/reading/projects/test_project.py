"""What a project names is opened: sessions, planes, containers, mice and recordings; what is not there is named."""

import pickle
import shutil
import warnings
from copy import copy

import numpy as np
import pandas as pd
import pytest

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.errors import SourceWarning, TableError, UsageError
from nwbgate.reading.projects.files import ProjectFiles
from nwbgate.reading.projects.project import Project
from nwbgate.reading.recording import Recording
from nwbgate.reading.sessions.session import Session
from support.closed_folder import closed_folder
from support.converted_sessions import converted_recordings, converted_release

IMAGED, PASSIVE, GRATINGS = 1900011001, 1900011201, 1900011401
FIRST, SECOND = 1900011010, 1900011012


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return converted_release(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module", params=["converted", "converted, no manifest", "released"])
def project(request, folder):
    if request.param == "released":
        return Project(folder / "release")
    return Project(folder / "nwb", manifest=folder / "release" if request.param == "converted" else None)


@pytest.fixture(scope="module")
def planes(folder, tmp_path_factory):
    """The imaged session in a file per plane."""
    found = tmp_path_factory.mktemp("planes")
    options = {"sessions": str(IMAGED), "layout": "plane"}
    outcomes = convert_batch("visual-behavior", [folder / "release"], found, options=options)
    assert [str(each.status) for each in outcomes] == ["converted"] * 2
    return found


@pytest.fixture
def copied(folder, tmp_path):
    return shutil.copytree(folder / "release", tmp_path / "copy")


def test_a_session_is_opened_by_either_of_its_numbers(project):
    session = project.session(IMAGED)
    assert isinstance(session, Session)
    assert project.session(1900011002) is session
    assert project.session(str(IMAGED)) is session
    assert session.metadata["behavior_session_id"] == IMAGED
    assert list(session.planes_by_experiment) == [FIRST, SECOND]
    assert list(session.planes) == ["VISp_150", "VISl_75"]


def test_a_session_of_training_is_opened(project):
    session = project.session(GRATINGS)
    assert session.metadata["behavior_session_id"] == GRATINGS
    assert not session.planes


def test_a_plane_names_the_session_of_its_file(project):
    plane = project.experiment(SECOND)
    assert plane.metadata["ophys_experiment_id"] == SECOND
    assert plane.session.metadata["behavior_session_id"] == IMAGED
    assert len(plane.session.trials) == 18
    assert project.experiment(str(SECOND)).metadata == plane.metadata


def test_all_planes_of_a_session_read_the_same_alone_and_together(project):
    together = project.session(IMAGED).planes_by_experiment
    for number, plane in together.items():
        np.testing.assert_array_equal(plane.matrix("dff"), project.experiment(number).matrix("dff"))


def test_an_object_is_the_same_as_long_as_somebody_holds_it(project):
    session = project.session(GRATINGS)
    assert project.session(GRATINGS) is session


def test_a_container_is_its_planes_by_date(project):
    container = project.container(1018028300)
    assert list(container.table.index) == [FIRST]
    assert container.experiments == (FIRST,)
    assert container.available == (FIRST,)
    assert list(container.planes) == [FIRST]
    assert container.planes[FIRST].metadata["ophys_container_id"] == 1018028300
    assert [session.metadata["behavior_session_id"] for session in container.sessions.values()] == [IMAGED]
    assert repr(container) == "Container 1018028300: VISp at 150 um, mouse 457841, 1 experiment, 1 available"
    assert repr(container.planes) == f"OpenedOnUse({FIRST})"
    assert len(container.planes) == 1
    with pytest.raises(KeyError):
        container.planes[SECOND]


def test_a_mouse_is_its_sessions_by_date(project):
    history = project.mouse(453988)
    assert list(history.index) == [GRATINGS, 1900011501, PASSIVE]
    assert list(history["day"]) == [0, 4, 63]
    assert history["date_of_acquisition"].is_monotonic_increasing
    assert history["session_type"].iloc[0] == "TRAINING_1_gratings"
    counts = history["hit_trial_count"] / history["go_trial_count"]
    np.testing.assert_allclose(history["hit_rate"], counts.astype("float64"))
    assert np.isnan(history["false_alarm_rate"].iloc[0])  # no catch trials


def test_the_performance_of_a_mouse_is_that_of_its_files(project):
    history = project.mouse(453988, performance=True)
    for number in history.index:
        metrics = project.session(number).performance_metrics
        for name in ("mean_dprime", "max_dprime", "mean_hit_rate", "hit_trial_count", "maximum_reward_rate"):
            np.testing.assert_equal(float(history[name][number]), float(metrics[name]))


def test_a_manifest_that_counts_no_trials_has_rates_of_the_files(project):
    counting = project.mouse(453988, performance=True)
    old = project.behavior_sessions.drop(columns=[name for name in project.behavior_sessions if "trial" in name])
    older = copy(project)
    older.behavior_sessions = old
    assert "hit_rate" not in older.mouse(453988)
    history = older.mouse(453988, performance=True)
    for name in ("hit_rate", "false_alarm_rate"):
        np.testing.assert_array_equal(history[name], counting[name])


def test_a_whole_float_is_the_number_it_is(project):
    """As numbers are in a column with missing values."""
    assert list(project.mouse(453988.0).index) == list(project.mouse(453988).index)
    assert project.session(float(IMAGED)) is project.session(IMAGED)
    assert project.experiment(np.float64(FIRST)).metadata["ophys_experiment_id"] == FIRST
    assert project.container(1018028300.0).experiments == (FIRST,)
    for given in (IMAGED + 0.5, float("nan")):
        with pytest.raises(UsageError, match="invalid session"):
            project.session(given)


def test_mice_are_counted(project):
    mice = project.mice
    assert dict(mice["n_behavior_sessions"]) == {"457841": 1, "453988": 3}
    assert dict(mice["n_ophys_sessions"]) == {"457841": 1, "453988": 1}
    assert mice["project_code"]["453988"] == "VisualBehavior"
    assert (mice["first_session"] <= mice["last_session"]).all()


def test_filters_choose_rows(project):
    assert set(project.sessions(mouse=453988).index) == {GRATINGS, 1900011501, PASSIVE}
    assert list(project.sessions(sessions=[1900011002]).index) == [IMAGED]
    assert list(project.imaged_sessions(where="behavior_type == 'passive_viewing'").index) == [1900011202]
    assert list(project.experiments(project_code="VisualBehaviorMultiscope").index) == [FIRST, SECOND]
    assert list(project.select("ophys_cells", where=f"ophys_experiment_id == {FIRST}").columns) == [
        "ophys_experiment_id",
        "cell_specimen_id",
    ]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda project: project.session(1900011003), r"no session 1900011003(?![\s\S]*did you mean)"),
        (lambda project: project.session("x"), r"invalid session[\s\S]*'x'"),
        (lambda project: project.experiment(1900011013), r"no experiment 1900011013(?![\s\S]*did you mean)"),
        (lambda project: project.experiment(1.5), r"invalid experiment[\s\S]*1\.5"),
        (lambda project: project.container(1), r"no container 1\n[\s\S]*its .* container ids: 1018028"),
        (lambda project: project.mouse(None), r"one mouse[\s\S]*got: None"),
        (lambda project: project.mouse(""), r"one mouse[\s\S]*got: ''"),
        (lambda project: project.mouse("457841,453988"), r"one mouse[\s\S]*got: '457841,453988'"),
        (lambda project: project.mouse([457841, 453988]), r"one mouse[\s\S]*project\.sessions\(mouse="),
        (lambda project: project.experiment("x"), r"invalid experiment[\s\S]*'x'"),
        (lambda project: project.mouse(457842), r"no mouse_id '457842'(?![\s\S]*did you mean)"),
        (lambda project: project.recording("103236"), "no recording 103236"),
        (lambda project: project.select("ophys_session"), "did you mean 'ophys_sessions'"),
        (lambda project: project.sessions(where="sex ="), "invalid query"),
        (lambda project: project.experiments(mouse=453988, where="imaging_depth > 999"), "no session matches"),
    ],
)
def test_what_the_project_does_not_have_is_named(project, ask, said):
    with pytest.raises(UsageError, match=said) as refused:
        ask(project)
    assert str(project.folder.parent) in refused.value.where


def test_files_that_are_not_downloaded_are_named_with_the_command_that_fetches_them(copied):
    next(copied.rglob("behavior_session_1900011401.nwb")).unlink()
    next(copied.rglob(f"*_{SECOND}.nwb")).unlink()
    project = Project(copied)
    with pytest.raises(UsageError) as refused:
        project.session(GRATINGS)
    assert refused.value.fix == f"nwbgate fetch visual-behavior {copied} --sessions {GRATINGS}"
    assert refused.value.expected.endswith("behavior_sessions/behavior_session_1900011401.nwb")
    with pytest.raises(UsageError) as refused:
        project.experiment(SECOND)
    assert refused.value.fix.endswith(f"--sessions {IMAGED}")
    assert refused.value.expected.endswith(f"behavior_ophys_experiment_{SECOND}.nwb")
    container = project.container(1018028302)
    assert container.available == ()
    with pytest.raises(UsageError, match=f"the file of experiment {SECOND} is missing"):
        container.planes[SECOND]


def test_a_session_of_which_a_plane_is_missing_is_opened_without_it_and_says_so(copied):
    next(copied.rglob(f"*_{SECOND}.nwb")).unlink()
    with pytest.warns(SourceWarning, match=f"1 of 2 planes of the session are missing and left out: {SECOND}"):
        session = Project(copied).session(IMAGED)
    assert list(session.planes_by_experiment) == [FIRST]


def test_a_release_of_which_only_the_tables_are_there(copied):
    for path in copied.rglob("*.nwb"):
        path.unlink()
    project = Project(copied)
    assert len(project.ophys_experiments) == 3
    history = project.mouse(453988, performance=True)
    assert list(history.index) == [GRATINGS, 1900011501, PASSIVE]
    with pytest.raises(UsageError, match="the file of experiment"):
        project.experiment(FIRST)
    with pytest.raises(UsageError, match=rf"the file of session {IMAGED} \(planes {FIRST}, {SECOND}\)"):
        project.session(IMAGED)


def test_a_session_in_a_file_per_plane_is_put_together(planes, folder):
    whole = Project(folder / "nwb").session(IMAGED)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session = Project(planes, manifest=folder / "release").session(IMAGED)
    assert list(session.planes) == list(whole.planes)
    for name, plane in session.planes.items():
        np.testing.assert_array_equal(plane.matrix("dff"), whole.planes[name].matrix("dff"))
    pd.testing.assert_frame_equal(session.trials, whole.trials)
    again = pickle.loads(pickle.dumps(session))
    assert list(again.planes_by_experiment) == [FIRST, SECOND]
    session.close()


def test_planes_of_one_name_are_told_apart(planes):
    from nwbgate.reading.projects.merged_session import SessionOfFiles

    path = sorted(planes.rglob("*.nwb"))[0]
    assert list(SessionOfFiles([path, path]).planes) == ["VISp_150", f"VISp_150_{FIRST}"]


def test_a_plane_of_a_file_of_its_own_is_opened_alone(planes):
    plane = Project(planes).experiment(SECOND)
    assert list(plane.session.planes) == ["VISl_75"]


def test_a_converted_file_is_preferred_to_the_one_it_was_made_of(folder):
    both = Project(folder)
    assert both.session(IMAGED).layout == "standard"
    assert both.experiment(FIRST).session.layout == "standard"


def test_copies_of_a_session_are_one_session_and_named(folder, planes, tmp_path):
    for name in ("a", "b"):
        shutil.copytree(folder / "nwb", tmp_path / name)
        shutil.copytree(planes, tmp_path / f"planes_{name}")
    with pytest.warns(SourceWarning, match=r"b/sub-\S* contains the same session as \S*/a/sub-"):
        assert list(Project(tmp_path).session(IMAGED).planes) == ["VISp_150", "VISl_75"]
    shutil.rmtree(tmp_path / "a")
    shutil.rmtree(tmp_path / "b")
    with pytest.warns(
        SourceWarning, match=rf"planes_b/\S*{SECOND}\S* contains the same session as \S*planes_a/\S*{SECOND}"
    ):
        session = Project(tmp_path).session(IMAGED)
    assert list(session.planes) == ["VISp_150", "VISl_75"]
    assert session.path.is_relative_to(tmp_path / "planes_a")


def test_a_file_that_cannot_be_read_is_left_out_and_counted(copied):
    path = next(copied.rglob("behavior_session_1900011401.nwb"))
    path.write_bytes(b"not HDF5")
    project = Project(copied)
    with (
        pytest.warns(SourceWarning, match=r"1900011401.nwb cannot be read and is ignored"),
        pytest.raises(UsageError, match=r"1 file cannot be read: .*1900011401"),
    ):
        project.session(GRATINGS)
    assert project.session(1900011501).metadata["behavior_session_id"] == 1900011501
    next(copied.rglob("project_metadata")).rename(copied / "away")
    bare = Project(copied)
    with pytest.warns(SourceWarning, match="cannot be read"):
        assert len(bare.behavior_sessions) == 3
    assert bare.glance()["cannot be read"] == f"1: {path}"


def test_a_link_to_nothing_and_a_closed_folder_are_left_out_by_name(folder, tmp_path):
    (tmp_path / "away.nwb").symlink_to("/nowhere.nwb")
    shutil.copy(next((folder / "nwb").rglob("*1900011401*.nwb")), tmp_path)
    project = Project(tmp_path)
    with pytest.warns(SourceWarning, match=r"away\.nwb cannot be read and is ignored"):
        assert list(project.behavior_sessions.index) == [GRATINGS]
    with closed_folder("a.nwb") as closed:
        with pytest.warns(SourceWarning, match="closed cannot be read and is ignored"):
            files = ProjectFiles(closed.parent)
        assert files.paths == [closed.parent / "a.nwb"]
        assert files.unreadable_ones == f"1: {closed}"


def test_files_are_found_whatever_they_are_called(folder, tmp_path):
    for number, path in enumerate(sorted((folder / "nwb").rglob("*.nwb"))):
        shutil.copy(path, tmp_path / f"file_{number}.nwb")
    (tmp_path / ".hidden").mkdir()
    shutil.copy(path, tmp_path / ".hidden" / "x.nwb")
    project = Project(tmp_path)
    assert len(project.files.paths) == 4
    assert project.session(1900011002).metadata["behavior_session_id"] == IMAGED
    assert project.experiment(1900011210).metadata["ophys_experiment_id"] == 1900011210


def test_a_project_says_what_is_in_it(project):
    text = repr(project)
    assert text.endswith(f"{len(project.files.paths)} NWB files")
    assert project.glance()["behavior_sessions"] == "4"
    assert "<th style='text-align:left'>ophys_cells</th>" in project._repr_html_()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("get_ophys_session_table", "the correct name is project.ophys_sessions"),
        ("get_behavior_ophys_experiment", r"the correct name is project.experiment\(OPHYS_EXPERIMENT_ID\)"),
        ("ophys_session", "did you mean 'ophys_sessions'"),
        ("zzzzzz", "it has behavior_sessions, "),
    ],
)
def test_a_name_that_is_not_there_is_told_its_right_one(folder, name, said):
    with pytest.raises(AttributeError, match=f"no attribute '{name}'; {said}"):
        getattr(Project(folder / "nwb"), name)


def test_recordings_are_a_project(tmp_path_factory):
    folder = converted_recordings(tmp_path_factory.getbasetemp()) / "nwb"
    project = Project(folder)
    recordings = project.recordings
    assert project.tables == ("recordings",)
    assert len(recordings) == 3
    assert recordings.index.name == "recording_id"
    for name, row in recordings.iterrows():
        recording = project.recording(name)
        assert project.recording(float(name)) is recording
        assert isinstance(recording, Recording)
        assert len(recording.spike_times) == row["n_spikes"]
        assert len(recording.voltage) == round(row["duration"] * row["sampling_rate"])
    assert list(project.select("recordings", where="sampling_rate == 40000").index) == list(recordings.index)
    with pytest.raises(UsageError, match=r"no recording 103237(?![\s\S]*did you mean)"):
        project.recording("103237")


def test_the_table_of_recordings_and_their_files_are_one_table(tmp_path_factory, tmp_path):
    folder = converted_recordings(tmp_path_factory.getbasetemp()) / "nwb"
    names = list(Project(folder).recordings.index)
    (tmp_path / "recordings.csv").write_text(f"recording_id,neuron_id,depth_um\n{names[0]},n1,150\n999,n2,200\n")
    project = Project(folder, manifest=tmp_path)
    assert list(project.recordings.index) == [names[0], "999"]
    assert list(project.recordings["neuron_id"]) == ["n1", "n2"]
    assert project.recordings["n_spikes"].notna().tolist() == [True, False]
    with pytest.raises(UsageError, match="the file of recording 999 is missing"):
        project.recording(999)
    with pytest.raises(TableError, match="no column mouse_id"):
        project.select("recordings", mouse="x")
