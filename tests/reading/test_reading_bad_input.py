"""Files that lack something, or are something else, and names that are not there: the answer says what there is."""

import pickle
import shutil
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

import nwbgate
from nwbgate.errors import SourceError, UsageError
from nwbgate.reading.name_hints import RightNames, known_names
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.planes.roi_masks import mask_images
from nwbgate.reading.sessions.session import Session
from support.converted_sessions import converted_release, session_files
from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release"
ACTIVE = RELEASED / "behavior_ophys_experiment_1900011010.nwb"
GRATINGS = RELEASED / "behavior_session_1900011401.nwb"
TRIALS = "intervals/trials"


@pytest.fixture(params=["standard", "released"])
def copy(request, tmp_path, tmp_path_factory):
    """A file to be edited, in either layout."""
    source = ACTIVE
    if request.param == "standard":
        source = session_files(converted_release(tmp_path_factory.getbasetemp()))["1900011001"]
    return Path(shutil.copyfile(source, tmp_path / "copy.nwb"))


def edited(path: Path, *removed: str) -> Session:
    with h5py.File(path, "r+") as file:
        for place in removed:
            del file[place]
    return nwbgate.open(path)


def replaced(path: Path, place: str, values: np.ndarray) -> Session:
    with h5py.File(path, "r+") as file:
        attributes = dict(file[place].attrs)
        del file[place]
        file[place] = values
        file[place].attrs.update(attributes)
    return nwbgate.open(path)


def test_a_table_that_lacks_a_column_says_which(copy):
    session = edited(copy, f"{TRIALS}/hit")
    for name in ("trials", "reward_rate", "rolling_performance", "performance_metrics"):
        with pytest.raises(SourceError, match="the table trials lacks columns") as caught:
            getattr(session, name)
        assert "/intervals/trials" in caught.value.where
        assert caught.value.got.startswith("no column hit; existing columns: trials_id, start_time")
        assert "hit (boolean)" in caught.value.expected
    assert len(session.licks)  # the rest is there


def test_a_column_of_another_type_is_said_to_be_one(copy):
    session = replaced(copy, f"{TRIALS}/start_time", np.array([b"soon"] * 18))
    with pytest.raises(SourceError, match="cannot read values of the table trials") as caught:
        session.trials  # noqa: B018
    assert caught.value.got == "18 values of start_time of type object"


def test_columns_of_different_lengths_are_said_to_be(copy):
    session = replaced(copy, f"{TRIALS}/start_time", np.arange(3.0))
    with pytest.raises(SourceError, match="differ in length") as caught:
        session.trials  # noqa: B018
    assert "start_time: 3" in caught.value.got


def test_a_session_without_trials_names_what_it_has(copy):
    session = edited(copy, TRIALS)
    for name in ("trials", "reward_rate", "rolling_performance", "performance_metrics"):
        with pytest.raises(AttributeError, match=r"has no trials; it has licks, rewards") as caught:
            getattr(session, name)
        assert "rolling_performance" not in str(caught.value)
        assert name not in dir(session)
    assert "licks" in dir(session)


def test_a_session_without_any_trial_has_tables_without_rows(copy):
    with h5py.File(copy, "r+") as file:
        for name, column in list(file[TRIALS].items()):
            attributes, empty = dict(column.attrs), column[:0]
            kind = column.dtype
            del file[TRIALS][name]
            file[TRIALS].create_dataset(name, data=empty, dtype=kind)
            file[TRIALS][name].attrs.update(attributes)
    session = nwbgate.open(copy)
    assert len(session.trials) == len(session.reward_rate) == len(session.rolling_performance) == 0
    assert session.performance_metrics["trial_count"] == 0
    assert np.isnan(session.performance_metrics["maximum_reward_rate"])


def test_a_session_without_its_settings_has_the_rates_of_the_usual_window(copy):
    whole = nwbgate.open(copy).reward_rate
    task = (
        "general/task_parameters" if nwbgate.open(copy).layout == "released" else "processing/behavior/task_parameters"
    )
    session = edited(copy, task)
    np.testing.assert_array_equal(session.reward_rate, whole)
    with pytest.raises(AttributeError, match="has no task_parameters"):
        session.task_parameters  # noqa: B018


def test_a_session_without_a_subject_or_images_says_nothing_of_them(copy):
    session = edited(copy, "general/subject", "stimulus/templates", "general/optophysiology")
    assert session.metadata["mouse_id"] is None
    assert session.metadata["age_in_days"] is None
    assert session.stimulus_templates.empty
    assert session.planes == {}


def test_a_plane_without_any_frame_has_matrices_without_rows(copy):
    with nwbgate.open(copy) as session:
        plane = next(iter(session.planes.values()))
        place, cells = plane._streams.series("dff_traces").name, plane.matrix("dff").shape[1]
    with h5py.File(copy, "r+") as file:
        del file[place]["data"]
        file[place].create_dataset("data", data=np.empty((0, cells)))
    with nwbgate.open(copy) as session:
        assert next(iter(session.planes.values())).matrix("dff").shape == (0, cells)


def test_two_columns_of_one_cell_are_refused(copy):
    with nwbgate.open(copy) as session:
        series = next(iter(session.planes.values()))._streams.series("dff_traces").name
    with h5py.File(copy, "r+") as file:
        file[f"{series}/rois"][1] = 0
    with nwbgate.open(copy) as session, pytest.raises(SourceError, match="two columns of a series belong to one cell"):
        next(iter(session.planes.values())).matrix("dff")


def test_masks_that_are_not_of_the_cells_are_refused(copy):
    with nwbgate.open(copy) as session:
        plane = next(iter(session.planes.values()))
        place, images = plane._streams.segmentation().name, plane._masks
    session = replaced(copy, f"{place}/image_mask", images[:-1])
    with session, pytest.raises(SourceError, match="cells have no mask, or masks no cell") as caught:
        next(iter(session.planes.values())).roi_masks  # noqa: B018
    assert caught.value.got == f"{len(images) - 1} masks"


def test_a_pixel_outside_of_the_image_is_refused(tmp_path):
    pixels = np.array([(5, 5, 1), (500, 3, 1)], [("x", "<u4"), ("y", "<u4"), ("weight", "<f4")])
    with h5py.File(tmp_path / "masks.h5", "w") as file:
        file["id"], file["pixel_mask"], file["pixel_mask_index"] = [1, 2], pixels, [1, 2]
        assert mask_images(file, lambda: None).shape == (2, 6, 501)
        with pytest.raises(SourceError, match="extends outside the image") as caught:
            mask_images(file, lambda: (96, 96))
    assert caught.value.got == "x 500, y 3"


def test_a_plane_that_is_not_there_is_answered_with_those_that_are(session):
    ours = session.planes
    for planes, wrong, fix in (
        (ours, "VISp_15", "did you mean 'VISp_150'?"),
        (session.planes_by_experiment, 7, "use one of these names"),
    ):
        with pytest.raises(UsageError, match="no such plane") as caught:
            planes[wrong]
        assert caught.value.where == str(ACTIVE)
        assert caught.value.expected == f"one of {next(iter(planes))}"
        assert caught.value.fix.startswith(fix)
        assert planes.get(wrong) is None
    assert pickle.loads(pickle.dumps(ours))["VISp_150"].name == "VISp_150"


def test_a_session_without_imaging_says_so_when_asked_for_a_plane():
    with pytest.raises(UsageError, match="no such plane") as caught:
        nwbgate.open(GRATINGS).planes["VISp_150"]
    assert caught.value.expected == "a session with imaging; this one has none"


def test_a_file_without_a_start_says_so(copy):
    with pytest.raises(SourceError, match="the table session lacks columns") as caught:
        edited(copy, "session_start_time").metadata  # noqa: B018
    assert "no column session_start_time" in caught.value.got


def test_a_damaged_file_is_said_to_be_damaged(copy, tmp_path):
    session = nwbgate.open(copy)
    whole = len(session.trials)
    session.close()
    with h5py.File(copy, "r+") as file:
        place = file[f"{TRIALS}/initial_image_name"].id.get_offset()
    data = bytearray(copy.read_bytes())
    nowhere = b"\x05\0\0\0" + b"\xff" * 12  # a text of five bytes that lie outside the file
    data[place : place + 16 * whole] = nowhere * whole
    copy.write_bytes(data)
    with pytest.raises(SourceError, match="cannot read the file") as caught:
        nwbgate.open(copy).trials  # noqa: B018
    assert caught.value.where == str(copy)


def test_any_other_file_names_its_tables(copy):
    session = edited(copy, "processing", *(["general/metadata"] if nwbgate.open(copy).layout == "released" else []))
    assert type(session) is NWBData
    with pytest.raises(AttributeError, match="not a known session or recording") as caught:
        session.licks  # noqa: B018
    assert "intervals/trials" in str(caught.value)
    assert len(session.tables["intervals/trials"]) == 18
    assert len(session.series["acquisition/v_sig"])


def test_lost_lick_times_come_back(tmp_path):
    """AllenSDK loses which licks are whose where there are as many as trials; planted by taking all others away."""
    path = Path(shutil.copyfile(GRATINGS, tmp_path / "lost.nwb"))
    whole = nwbgate.open(GRATINGS).trials
    flat, owner = np.concatenate(list(whole["lick_times"])), np.repeat(whole.index, whole["lick_times"].str.len())
    kept = np.sort(np.random.default_rng(0).choice(len(flat), size=len(whole), replace=False))
    with h5py.File(path, "r+") as file:
        for name in ("lick_times", "lick_times_index"):
            del file[TRIALS][name]
        file[TRIALS]["lick_times"] = flat[kept]
    found = nwbgate.open(path).trials["lick_times"]
    for trial, licks in found.items():
        np.testing.assert_array_equal(licks, flat[kept][owner[kept] == trial])


# Names that are not there


@pytest.fixture(scope="module")
def session():
    return nwbgate.open(ACTIVE)


@pytest.mark.parametrize("table", ["trials", "stimulus_presentations", "rewards"])
def test_a_documented_column_is_answered_with_the_right_one(session, table):
    frame = getattr(session, table)
    for name, right in known_names()[table].items():
        with pytest.raises(KeyError) as caught:
            frame[name]
        assert f"the correct name is {right}" in str(caught.value)
        assert right in (*frame.columns, "the index") or "session." in right


def test_other_columns_are_answered_with_the_nearest(session):
    with pytest.raises(KeyError, match="did you mean 'change_time'"):
        session.trials["change_times"]
    with pytest.raises(KeyError):
        session.trials[["hit", "nothing"]]


def test_a_table_is_a_frame_and_what_is_made_of_it_a_plain_one(session):
    trials = session.trials
    assert isinstance(trials, pd.DataFrame)
    assert type(trials[trials["hit"]]) is pd.DataFrame
    again = pickle.loads(pickle.dumps(trials))
    pd.testing.assert_frame_equal(again, trials)
    with pytest.raises(KeyError, match="the correct name is is_change"):
        again["stimulus_change"]


def test_documented_metrics_are_answered_with_the_right_ones(session):
    metrics = pickle.loads(pickle.dumps(session.performance_metrics))
    assert isinstance(metrics, RightNames)
    for name, right in known_names()["performance_metrics"].items():
        assert right in metrics
        with pytest.raises(KeyError, match=right):
            metrics[name]


def test_attributes_by_other_names_are_answered_with_the_right_ones(session):
    for name, right in known_names()["session"].items():
        with pytest.raises(AttributeError) as caught:
            getattr(session, name)
        assert right.removeprefix("nothing: ") in str(caught.value)
        if right.startswith("session.planes["):
            assert (
                hasattr(next(iter(session.planes.values())), right.rsplit(".", 1)[1].rstrip('"]'))
                or "metadata" in right
            )
        elif right.startswith("session."):
            assert hasattr(session, right.removeprefix("session.").partition(",")[0])


def test_a_notebook_asks_for_names_in_vain_and_is_told_nothing(session):
    with pytest.raises(AttributeError, match=r"'_ipython_display_'$"):
        session._ipython_display_  # noqa: B018


def test_dates_have_their_offset(session):
    assert session.metadata["date_of_acquisition"] == datetime(2019, 9, 20, 9, 59, 38, 837000, tzinfo=UTC)
