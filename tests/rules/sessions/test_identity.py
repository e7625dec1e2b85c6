"""Ids, instants and ages that a file gives in two places."""

import pytest

from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE


def changed(**values: object):
    """An edit of what the file says of its session."""

    def edit(frames: Frames) -> None:
        frames["session"] = frames["session"].assign(**values)

    return edit


def id_of_the_behavior_session(frames: Frames) -> None:
    frames["session"]["ophys_session_id"] = frames["session"]["behavior_session_id"]


def of_one_plane(frames: Frames) -> None:
    frames["session"]["project_code"] = "VisualBehavior"
    frames["planes"][["imaging_plane_group", "imaging_plane_group_count"]] = [0, 2]


def misspelt_species_of_another_dataset(frames: Frames) -> None:
    frames["session"]["species"] = "Musculus mus"
    frames["session"]["behavior_session_id"] = float("nan")


def counted_from_another_year(frames: Frames) -> None:
    changed(layout="other", timestamps_reference_time="2018-09-20T09:59:38.837+00:00")(frames)


CASES: list[Case] = [
    ("session.reference_time_is_near_the_start", counted_from_another_year),
    ("session.species_is_known", misspelt_species_of_another_dataset),
    ("session.animal_is_a_mouse", changed(species="Rattus norvegicus")),
    ("session.uuid_has_its_form", changed(behavior_session_uuid="311d93ae")),
    ("session.identifier_is_an_id_of_the_session", changed(identifier="1900011011")),
    ("session.description_is_the_session_type", changed(session_description="OPHYS_3_images_A")),
    ("session.reference_time_is_the_start", changed(timestamps_reference_time="2019-09-20T10:59:38.837+00:00")),
    ("session.born_before_the_session", changed(date_of_birth="2019-12-01T00:00:00+00:00")),
    ("session.age_follows_from_birth", changed(date_of_birth="2019-03-01T00:00:00+00:00")),
    ("session.age_is_possible", changed(age="P2060D")),
    ("session.ids_are_of_different_things", id_of_the_behavior_session),
    ("session.project_fits_the_planes", of_one_plane),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=[code for code, _ in CASES])
def test_a_fault_of_the_session_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize(
    "values",
    [
        {"species": "http://purl.obolibrary.org/obo/NCBITaxon_10090"},
        {"date_of_birth": "2019-02-26T09:59:38+00:00"},
        {"date_of_birth": "2019-02-26T09:59:38+00:00", "age": "P29W"},
        {"date_of_birth": "2019-02-26T09:59:38+00:00", "age": "P6M/P8M"},
        {"date_of_birth": "unknown"},
        {"age": "P1Y/"},
        {"identifier": "1900011001"},
        {"layout": "other", "timestamps_reference_time": "1970-01-01T00:00:00+00:00", "session_id": None},
    ],
)
def test_what_agrees_or_is_not_known_is_passed(values):
    frames = good(ACTIVE)
    changed(**values)(frames)
    assert fired(frames) == []


@pytest.mark.parametrize("age", ["P147D/P63D", "P90D/P2000D"])
def test_a_range_that_ends_before_it_begins_or_beyond_a_life_is_found(age):
    frames = good(ACTIVE)
    changed(age=age)(frames)
    assert fired(frames) == ["session.age_is_possible"]
