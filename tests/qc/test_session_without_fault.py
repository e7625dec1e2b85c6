"""A sound session passes every criterion, and every number of it is judged or reported."""

from dataclasses import replace

import pandas as pd

from nwbgate.qc.criteria import Criteria
from nwbgate.qc.judge import judge
from nwbgate.qc.measurement import join_tables
from nwbgate.qc.session import measure_planes
from nwbgate.qc.streams import Streams
from support.made_session import MadeSession


def test_every_criterion_passes_on_a_sound_session(
    sound_behavior: pd.DataFrame, sound_planes: pd.DataFrame, criteria: Criteria
) -> None:
    results = judge(join_tables([sound_behavior, sound_planes]), criteria)
    measured = results[results["metric"] != ""]
    assert set(measured["status"]) == {"Pass"}
    session = {name for name, criterion in criteria.criteria.items() if criterion.scope == "session"}
    assert set(measured["criterion"]) == session


def test_every_measured_number_is_judged_or_reported(
    sound_behavior: pd.DataFrame, sound_planes: pd.DataFrame, criteria: Criteria
) -> None:
    assert {*sound_behavior["metric"], *sound_planes["metric"]} <= criteria.metrics


def test_a_number_about_a_part_of_the_time_says_so(sound_behavior: pd.DataFrame, sound_planes: pd.DataFrame) -> None:
    rows = join_tables([sound_behavior, sound_planes])
    assert set(rows.loc[rows["window"] != "", "metric"]) == {"clocks.imaging_drift", "drift.cells_apart"}


def test_the_top_of_a_projection_is_reported_and_never_judged(sound_planes: pd.DataFrame, criteria: Criteria) -> None:
    tops = sound_planes[sound_planes["metric"].str.startswith("saturation.top_of_")]
    assert tops["metric"].nunique() == 2
    assert tops["value"].between(0, 1, inclusive="right").all()
    assert not set(tops["metric"]) & {criterion.metric for criterion in criteria.criteria.values()}


def test_each_plane_gives_its_memory_back(sound: MadeSession) -> None:
    planes = {name: replace(plane, forgotten=0) for name, plane in sound.planes.items()}
    assert list(measure_planes(Streams(replace(sound, planes=planes), {})))
    assert {plane.forgotten for plane in planes.values()} == {1}
