"""A recipe written from an example runs at once."""

import importlib.util

import pandas as pd
import pytest
import yaml

from nwbgate.conversion.new_recipe import write_recipe
from nwbgate.errors import RecipeError, UsageError
from support.two_photon_task import make_sources

INTERFACES = ["Suite2pSegmentation", "CsvTimeIntervals"]


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return make_sources(tmp_path_factory.mktemp("lab")) / "anna" / "day1"


@pytest.fixture(scope="module")
def recipe(example, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recipes") / "mine"
    write_recipe(folder, INTERFACES, example)
    return folder


def test_the_sources_become_patterns_and_the_name_tells_the_modalities(recipe):
    content = yaml.safe_load((recipe / "conversion.yaml").read_text())
    assert content["interfaces"]["Suite2pSegmentation"]["source_data"] == {
        "folder_path": "{subject_id}/{session_id}/suite2p"
    }
    assert content["interfaces"]["CsvTimeIntervals"]["source_data"] == {
        "file_path": "{subject_id}/{session_id}/trials.csv"
    }
    assert content["output"].endswith("_behavior+ophys.nwb")


def test_the_table_has_a_row_for_each_session(recipe):
    table = pd.read_csv(recipe / "sessions.csv", dtype=str)
    assert table["session_id"].tolist() == ["day1", "day2"]
    assert table["subject_id"].tolist() == ["anna", "berta"]
    assert table["sex"].isna().all()


def test_its_own_test_passes(recipe, tmp_path):
    spec = importlib.util.spec_from_file_location("written_test", recipe / "test_recipe.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.test_the_example_is_converted_and_passes_the_checks(tmp_path)
    assert list(tmp_path.rglob("*.nwb"))


def test_the_readme_maps_sources_to_objects(recipe):
    text = (recipe / "README.md").read_text()
    assert "`{subject_id}/{session_id}/trials.csv` | `trials` (TimeIntervals) |" in text


def test_ids_in_names_become_fields(tmp_path):
    day = tmp_path / "rat7" / "2024-05-01"
    day.mkdir(parents=True)
    (day / "rat7_2024-05-01_trials.csv").write_text("start_time,stop_time\n1,2\n")
    write_recipe(tmp_path / "mine", ["CsvTimeIntervals"], day)
    content = yaml.safe_load((tmp_path / "mine/conversion.yaml").read_text())
    pattern = content["interfaces"]["CsvTimeIntervals"]["source_data"]["file_path"]
    assert pattern == "{subject_id}/{session_id}/{subject_id}_{session_id}_trials.csv"
    assert (tmp_path / "mine/sessions.csv").read_text().splitlines()[1] == "2024-05-01,rat7,,,,"


def test_a_recipe_is_never_overwritten(recipe, example):
    with pytest.raises(UsageError, match="the recipe exists"):
        write_recipe(recipe, INTERFACES, example)


def test_a_layout_must_be_fields(example, tmp_path):
    with pytest.raises(RecipeError, match="the layout is not a path of fields"):
        write_recipe(tmp_path / "mine", INTERFACES, example, layout="data/{session_id}")
