from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray

from nwbgate.errors import UsageError
from nwbgate.reading.opening import open_nwb
from nwbgate.reading.sessions.aligned import aligned, aligned_recording, nearest_frames, sample_offsets
from support.converted_sessions import converted_recordings, converted_release, session_files
from support.standard_session import RELEASED

DT = 0.1


def plane(n_frames=200, timestamps=None, cells=3):
    """Traces that say where they are from: frame + 1000 × cell."""
    matrix = np.arange(n_frames)[:, None] + 1000.0 * np.arange(cells)
    return SimpleNamespace(
        name="VISp_175",
        ophys_timestamps=np.arange(n_frames) * DT + 5 if timestamps is None else timestamps,
        matrix=lambda signal: matrix if signal == "dff" else -matrix,
        cell_roi_ids=np.array([10, 20, 30][:cells]),
        cell_specimen_ids=np.array([100, 200, 300][:cells]),
    )


def session(**tables):
    nothing = pd.DataFrame({"timestamps": np.empty(0), "frame": np.empty(0, int)})
    trials = pd.DataFrame(
        {
            "change_time": [7.0, np.nan, 9.53, 11.0],
            "is_change": [True, False, True, False],
            "go": [True, False, False, False],
            "catch": [False, False, False, True],
            "auto_rewarded": [False, False, True, False],
            "change_image_name": ["im061", "im061", "im065", "im065"],
            "lick_times": [np.array([7.4]), np.array([]), np.array([9.9, 10.0]), np.array([])],
        },
        index=pd.Index([0, 1, 2, 3], name="trials_id"),
    )
    presentations = pd.DataFrame(
        {
            "start_time": [5.0, 6.0, 6.75, 7.5, 20.0],
            "image_name": [np.nan, "im065", "omitted", "im065", np.nan],
            "omitted": pd.array([pd.NA, False, True, False, pd.NA], dtype="boolean"),
            "trials_id": pd.array([-99, 0, 0, 1, -99]),
        },
        index=pd.Index(range(5), name="stimulus_presentations_id"),
    )
    known = {"trials": trials, "stimulus_presentations": presentations, "licks": nothing, "rewards": nothing}
    return SimpleNamespace(**(known | tables))


def by_hand(of_plane, times, offsets):
    """The same by the plainest loop there is: look at every frame, keep the nearest one."""
    matrix, timestamps = of_plane.matrix("dff"), of_plane.ophys_timestamps
    period = np.median(np.diff(timestamps))
    taken = np.full((len(times), len(offsets), matrix.shape[1]), np.nan)
    for event, time in enumerate(times):
        for sample, offset in enumerate(offsets):
            distances = [abs(time + offset - stamp) for stamp in timestamps]
            frame = distances.index(min(distances))
            if distances[frame] <= 0.75 * period:
                taken[event, sample] = matrix[frame]
    return taken


def test_traces_around_changes_are_those_of_a_loop_by_hand():
    got = aligned(session(), plane(), "changes", window=(-1, 2))
    assert got.dims == ("event", "time", "cell")
    assert got.dtype == np.float64
    assert got.shape == (2, 31, 3)
    np.testing.assert_array_equal(got, by_hand(plane(), [7.0, 9.53], got["time"].to_numpy()))


def test_an_uneven_clock_with_dropped_frames_gives_what_the_loop_gives():
    rng = np.random.default_rng(4)
    stamps = np.delete(np.arange(200) * DT + 5 + rng.uniform(-0.02, 0.02, 200), [18, 19, 20, 45])
    uneven = plane(len(stamps), stamps)
    times = np.sort(rng.uniform(5, 25, 40))
    got = aligned(session(licks=pd.DataFrame({"timestamps": times})), uneven, "licks", window=(-1, 1.5))
    wanted = by_hand(uneven, times, got["time"].to_numpy())
    assert np.isnan(wanted[5:-5]).any()
    np.testing.assert_array_equal(got, wanted)


def test_a_sample_is_the_value_of_a_frame_at_most_half_a_period_away():
    got = aligned(session(), plane(), "changes")
    at_change = got.sel(time=0, method="nearest")
    assert at_change.isel(cell=0).to_numpy().tolist() == [20, 45]


def test_events_carry_the_columns_of_their_row():
    got = aligned(session(), plane(), "changes")
    assert got["event"].to_numpy().tolist() == [0, 2]
    assert got["trials_id"].to_numpy().tolist() == [0, 2]
    assert got["event_time"].to_numpy().tolist() == [7.0, 9.53]
    assert got["change_image_name"].to_numpy().tolist() == ["im061", "im065"]
    assert got["go"].dtype == bool
    assert "lick_times" not in got.coords
    assert got.sel(event=got["go"]).sizes["event"] == 1


def test_cells_carry_both_of_their_ids():
    got = aligned(session(), plane(), "changes")
    assert got["cell_roi_id"].to_numpy().tolist() == [10, 20, 30]
    assert got["cell_specimen_id"].to_numpy().tolist() == [100, 200, 300]


def test_the_array_says_what_it_is():
    got = aligned(session(), plane(), "changes", signal="events")
    assert got.name == "events"
    assert {"kind": "changes", "plane": "VISp_175", "sampling": "nearest frame"}.items() <= got.attrs.items()
    assert got.attrs["sampling_period"] == pytest.approx(DT)
    assert float(got.min()) < 0


@pytest.mark.parametrize(
    ("kind", "times"),
    [
        ("changes", [7.0, 9.53]),
        ("sham_changes", [11.0]),
        ("images", [6.0, 7.5]),
        ("omissions", [6.75]),
        ("rewards", [7.6]),
        ("licks", [7.4, 9.9]),
    ],
)
def test_each_kind_is_found_in_its_table(kind, times):
    tables = {
        "licks": pd.DataFrame({"timestamps": [7.4, 9.9], "frame": [1, 2]}),
        "rewards": pd.DataFrame({"timestamps": [7.6], "volume": [0.007], "auto_rewarded": [False]}),
    }
    got = aligned(session(**tables), plane(), kind)
    assert got["event_time"].to_numpy().tolist() == times


def test_gratings_whose_omitted_column_is_plain_are_images():
    shown = pd.DataFrame({"start_time": [6.0, 7.0], "omitted": [False, False], "orientation": [0.0, 90.0]})
    got = aligned(session(stimulus_presentations=shown), plane(), "images")
    assert got["orientation"].to_numpy().tolist() == [0.0, 90.0]


def test_a_window_that_leaves_the_recording_gives_nan_and_keeps_the_event():
    licks = pd.DataFrame({"timestamps": [5.2, 24.7, 100.0]})
    got = aligned(session(licks=licks), plane(), "licks", window=(-0.5, 0.5)).isel(cell=0)
    assert np.isnan(got[0]).to_numpy().tolist() == [True] * 3 + [False] * 8
    assert np.isnan(got[1]).to_numpy().tolist() == [False] * 8 + [True] * 3
    assert np.isnan(got[2]).all()


def test_without_events_the_array_is_empty_and_has_its_dimensions():
    got = aligned(session(), plane(), "licks", window=(-1, 1))
    assert got.dims == ("event", "time", "cell")
    assert got.shape == (0, 21, 3)
    assert "frame" in got.coords


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'omissions'") as error:
        aligned(session(), plane(), "omission")
    assert error.value.expected.startswith("one of 'changes'")
    with pytest.raises(UsageError, match="kinds are changes"):
        aligned(session(), plane(), "zzz")


@pytest.mark.parametrize("window", [(1, -1), (0, 0), (0, np.nan), (-np.inf, 1), (1,), "ab", None])
def test_a_window_that_is_no_interval_is_refused(window):
    with pytest.raises(UsageError, match="invalid time window"):
        aligned(session(), plane(), "changes", window=window)


def test_a_window_between_two_samples_is_refused():
    with pytest.raises(UsageError, match=r"sampling period, 0\.1 s"):
        sample_offsets((0.01, 0.05), 0.1)


def test_a_plane_of_one_frame_cannot_be_aligned():
    with pytest.raises(UsageError, match="fewer than two frames"):
        aligned(session(), plane(1), "changes")


def test_the_ends_of_a_window_are_samples():
    assert sample_offsets((-0.3, 0.7), 0.1) == pytest.approx(np.arange(-3, 8) * 0.1)
    assert sample_offsets((-0.35, 0.0), 0.1) == pytest.approx([-0.3, -0.2, -0.1, 0])


def test_of_two_frames_equally_near_it_is_the_earlier():
    assert nearest_frames(np.array([0.0, 1.0, 2.0]), np.array([0.5, 1.5, -3, 2.75]), 0.75).tolist() == [0, 1, -1, 2]


def recording():
    return SimpleNamespace(
        spike_times=np.array([1.0, 2.5]),
        dff=np.arange(50.0),
        dff_timestamps=np.arange(50) * DT,
        voltage=np.arange(5000.0),
        baseline_subtracted=-np.arange(5000.0),
        voltage_timestamps=np.arange(5000) / 1000.0,
    )


def test_dff_of_a_recording_is_cut_out_around_each_spike():
    got = aligned_recording(recording(), "spikes", window=(-0.2, 0.3))
    assert got.dims == ("event", "time", "cell")
    assert got.squeeze("cell").to_numpy().tolist() == [list(range(8, 14)), list(range(23, 29))]
    assert got["event_time"].to_numpy().tolist() == [1.0, 2.5]
    assert got["event"].to_numpy().tolist() == [0, 1]


def test_the_voltage_around_spikes_is_their_waveforms():
    got = aligned_recording(recording(), window=(-0.001, 0.002), signal="voltage")
    assert got.squeeze("cell").to_numpy().tolist() == [[999, 1000, 1001, 1002], [2499, 2500, 2501, 2502]]
    other = aligned_recording(recording(), window=(-0.001, 0.002), signal="baseline_subtracted")
    np.testing.assert_array_equal(other, -got)


def test_what_a_recording_does_not_have_is_refused():
    with pytest.raises(UsageError, match="unknown kind of event"):
        aligned_recording(recording(), "licks")
    with pytest.raises(UsageError, match="no such signal"):
        aligned_recording(recording(), signal="events")


# Sessions from files -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """The converted session with two planes, and the passive one."""
    files = session_files(converted_release(tmp_path_factory.getbasetemp()))
    return open_nwb(files["1900011001"]), open_nwb(files["1900011201"])


@pytest.mark.parametrize("kind", ["changes", "sham_changes", "images", "omissions", "rewards", "licks"])
def test_every_number_of_a_session_is_that_of_the_nearest_frame(converted, kind):
    session, _ = converted
    for of_session in session.planes.values():
        got = session.aligned(of_session, kind, window=(-0.5, 1))
        assert got.sizes["event"] > 0
        stamps, traces = of_session.ophys_timestamps, of_session.dff_traces
        for event in range(0, got.sizes["event"], 11):
            for cell, trace in enumerate(traces["dff"]):
                wanted = [
                    trace[np.abs(stamps - float(got["event_time"][event]) - offset).argmin()]
                    for offset in got["time"].to_numpy()
                ]
                np.testing.assert_array_equal(got[event, :, cell], wanted)
        assert got["cell_roi_id"].to_numpy().tolist() == traces["cell_roi_id"].tolist()
        assert got["cell_specimen_id"].to_numpy().tolist() == traces.index.tolist()


def test_kinds_have_as_many_events_as_the_metrics_count(converted):
    session, _ = converted
    counts = session.performance_metrics
    changes, sham = (session.aligned("VISp_150", kind) for kind in ("changes", "sham_changes"))
    assert int(changes["go"].sum()) == counts["go_trial_count"] == 3
    assert int(changes["auto_rewarded"].sum()) == counts["auto_reward_count"] == 5
    assert changes.sizes["event"] == 8
    assert sham.sizes["event"] == counts["catch_trial_count"] == 2
    shown = session.stimulus_presentations
    images, omissions = (session.aligned("VISp_150", kind) for kind in ("images", "omissions"))
    assert images.sizes["event"] + omissions.sizes["event"] == (shown["stimulus_block"] == 1).sum()
    assert set(omissions["image_name"].to_numpy()) == {"omitted"}


def test_the_released_file_gives_what_the_converted_one_gives(converted):
    session, _ = converted
    released = open_nwb(RELEASED / "behavior_ophys_experiment_1900011010.nwb")
    for kind in ("changes", "omissions"):
        xarray.testing.assert_equal(released.aligned("VISp_150", kind), session.aligned("VISp_150", kind))


def test_a_passive_session_has_no_licks_to_align_to(converted):
    _, passive = converted
    got = passive.aligned(passive.plane, "licks")
    assert got.dims == ("event", "time", "cell")
    assert got.sizes["event"] == 0


def test_a_plane_that_the_session_does_not_have_is_refused(converted):
    session, _ = converted
    with pytest.raises(UsageError, match="did you mean 'VISp_150'") as error:
        session.aligned("VISp_175", "changes")
    assert error.value.expected == "one of " + ", ".join(session.planes)


def test_a_recording_from_a_file_is_aligned_to_its_spikes(tmp_path_factory):
    folder = converted_recordings(tmp_path_factory.getbasetemp())
    of_file = open_nwb(next(iter(session_files(folder).values())))
    got = of_file.aligned("spikes", window=(-0.1, 0.2))
    assert got.sizes["event"] == len(of_file.spike_times)
    spike = int(np.searchsorted(of_file.spike_times, 1.0))
    for sample, offset in enumerate(got["time"].to_numpy()):
        frame = np.abs(of_file.dff_timestamps - of_file.spike_times[spike] - offset).argmin()
        assert got[spike, sample, 0] == of_file.dff[frame]
    peaks = of_file.aligned(window=(-0.001, 0.001), signal="baseline_subtracted").max("time").isel(cell=0)
    assert float((peaks > of_file.threshold).mean()) > 0.95
