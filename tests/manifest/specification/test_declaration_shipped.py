"""What the shipped specifications declare: the columns of each release, the corrections, the counts, the lists."""

import csv
import re

import pytest

from nwbgate.manifest import derive
from nwbgate.manifest.specification import fact_columns
from nwbgate.manifest.specification.spec import load_spec, shipped_specs
from support.development_data import shared
from support.places import VALID_MANIFEST

VALID = VALID_MANIFEST
SPECS = [load_spec(name) for name in shipped_specs()]
COLUMNS = [
    pytest.param(spec, table, name, column, id=f"{spec.name}:{table}.{name}")
    for spec in SPECS
    for table, declared in spec.tables.items()
    for name, column in declared.columns.items()
]


def head(path):
    with path.open(newline="") as file:
        return next(csv.reader(file))


@pytest.mark.parametrize(("spec", "table", "name", "column"), COLUMNS)
def test_every_column_says_what_it_means_and_only_what_its_type_can_hold(spec, table, name, column):
    assert column.description.endswith(".")
    assert column.description[0].isupper() or column.description.startswith("-")
    if column.minimum is not None or column.maximum is not None:
        assert column.type in ("integer", "number")
    if column.pattern is not None:
        assert column.type == "string"
    if column.minimum is not None and column.maximum is not None:
        assert column.minimum <= column.maximum
    assert len(set(column.enum)) == len(column.enum)
    assert not (column.required and (column.null_when or column.required_when))


@pytest.mark.parametrize(
    ("version", "folder"),
    [("release-candidate", "release_tables"), ("1.1.0", "visual_behavior_release/project_metadata")],
)
def test_the_columns_are_those_of_the_release(version, folder):
    spec = load_spec(f"visual_behavior@{version}")
    for table in spec.manifest_tables.values():
        path = shared(*folder.split("/")) / table.file
        if path.exists():
            assert sorted(head(path)) == sorted(table.columns)


def test_release_1_1_0_has_as_many_columns_as_published():
    tables = load_spec("visual_behavior@1.1.0").manifest_tables
    assert {name: len(table.columns) for name, table in tables.items()} == {
        "behavior_sessions": 35,
        "ophys_sessions": 26,
        "ophys_experiments": 31,
        "ophys_cells": 3,
    }


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("visual_behavior@1.1.0", [4782, 107, 703, 1936, 133066]),
        ("visual_behavior@release-candidate", [4787, 107, 704, 107, 1941, 326]),
        ("dataset_ii", [50, 35, 15, 9, 11, 19, 14, 17]),
    ],
)
def test_whole_releases_have_their_published_size(name, counts):
    tables = load_spec(name).tables.values()
    assert [count.number for table in tables for count in table.counts] == counts


def test_thirteen_session_types_of_an_old_release_are_known_to_be_wrong():
    session_type = load_spec("visual_behavior").tables["behavior_sessions"].columns["session_type"]
    assert len(session_type.corrections) == 13
    assert all(correction.right in session_type.enum for correction in session_type.corrections.values())
    assert session_type.corrections[875020233].right == "OPHYS_2_images_A_passive"


def test_real_tables_have_the_corrected_session_types():
    corrections = load_spec("visual_behavior").tables["behavior_sessions"].columns["session_type"].corrections
    with (shared("release_tables") / "behavior_session_table.csv").open(newline="") as file:
        types = {int(row["behavior_session_id"]): row["session_type"] for row in csv.DictReader(file)}
    assert {key: types[key] for key in corrections} == {key: each.right for key, each in corrections.items()}


def test_every_derived_column_of_an_enumerated_one_stays_on_its_list():
    spec = load_spec("visual_behavior")
    experiments = spec.tables["ophys_experiments"].columns
    assert set(derive.DESIGNS) == set(spec.vocabularies["ophys_projects"])
    assert set(derive.PROJECTS.values()) == set(experiments["project_code"].enum)
    assert set(derive.INDICATORS.values()) == set(spec.vocabularies["indicators"])


def test_facts_about_files_are_declared_as_they_are_read():
    for spec in SPECS:
        assert set(spec.tables["nwb_files"].columns) <= set(fact_columns.FILE_COLUMNS)
        assert set(spec.tables["nwb_planes"].columns) <= set(fact_columns.PLANE_COLUMNS)
        if "nwb_rois" in spec.tables:
            assert set(spec.tables["nwb_rois"].columns) == set(fact_columns.ROI_COLUMNS)


@pytest.mark.parametrize("age", ["P90D", "P63D/P147D", "P12W", "P3M", "P1Y2M", "P20.5D", "P90D/", "/P90D"])
def test_an_age_is_a_duration_or_a_range_of_them(age):
    pattern = load_spec("dataset_ii").tables["recordings"].columns["age"].pattern
    assert re.fullmatch(pattern, age)


@pytest.mark.parametrize("age", ["90", "P", "90 days", "P90", "/", "P1D/P2D/P3D"])
def test_anything_else_is_no_age(age):
    pattern = load_spec("dataset_ii").tables["recordings"].columns["age"].pattern
    assert not re.fullmatch(pattern, age)


def test_a_condition_says_itself_in_words():
    columns = load_spec("visual_behavior").tables["behavior_sessions"].columns
    assert str(columns["ophys_container_id"].null_when) == "ophys_session_id is missing"
    assert str(columns["project_code"].required_when) == "ophys_session_id is given"
    assert str(columns["session_number"].null_when) == "session_type matches TRAINING_.*"
