"""Every plot of real files: what is drawn is what reading gives."""

import numpy as np
import pytest

from nwbgate import plots
from nwbgate.errors import TableError, UsageError
from nwbgate.reading.opening import open_nwb
from nwbgate.reading.projects.project import Project
from support.converted_sessions import converted_recordings, converted_release, session_files
from support.drawn import labels

ACTIVE, PASSIVE, GRATINGS = "1900011001", "1900011201", "1900011401"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return converted_release(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def sessions(folder):
    return {number: open_nwb(path) for number, path in session_files(folder).items()}


@pytest.fixture(scope="module")
def project(folder):
    return Project(folder / "nwb", manifest=folder / "release")


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    recordings = converted_recordings(tmp_path_factory.getbasetemp())
    return open_nwb(next(iter(session_files(recordings).values())))


@pytest.mark.slow
def test_traces_of_a_plane(sessions):
    plane = sessions[ACTIVE].planes["VISp_150"]
    first = plane.dff_traces.iloc[0]
    drawn = plots.plot_traces(plane, cells=[first["cell_roi_id"]]).get_lines()[0]
    np.testing.assert_array_equal(drawn.get_xdata(), plane.ophys_timestamps)
    np.testing.assert_allclose(drawn.get_ydata(), first["dff"] - np.median(first["dff"]))


def test_a_signal_that_there_is_not_is_refused(sessions):
    with pytest.raises(AttributeError, match="wavelets"):
        plots.plot_traces(sessions[ACTIVE].planes["VISp_150"], signal="wavelets")


def test_average_dff_of_every_plane(sessions):
    session = sessions[ACTIVE]
    axes = plots.plot_average_dff(session, window=(320, 330))
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [f"{name} (5 cells)" for name in session.planes]
    drawn = zip(axes.get_lines()[:-1], axes.get_yticks(), session.planes.values(), strict=True)  # the last is the scale
    for line, tick, plane in drawn:
        shown = (plane.ophys_timestamps >= 320) & (plane.ophys_timestamps <= 330)
        wanted = np.mean(np.vstack(plane.dff_traces["dff"]), axis=0)[shown]
        np.testing.assert_allclose(line.get_ydata() - tick, wanted)
    with pytest.raises(UsageError, match="no imaging plane"):
        plots.plot_average_dff(sessions[GRATINGS])


@pytest.mark.parametrize(
    ("number", "legend"),
    [
        (ACTIVE, {"hit (2)", "miss (1)", "correct reject (2)", "auto rewarded (5)"}),
        (PASSIVE, {"miss (10)", "correct reject (1)"}),
        (GRATINGS, {"hit (2)", "miss (4)", "auto rewarded (5)"}),
    ],
)
def test_trials_by_outcome(sessions, number, legend):
    axes = plots.plot_trial_raster(sessions[number])
    assert {label for label in labels(axes) if "(" in label} == legend


def test_rewarded_trials_have_a_dot_where_the_reward_was(sessions):
    axes = plots.plot_trial_raster(sessions[ACTIVE])
    dots = next(each for each in axes.collections if each.get_label() == "reward").get_offsets().data
    trials = sessions[ACTIVE].trials.query("not aborted")
    wanted = (trials["reward_time"] - trials["change_time"]).to_numpy()
    rows = np.flatnonzero(np.isfinite(wanted))
    assert dots[:, 1].tolist() == rows.tolist()
    # Rewards are seen at a frame of the stimulus; the table of trials and that of rewards agree within one.
    np.testing.assert_allclose(dots[:, 0], wanted[rows], atol=1 / 60)


@pytest.mark.parametrize("number", [ACTIVE, PASSIVE, GRATINGS])
def test_behavior_of_sessions_of_every_kind(sessions, number):
    session = sessions[number]
    drawn = plots.plot_behavior_summary(session)
    counts = [label.get_text() for label in drawn[0].get_yticklabels()]
    assert counts == [f"{len(session.licks)} licks", f"{len(session.rewards)} rewards"]
    speed = drawn[1].get_lines()[0].get_ydata()
    assert (speed.min(), speed.max()) == (session.running_speed["speed"].min(), session.running_speed["speed"].max())
    assert bool(drawn[2].get_lines()) == bool(len(session.eye_tracking))


def test_the_field_of_view_of_a_container_and_of_all_planes(project, sessions):
    container = project.container(1018028300)
    drawn = plots.plot_max_projection(container)
    assert [axes.get_title() for axes in drawn] == ["VISp_150  1900011010\n2019-09-20\nOPHYS_1_images_A"]
    assert drawn[0].texts[0].get_text() == "20 µm"
    both = plots.plot_max_projection(sessions[ACTIVE].planes)
    for axes, plane in zip(both, sessions[ACTIVE].planes.values(), strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), plane.max_projection)


def test_the_training_of_a_mouse(project):
    history = project.mouse("453988", performance=True)
    drawn = plots.plot_learning(history)
    np.testing.assert_array_equal(drawn[0].get_lines()[0].get_ydata(), history["hit_rate"])
    np.testing.assert_array_equal(drawn[1].get_lines()[0].get_ydata(), history["mean_dprime"])
    with pytest.raises(TableError, match="not a training history"):
        plots.plot_learning(project.mice)


def test_a_recording(recording):
    drawn = plots.plot_recording(recording)
    assert drawn[1].collections[0].get_positions() == recording.spike_times.tolist()
    np.testing.assert_array_equal(drawn[2].get_lines()[0].get_ydata(), recording.dff)
    voltage, threshold = drawn[0].get_lines()
    assert voltage.get_ydata().max() == recording.baseline_subtracted.max() * 1e3
    assert threshold.get_ydata()[0] == recording.threshold * 1e3
