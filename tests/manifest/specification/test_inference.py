"""A first specification inferred from tables accepts these tables and notices their faults."""

import pandas as pd
import pytest
import yaml

from nwbgate.manifest.specification.inference import infer_column, infer_facts, infer_tables
from nwbgate.manifest.specification.spec import load_spec

MICE = pd.DataFrame({"mouse_id": ["m1", "m2", "m3", "m4"], "sex": ["F", "M", "F", "M"], "born": ["2024-01-02"] * 4})
SESSIONS = pd.DataFrame(
    {
        "session_id": ["1", "2", "3", "4"],
        "mouse_id": ["m1", "m1", "m2", "m3"],
        "age": ["P90D", "P91D", "P90D", None],
        "start": ["2024-05-01T10:00:00+02:00"] * 4,
        "depth": ["150.5", "200", "175", None],
    },
    dtype=object,
)
FRAMES = {"mice": ("mice.csv", MICE), "sessions": ("sessions.csv", SESSIONS)}


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2"], "integer"), (["1", "2.5"], "number"), (["true", "no"], "boolean"), (["007", "012"], "string"),
        (["0", "1"], "integer"), (["2024-05-01", "2024-06-01"], "datetime"), (["[1, 2]", "[]"], "integers"),
        (["['a']", "[]"], "strings"), (["a", "1"], "string"), ([None, None], "string"),
    ],
    ids=str,
)  # fmt: skip
def test_a_column_has_the_narrowest_type_of_its_cells(cells, kind):
    assert infer_column(pd.Series(cells, name="x", dtype=object))["type"] == kind


def test_values_ranges_keys_and_references_are_inferred():
    tables = infer_tables(FRAMES)
    assert (tables["mice"]["key"], tables["sessions"]["key"]) == ("mouse_id", "session_id")
    assert tables["sessions"]["foreign_keys"] == [{"column": "mouse_id", "to": "mice"}]
    assert tables["mice"]["columns"]["sex"]["enum"] == ["F", "M"]
    columns = tables["sessions"]["columns"]
    assert columns["start"]["zoned"]
    assert (columns["depth"]["minimum"], columns["depth"]["maximum"]) == (150.5, 200.0)
    assert "required" not in columns["depth"]
    assert columns["session_id"] == {
        "type": "integer", "description": "Session id.", "required": True, "unique": True, "minimum": 1, "maximum": 4,
    }  # fmt: skip


def test_a_pair_of_ids_is_a_key_where_no_column_is():
    frame = pd.DataFrame({"mouse_id": ["a", "a", "b"], "day_id": ["1", "2", "1"], "x": ["1", "1", "1"]})
    assert infer_tables({"days": ("days.csv", frame)})["days"]["key"] == ["day_id", "mouse_id"]


def test_a_table_without_a_key_is_left_out():
    assert infer_tables({"t": ("t.csv", pd.DataFrame({"x": ["1", "1"]}))}) == {}


def test_facts_are_linked_to_the_table_of_their_sessions():
    rows = pd.DataFrame({"path": ["a.nwb"], "session_id": ["1"], "age": ["P90D"], "n_rois": [5], "sex": [None]})
    facts = infer_facts(rows, infer_tables(FRAMES))
    assert facts["foreign_keys"] == [{"column": "session_id", "to": "sessions"}]
    assert facts["columns"]["age"] == {"copied_from": "sessions.age"}
    assert facts["columns"]["n_rois"]["type"] == "integer"
    assert "sex" not in facts["columns"]


def test_the_specification_loads(tmp_path):
    tables = infer_tables(FRAMES)
    rows = pd.DataFrame({"path": ["a.nwb"], "session_id": ["1"], "age": ["P90D"]})
    (tmp_path / "manifest.yaml").write_text(yaml.safe_dump({"tables": tables}))
    (tmp_path / "nwb_files.yaml").write_text(yaml.safe_dump({"tables": {"nwb_files": infer_facts(rows, tables)}}))
    spec = load_spec(tmp_path)
    assert set(spec.tables) == {"mice", "sessions", "nwb_files"}
    assert spec.tables["nwb_files"].columns["age"].type == "string"
