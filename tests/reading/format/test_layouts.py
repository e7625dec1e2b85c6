"""`session_tables.yaml` is read as it is meant, and its typing errors are named."""

from importlib.resources import files

import pytest

from nwbgate.errors import SpecError
from nwbgate.reading.facts.file_frames import FRAMES, SMALL_TABLES
from nwbgate.reading.format.layouts import parse_session_tables, session_tables

SOURCE = files("nwbgate.schemas").joinpath("session_tables.yaml").read_text(encoding="utf-8")


def test_every_table_has_a_home_in_the_layout_that_we_write():
    assert [name for name, table in session_tables().tables.items() if "standard" not in table.homes] == []


def test_what_is_taken_as_it_is_is_what_the_types_say():
    assert session_tables() == parse_session_tables(SOURCE)


def test_every_frame_is_described():
    spec = session_tables()
    assert set(FRAMES) <= {*spec.tables, *spec.summaries}
    assert set(SMALL_TABLES) <= set(spec.tables)


def test_every_number_of_a_file_has_a_unit_that_is_known():
    spec = session_tables()
    assert spec.spellings("volts") == ("volts", "V")
    assert spec.spellings("") == ()


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("nullable: true", "nulable: true", "Unexpected keyword argument"),
        ("intervals/trials, id: trials_id}", "intervals/trials, id: trial}", "names unknown columns: trial ("),
        ("{table: /intervals/trials, id: trials_id}", "{id: trials_id}", "exactly one of table, group"),
        ("{table: /units, id: unit_id}", "{table: /units, values: {unit_id: id}}", "values need a group"),
        ("unit: volts", "unit: volt", "units without an entry"),
        ("type: boolean", "type: bool", "Input should be"),
        ("key: [trials_id]", "key: [trial_number]", "names unknown columns: trial_number ("),
    ],
)
def test_a_typing_error_is_named(right, wrong, said):
    assert right in SOURCE
    with pytest.raises(SpecError, match="invalid specification of session tables") as error:
        parse_session_tables(SOURCE.replace(right, wrong, 1))
    assert said in error.value.got


def test_what_is_not_yaml_is_said_to_be_none():
    with pytest.raises(SpecError, match="invalid YAML") as error:
        parse_session_tables("tables: [", "mine.yaml")
    assert error.value.where.startswith("mine.yaml, line")
