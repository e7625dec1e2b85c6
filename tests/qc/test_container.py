"""The sessions of a container are compared with the first of them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from nwbgate.qc.container import View, measure_container, measure_views
from nwbgate.qc.criteria_files import load_criteria
from nwbgate.qc.judge import judge
from nwbgate.qc.measurement import table
from nwbgate.reading.projects.project import Project
from support.converted_sessions import converted_release
from support.made_session import MadePlane, made_plane
from support.made_tissue import noisy, tissue


def view(number: int, **change: object) -> View:
    made = View(
        experiment=str(900 + number),
        container="7",
        date=f"2019-01-{number + 1:02}",
        projection=noisy(np.roll(tissue(), (3 * number, -2 * number), axis=(0, 1)), number),
        cells=tuple(range(number, number + 20)),
        depth=175.0 + number,
        intensity=300.0 - number,
        signal_to_noise=9.0,
    )
    return replace(made, **change)  # type: ignore[arg-type]


def judged(views: list[View]) -> dict[str, set[str]]:
    results = judge(table(measure_views(views)), load_criteria("visual_behavior"), scope="container")
    return {str(name): set(rows["status"]) for name, rows in results[results["metric"] != ""].groupby("criterion")}


SOUND = [view(number) for number in range(4)]
CRITERIA = {
    "field_of_view_shift",
    "field_of_view_similarity",
    "matched_cells",
    "depth_difference",
    "intensity_trend",
}


def test_sound_container_passes_every_criterion() -> None:
    assert judged(SOUND) == {name: {"Pass"} for name in CRITERIA}


def test_trends_are_the_change_from_the_first_session_to_the_last() -> None:
    views = [view(number, signal_to_noise=10.0 - 2 * number, intensity=100.0 + 10 * number) for number in range(5)]
    values = table(measure_views(views)).set_index("metric")["value"]
    assert values["field_of_view.signal_trend"] == pytest.approx(-8 / 6)
    assert values["field_of_view.intensity_trend"] == pytest.approx(40 / 120)


@pytest.mark.parametrize(
    ("change", "criterion"),
    [
        ({"projection": noisy(np.roll(tissue(), 70, axis=0), 3)}, "field_of_view_shift"),
        ({"projection": noisy(tissue(), 3, 100.0)}, "field_of_view_similarity"),
        ({"cells": tuple(range(500, 520))}, "matched_cells"),
        ({"depth": 260.0}, "depth_difference"),
    ],
)
def test_one_faulty_session_fails_its_criterion_alone(change: dict[str, object], criterion: str) -> None:
    found = judged([*SOUND[:3], view(3, **change)])
    assert {name for name, statuses in found.items() if statuses != {"Pass"}} == {criterion}


def test_tissue_that_becomes_dark_is_a_trend() -> None:
    found = judged([view(number, intensity=300 * 0.4**number) for number in range(4)])
    assert {name for name, statuses in found.items() if statuses != {"Pass"}} == {"intensity_trend"}


def test_rows_are_about_the_other_sessions_and_the_container() -> None:
    rows = pd.DataFrame(table(measure_views(SOUND)))
    assert set(rows["object"]) == {"experiment 901", "experiment 902", "experiment 903", "container 7"}
    shifts = rows[rows["metric"] == "field_of_view.shift"].set_index("object")["value"]
    assert shifts["experiment 903"] == pytest.approx(np.hypot(9, 6), abs=0.2)


@pytest.mark.parametrize("views", [[], SOUND[:1]])
def test_one_session_has_nothing_to_match(views: list[View]) -> None:
    rows = list(measure_views(views))
    assert not any(row.measured for row in rows)
    assert all(row.reason for row in rows)


def test_session_without_depth_or_images_is_not_measured_there() -> None:
    rows = {row.metric: row for row in measure_views([SOUND[0], view(1, depth=np.nan, projection=np.empty((0, 0)))])}
    assert rows["field_of_view.depth_difference"].reason == "a session lacks its imaging depth"
    assert "pixels" in rows["field_of_view.correlation"].reason
    assert rows["field_of_view.matched_cells"].measured


def planes(rng: np.random.Generator) -> list[MadePlane]:
    made = [made_plane(number, rng) for number in range(3)]
    return [replace(plane, average_projection=noisy(tissue(), number)) for number, plane in enumerate(made)]


def test_planes_are_taken_by_date_and_forgotten() -> None:
    made = planes(np.random.default_rng(0))
    rows = measure_container(made[::-1])
    assert list(dict.fromkeys(rows["object"])) == ["experiment 101", "experiment 102", "container 7"]
    assert [plane.forgotten for plane in made] == [1, 1, 1]
    assert np.isfinite(rows["value"]).all()


def test_mapping_of_planes_is_measured_like_a_list() -> None:
    made = planes(np.random.default_rng(0))
    pd.testing.assert_frame_equal(measure_container(dict(enumerate(made))), measure_container(made))


@pytest.mark.slow
def test_container_of_a_project_is_measured_from_the_files_that_are_there(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    project = Project(converted_release(tmp_path_factory.getbasetemp()) / "release")
    container = project.container(project.ophys_experiments["ophys_container_id"].iloc[0])
    rows = measure_container(container)
    assert len(container.available) == 1
    assert set(rows["reason"]) == {
        "1 sessions of the container, at least 2 are needed",
        "1 sessions with a number, at least 3 are needed",
    }
    assert f"container {container.ophys_container_id}" in set(rows["object"])


def test_session_whose_file_is_not_there_is_left_out() -> None:
    made = dict(enumerate(planes(np.random.default_rng(0))))
    rows = measure_container(SimpleNamespace(planes=made, available=(0, 2)))
    assert list(dict.fromkeys(rows["object"])) == ["experiment 102", "container 7"]


def test_plane_without_traces_has_no_trend() -> None:
    made = [replace(plane, matrices={}) for plane in planes(np.random.default_rng(0))]
    rows = measure_container(made).set_index("metric")
    assert rows.loc["field_of_view.intensity_trend", "reason"] == "0 sessions with a number, at least 3 are needed"
