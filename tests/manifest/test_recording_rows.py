"""Rows of recordings that agree, and what contradicts another row or the publication."""

import pytest

from nwbgate.manifest import recording_rows

DAYS = ("2016-03-10T09:12:05-08:00", "2016-03-11T14:03:40-08:00", "2016-03-12T10:30:00-08:00")


def rows(column: str, *values: object, **others: tuple[object, ...]):
    columns = {column: values, **others}
    return [
        {"recording_id": f"r{number}", **{name: each[number] for name, each in columns.items() if each[number] != ""}}
        for number in range(len(values))
    ]


def found(find, table):
    return [odd.row for odd in find(table)]


@pytest.mark.parametrize("value", ["n1", "NA", "none-1", "103", "", "nan"])
def test_an_id_or_an_empty_cell_is_no_placeholder(value):
    assert found(recording_rows.placeholder_ids, rows("neuron_id", value)) == []


@pytest.mark.parametrize("value", ["TBD", "none", " unknown", "?"])
@pytest.mark.parametrize("column", ["neuron_id", "subject_id"])
def test_a_placeholder_is_no_id(column, value):
    assert found(recording_rows.placeholder_ids, rows(column, "m1", value)) == [1]


@pytest.mark.parametrize("age", ["P35D", "P63D", "P365D", "P12W", "P5M", "P63D/P147D", "P90D/", "old", ""])
def test_adults_and_ranges_are_usual(age):
    assert found(recording_rows.ages_unlike_adults, rows("age", age)) == []


@pytest.mark.parametrize("age", ["P34D", "P9D", "P366D", "P2Y", "P0D", "P9000Y"])
def test_pups_and_old_mice_are_not(age):
    assert found(recording_rows.ages_unlike_adults, rows("age", age)) == ([0] if age != "P9000Y" else [])


@pytest.mark.parametrize(
    ("ages", "odd"),
    [
        (("P90D", "P91D", "P92D"), []),
        (("P90D", "P93D", "P92D"), []),  # two days off: a date in another zone, and a day counted from 1
        (("P90D", "P12W", "P3M"), []),
        (("P90D", "P63D/P147D", ""), []),
        (("P90D", "P120D", "P92D"), [1]),
        (("P90D", "P91D", "P9W"), [2]),
    ],
)
def test_a_mouse_was_born_once(ages, odd):
    table = rows("age", *ages, subject_id=("m1", "m1", "m1"), session_start_time=DAYS)
    assert found(recording_rows.contradicted_births, table) == odd


def test_two_mice_may_be_born_on_two_days():
    table = rows("age", "P90D", "P150D", "P60D", subject_id=("m1", "m2", ""), session_start_time=DAYS)
    assert found(recording_rows.contradicted_births, table) == []


def test_births_are_compared_with_and_without_zones():
    starts = ("2016-03-10T09:00:00-08:00", "2016-05-09T09:00:00", "2016-05-09")
    table = rows("age", "P90D", "P150D", "P90D", subject_id=("m1",) * 3, session_start_time=starts)
    assert found(recording_rows.contradicted_births, table) == [2]


def test_a_start_belongs_to_one_recording():
    again = "2016-03-10T18:12:05+01:00"  # the first, told in another zone
    assert found(recording_rows.shared_starts, rows("session_start_time", *DAYS)) == []
    assert found(recording_rows.shared_starts, rows("session_start_time", *DAYS, "", again)) == [4]


def test_dates_without_a_time_of_day_are_named_once():
    dates = [f"2016-03-{day}T00:00:00-0{7 if day > 12 else 8}:00" for day in (10, 11, 11, 14)]  # with summer time
    table = rows("session_start_time", *dates)
    assert found(recording_rows.starts_without_time, table) == [0, 1, 2, 3]
    assert found(recording_rows.shared_starts, table) == []


def test_full_hours_of_few_recordings_and_of_a_whole_day_are_usual():
    hours = [f"2016-03-{day}T{hour:02d}:00:00-08:00" for day, hour in ((10, 9), (11, 11), (12, 14), (13, 9))]
    assert found(recording_rows.starts_without_time, rows("session_start_time", *hours)) == []
    assert found(recording_rows.starts_without_time, rows("session_start_time", *hours[:1] * 3)) == []


@pytest.mark.parametrize(
    ("start", "odd"),
    [
        ("2012-01-01T00:00:00+00:00", []),
        ("2019-12-19T23:00:00-08:00", []),
        ("2011-12-31T00:00:00+00:00", [0]),
        ("2024-03-01T10:00:00+00:00", [0]),
        ("1970-01-01T00:00:00+00:00", [0]),
        ("soon", []),
    ],
)
def test_recordings_began_before_they_were_described(start, odd):
    assert found(recording_rows.starts_outside_the_years, rows("session_start_time", start)) == odd


@pytest.mark.parametrize(
    ("place", "odd"),
    [
        ((8900.0, 1210.0, 8120.0), []),
        ((-2600.0, 15.0, 8.0), []),
        ((8900.0, "", ""), []),
        ((15.0, "", ""), []),  # one coordinate alone may be small
        ((0.0, 0.0, 0.0), []),
        ((8.9, 1.2, 8.1), [0]),
        ((8900000.0, 1210000.0, 8120000.0), [0]),
        ((8.9e-3, 1.2e-3, 8.1e-3), [0]),
    ],
)
def test_positions(place, odd):
    table = rows("x", place[0], y=(place[1],), z=(place[2],))
    assert found(recording_rows.positions_in_another_unit, table) == odd


def test_a_mouse_has_one_sex_and_a_neuron_one_mouse():
    assert found(recording_rows.two_descriptions, rows("sex", "F", "F", "M", subject_id=("m1", "m1", "m2"))) == []
    assert found(recording_rows.two_descriptions, rows("sex", "F", "M", "", subject_id=("m1", "m1", "m1"))) == [1]
    assert found(recording_rows.two_descriptions, rows("subject_id", "m1", "m2", neuron_id=("n1", "n1"))) == [1]
