"""Sessions of files, released and converted, are measured without a false fault; missing streams say that they are."""

from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from nwbgate.qc.criteria_files import load_criteria
from nwbgate.qc.judge import judge
from nwbgate.qc.session import measure_session
from nwbgate.reading.opening import open_nwb
from support.converted_sessions import converted_release, session_files
from support.made_session import MadeSession, made_session
from support.places import TESTS

RELEASED = sorted((TESTS / "data" / "visual_behavior_release").glob("*.nwb"))


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return session_files(converted_release(tmp_path_factory.getbasetemp()))


def by_metric(path: Path) -> pd.DataFrame:
    with open_nwb(path) as session:
        return measure_session(session).set_index("metric")


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_released_file_has_no_fault(path: Path) -> None:
    with open_nwb(path) as session:
        results = judge(measure_session(session), load_criteria("visual_behavior"))
    assert {"Pass", "Not measured"} <= set(results["status"]) <= {"Pass", "Not measured", "Not applicable"}
    assert results.loc[results["status"] == "Not measured", "reason"].ne("").all()


@pytest.mark.parametrize("session_id", ["1900011001", "1900011201", "1900011401", "1900011501"])
def test_converted_file_has_no_fault(session_id: str, converted: dict[str, Path]) -> None:
    with open_nwb(converted[session_id]) as session:
        results = judge(measure_session(session), load_criteria("visual_behavior"))
    assert not {"Fail", "Warning"} & set(results["status"])


def test_both_layouts_of_a_session_give_the_same_numbers(converted: dict[str, Path]) -> None:
    released = next(path for path in RELEASED if "1900011210" in path.name)
    pd.testing.assert_frame_equal(by_metric(released), by_metric(converted["1900011201"]))


def test_planes_of_different_groups_are_not_compared(converted: dict[str, Path]) -> None:
    rows = by_metric(converted["1900011001"])
    assert len(set(rows.loc["drift.intensity_change", "object"])) == 2
    assert rows.loc["crosstalk.traces_excess", "reason"] == "no two planes of the session were recorded together"


def test_crosstalk_of_a_file_with_one_plane_says_that_others_may_be_elsewhere() -> None:
    released = next(path for path in RELEASED if "1900011010" in path.name)
    reason = by_metric(released).loc["crosstalk.traces_excess", "reason"]
    assert reason.startswith("1 plane of the session is given, and none that was recorded together with this one")


def test_passive_session_has_neither_licks_nor_eye_and_says_so(converted: dict[str, Path]) -> None:
    rows = by_metric(converted["1900011201"])
    assert "passive" in rows.loc["behavior.licks", "reason"]
    assert rows.loc["eye.blinking", "reason"] == "there are no frames of eye tracking"
    assert rows.loc["running.backward", "value"] == 0


def test_training_session_has_rows_that_say_that_it_was_not_imaged(converted: dict[str, Path]) -> None:
    rows = by_metric(converted["1900011401"])
    assert rows.loc["drift.intensity_change", "reason"] == "not applicable: the session has no imaging plane"
    assert np.isnan(rows.loc["rois.count", "value"])
    assert rows.loc["stimulus.omissions_outside", "reason"].startswith("omitted_flash_fraction is nan")


def test_plane_is_read_again_after_it_was_forgotten() -> None:
    with open_nwb(RELEASED[0]) as session:
        plane = session.plane
        before = plane.matrix("dff").copy()
        assert plane.cell_specimen_table is plane.cell_specimen_table
        plane.forget()
        assert plane._matrices == {}
        np.testing.assert_array_equal(plane.matrix("dff"), before)


def test_measuring_twice_gives_the_same_and_leaves_no_matrix_behind() -> None:
    with open_nwb(RELEASED[0]) as session:
        first = measure_session(session)
        assert session.plane._matrices == {}
        pd.testing.assert_frame_equal(first, measure_session(session))


STREAMS = [field.name for field in fields(MadeSession)]


@pytest.mark.parametrize("stream", STREAMS)
def test_session_without_a_stream_gives_the_same_rows_and_reasons(stream: str, sound: MadeSession) -> None:
    there = {name: getattr(sound, name) for name in STREAMS if name != stream}
    if stream != "planes":  # their faults are planted elsewhere, and cost time
        there["planes"] = {}
    rows = measure_session(SimpleNamespace(**there))
    missing = rows[rows["value"].isna()]
    assert missing["reason"].ne("").all()
    whole = measure_session(SimpleNamespace(**{name: getattr(sound, name) for name in STREAMS} | {"planes": {}}))
    assert set(rows["metric"]) == set(whole["metric"])


def test_session_of_nothing_passes_and_fails_nothing() -> None:
    results = judge(measure_session(SimpleNamespace()), load_criteria("visual_behavior"))
    assert set(results["status"]) == {"Not measured", "Not applicable"}
    assert results["reason"].ne("").all()


TABLES = ["stimulus_presentations", "trials", "licks", "running_speed", "running_encoder", "eye_tracking"]
COLUMNS = [(table, name) for table in TABLES for name in getattr(made_session(), table)]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_table_without_a_column_gives_no_number_that_is_not_there(table: str, column: str, sound: MadeSession) -> None:
    bare = replace(sound, planes={})
    whole = judge(measure_session(bare), load_criteria("visual_behavior"))
    without = replace(bare, **{table: getattr(bare, table).drop(columns=column)})
    lacking = judge(measure_session(without), load_criteria("visual_behavior"))
    assert set(lacking["status"]) <= {"Pass", "Not measured", "Not applicable"}
    assert (lacking["status"] == "Not measured").sum() >= (whole["status"] == "Not measured").sum()
    assert lacking.loc[lacking["status"] == "Not measured", "reason"].ne("").all()


@pytest.mark.parametrize("stream", ["motion_correction", "roi_masks"])
def test_table_of_a_plane_without_its_columns_is_not_measured(stream: str, sound: MadeSession) -> None:
    bare = replace(sound.planes["plane_0"], **{stream: pd.DataFrame({"other": [1.0]})})
    rows = measure_session(replace(sound, planes={"plane_0": bare})).set_index("metric")
    metric = {"motion_correction": "motion.rms", "roi_masks": "rois.overlapping"}[stream]
    assert rows.loc[metric, "reason"]


PLANE_STREAMS = ["ophys_timestamps", "motion_correction", "roi_masks", "average_projection", "max_projection"]


@pytest.mark.parametrize("stream", PLANE_STREAMS)
def test_plane_without_a_stream_is_measured_otherwise(stream: str, sound: MadeSession) -> None:
    plane = sound.planes["plane_0"]
    there = {field.name: getattr(plane, field.name) for field in fields(plane) if field.name != stream}
    bare = SimpleNamespace(**there, matrix=plane.matrix, forget=plane.forget)
    rows = measure_session(replace(sound, planes={"plane_0": bare}))
    rows = rows[rows["object"] == "plane_0"]
    assert rows["value"].isna().any()
    assert rows["value"].notna().any()
    assert rows.loc[rows["value"].isna(), "reason"].ne("").all()


def test_pair_that_cannot_be_compared_is_not_left_out(sound: MadeSession) -> None:
    times = sound.planes["plane_0"].ophys_timestamps.copy()
    times[100] = np.nan
    planes = sound.planes | {"plane_0": replace(sound.planes["plane_0"], ophys_timestamps=times)}
    results = judge(measure_session(replace(sound, planes=planes)), load_criteria("visual_behavior"))
    crosstalk = results[results["criterion"] == "crosstalk_traces"].set_index("object")
    assert crosstalk["status"].to_dict() == {"plane_0": "Not measured", "plane_2 with plane_3": "Pass"}
    assert crosstalk.loc["plane_0", "reason"] == "the timestamps do not increase"


@pytest.mark.parametrize("cells", [0, 1])
def test_plane_of_one_cell_or_none_does_not_crash(cells: int, sound: MadeSession) -> None:
    plane = sound.planes["plane_0"]
    few = replace(
        plane,
        matrices={name: values[:, :cells] for name, values in plane.matrices.items()},
        roi_masks=plane.roi_masks.iloc[:cells],
    )
    rows = measure_session(replace(sound, planes={"plane_0": few}))
    rows = rows[rows["object"] == "plane_0"].set_index("metric")
    assert np.isfinite(rows.loc["activity.noise", "value"]) == bool(cells)
    assert rows.loc[rows["value"].isna(), "reason"].ne("").all()


def test_all_nan_and_constant_cells_are_left_out_of_everything_but_their_count(sound: MadeSession) -> None:
    plane = sound.planes["plane_0"]
    faulty = {name: values.copy() for name, values in plane.matrices.items()}
    for values in faulty.values():
        values[:, 0], values[:, 1] = np.nan, 3.0
    rows = measure_session(replace(sound, planes={"plane_0": replace(plane, matrices=faulty)})).set_index("metric")
    assert rows.loc["activity.unusable_cells", "value"] == pytest.approx(2 / 12)
    assert np.isfinite(rows.loc[["activity.noise", "drift.intensity_change"], "value"]).all()


def test_session_of_one_trial_is_measured(sound: MadeSession) -> None:
    rows = measure_session(replace(sound, trials=sound.trials.iloc[:1], reward_rate=np.array([np.nan]), planes={}))
    rows = rows.set_index("metric")
    assert rows.loc["behavior.trials", "value"] == 1
    assert rows.loc["behavior.d_prime", "reason"] == "1 go trials, at least 10 are needed"
