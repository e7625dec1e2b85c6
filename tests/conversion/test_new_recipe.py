"""A recipe written from an example runs at once."""

import importlib.util
import shutil

import pandas as pd
import pytest
import yaml
from PIL import Image

from nwbgate.cli import main
from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.new_recipe import write_recipe
from nwbgate.conversion.recipes.recipe import load_recipe
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


@pytest.fixture
def unfinished(tmp_path, capsys):
    """A recipe, and what is printed of it, of an interface whose arguments only a person knows."""
    day = tmp_path / "lab" / "anna" / "day1"
    day.mkdir(parents=True)
    (day / "events.csv").write_text("time,kind\n1.5,lick\n")
    recipe = ["init", "recipe", str(tmp_path / "mine"), "--interfaces", "CSVEvents", "--example", str(day)]
    assert main(recipe) == 0
    return tmp_path / "mine", capsys.readouterr().out


def test_arguments_that_only_a_person_knows_are_named_and_refused(unfinished):
    folder, printed = unfinished
    path = folder / "conversion.yaml"
    line = next(at for at, text in enumerate(path.read_text().splitlines(), 1) if "FILL IN" in text)
    assert f"fill in {path}:{line}: timestamps_column" in printed
    assert "`timestamps_column` of `CSVEvents`" in (folder / "README.md").read_text()
    with pytest.raises(RecipeError, match="a value is not filled in") as error:
        load_recipe(folder)
    assert "interfaces.CSVEvents.source_data.timestamps_column, and 1 more" in error.value.where


def test_a_recipe_that_is_filled_in_is_read(unfinished):
    folder, _ = unfinished
    path = folder / "conversion.yaml"
    path.write_text(path.read_text().replace("FILL IN", "30.0"))
    assert load_recipe(folder).metadata["NWBFile"]["keywords"]


def test_a_text_of_the_template_is_no_metadata(recipe, tmp_path):
    copy = shutil.copytree(recipe, tmp_path / "copy")
    path = copy / "metadata.yaml"
    path.write_text(path.read_text().replace("  # institution:", "  institution:").replace("  # lab:", "  lab:"))
    with pytest.raises(RecipeError, match="not filled in") as error:
        load_recipe(copy).metadata  # noqa: B018
    assert (error.value.where, error.value.got) == (f"{path}: NWBFile.institution, and 1 more", "University of ...")


def test_a_list_of_paths_becomes_a_pattern(tmp_path):
    day = tmp_path / "lab" / "anna" / "day1"
    day.mkdir(parents=True)
    Image.new("L", (4, 3)).save(day / "cortex.png")
    write_recipe(tmp_path / "mine", ["Image"], day)
    content = yaml.safe_load((tmp_path / "mine/conversion.yaml").read_text())
    assert content["interfaces"]["Image"]["source_data"] == {"file_paths": ["{subject_id}/{session_id}/cortex.png"]}
    table = tmp_path / "mine/sessions.csv"
    table.write_text(
        "session_id,subject_id,session_start_time,species,sex,age\n"
        "day1,anna,2024-01-01T12:00:00+00:00,Mus musculus,U,P90D\n"
    )
    (outcome,) = convert_batch(tmp_path / "mine", [tmp_path / "lab"], tmp_path / "nwb", sessions=table)
    assert (outcome.status, outcome.reason) == ("converted", "")


def test_a_number_that_the_source_does_not_hold_is_to_be_filled_in(tmp_path):
    day = tmp_path / "lab" / "anna" / "day1"
    day.mkdir(parents=True)
    names = (["scorer", *["net"] * 3], ["bodyparts", *["nose"] * 3], ["coords", "x", "y", "likelihood"])
    rows = [[str(frame), "1.0", "2.0", "0.9"] for frame in range(20)]
    (day / "noseDLC.csv").write_text("\n".join(",".join(row) for row in (*names, *rows)))
    write_recipe(tmp_path / "mine", ["DeepLabCut"], day)
    path = tmp_path / "mine/conversion.yaml"
    source = yaml.safe_load(path.read_text())["interfaces"]["DeepLabCut"]["source_data"]
    assert source == {"file_path": "{subject_id}/{session_id}/noseDLC.csv", "sampling_frequency": "FILL IN"}


def test_a_source_that_is_not_read_is_named_with_the_reason(tmp_path):
    day = tmp_path / "lab" / "anna" / "day1"
    day.mkdir(parents=True)
    (day / "trials.csv").write_text("begin,end\n1,2\n")
    with pytest.raises(RecipeError, match="reads nothing in the example") as error:
        write_recipe(tmp_path / "mine", ["DeepLabCut"], day)
    assert "; trials.csv: " in error.value.got
