"""What the cases made from declarations do not reach: time zones of copied dates, lists without a reference."""

import pandas as pd
import pytest

from nwbgate.errors import SpecError
from nwbgate.manifest.specification.declaration import Spec
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.rules import all_rules

RECORDINGS = pd.DataFrame({"recording_id": ["a"], "session_start_time": [pd.Timestamp("2017-05-01 10:00", tz="UTC")]})
COPIED = {rule.code: rule for rule in all_rules(load_spec("dataset_ii"))}["nwb_files.session_start_time.copied"]


def offends(start: str, zone: str | None) -> bool:
    files = pd.DataFrame(
        {
            "recording_id": ["a"],
            "session_start_time": [pd.Timestamp(start).tz_convert("UTC")],
            "provenance_timezone": pd.Series([zone], dtype=object),
        }
    )
    return COPIED.function(files, RECORDINGS) is not None


@pytest.mark.parametrize(
    ("start", "zone", "wrong"),
    [
        ("2017-05-01T10:00+00:00", None, False),
        ("2017-05-01T10:00-07:00", "America/Los_Angeles", False),
        ("2017-05-01T10:00-07:00", None, True),
        ("2017-05-01T11:00-07:00", "America/Los_Angeles", True),
        ("2017-05-01T10:00+00:00", "America/Los_Angeles", False),
    ],
)
def test_dates_are_equal_as_instants_or_on_the_wall_of_the_zone_applied(start, zone, wrong):
    assert offends(start, zone) == wrong


def test_a_list_of_a_table_without_a_reference_is_a_fault_of_the_spec():
    column = {"type": "integer", "description": "d"}
    spec = Spec.model_validate(
        {
            "dataset": "mine",
            "tables": {
                "cages": {
                    "description": "d", "file": "c.csv", "key": "cage",
                    "columns": {"cage": column, "mice": {**column, "type": "integers", "list_of": "mice.mouse"}},
                },
                "mice": {"description": "d", "file": "m.csv", "key": "mouse", "columns": {"mouse": column}},
            },
        }
    )  # fmt: skip
    with pytest.raises(SpecError, match="without a foreign key") as error:
        all_rules(spec)
    assert "cages.columns.mice.list_of" in error.value.where


def test_what_belongs_to_another_animal_as_a_whole_is_told_once():
    rules = {rule.code: rule for rule in all_rules(load_spec("visual_behavior"))}
    files = pd.DataFrame({"behavior_session_id": [1, 2], "subject_id": ["b", "b"], "sex": ["M", "M"]})
    sessions = pd.DataFrame({"behavior_session_id": [1, 2], "mouse_id": ["a", "b"], "sex": ["F", "F"]})
    assert list(rules["nwb_files.subject_id.copied"].function(files, sessions).index) == [0]
    assert list(rules["nwb_files.sex.copied"].function(files, sessions).index) == [1]
