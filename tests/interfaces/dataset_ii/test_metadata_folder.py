"""The folder of the dataset: its README says what the code does, its recipe plans, its script runs."""

import re
import runpy
from importlib.resources import files

import h5py
import pytest

from nwbgate.conversion.recipes.recipe import load_recipe
from nwbgate.interfaces.dataset_ii import DatasetIIConverter, plan_sessions
from nwbgate.interfaces.dataset_ii.metadata import DATASET
from nwbgate.interfaces.dataset_ii.recordings_table import COLUMNS
from nwbgate.interfaces.dataset_ii.source import THRESHOLD_KEYS
from nwbgate.interfaces.dataset_metadata import shipped_metadata

FOLDER = files("nwbgate.conversions") / "dataset_ii"


@pytest.fixture(scope="module")
def readme() -> str:
    return (FOLDER / "README.md").read_text(encoding="utf-8")


def section(readme: str, title: str) -> str:
    return readme.split(f"## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def test_the_readme_maps_every_variable(readme, recording):
    table = section(readme, "Where each source variable goes")
    with h5py.File(recording) as file:
        for variable in {*file, *THRESHOLD_KEYS}:
            assert f"`{variable}`" in table, variable


def test_every_object_that_the_readme_names_is_in_the_file(readme, recording, tmp_path):
    text = section(readme, "Where each source variable goes") + section(readme, "The other objects of the file")
    paths = set(re.findall(r"`(/[\w/]+)`", text))
    DatasetIIConverter.from_file(recording).run_conversion(nwbfile_path=str(tmp_path / "1.nwb"))
    with h5py.File(tmp_path / "1.nwb") as file:
        assert len(paths) >= 15
        assert [path for path in sorted(paths) if path not in file] == []


def test_the_readme_names_every_genotype_with_what_follows(readme):
    for genotype, facts in shipped_metadata(DATASET)["Genotypes"].items():
        row = f"| {genotype} | {facts['short_name']} | {facts['indicator']} | {facts['age']} |"
        assert row in readme


def test_the_readme_names_every_column_and_every_unknown_value(readme):
    part = section(readme, "What is unknown, and what stands in its place")
    for column in COLUMNS:
        assert f"`{column}`" in part, column
    rows = [line for line in part.splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(shipped_metadata(DATASET)["Unknown"])


def test_the_recipe_plans_with_the_table_of_the_readme(readme, make, tmp_path):
    table = tmp_path / "recordings.csv"
    table.write_text(re.search(r"```\n(recording_id,.*?)```", readme, re.DOTALL).group(1))
    sources = [make(name) for name in ("102956", "102957", "103001")]
    plans = load_recipe("dataset-ii").plan(sources, {"recordings": str(table)})
    assert plans == plan_sessions(sources, {"recordings": str(table)})
    assert [plan.excluded for plan in plans] == ["", "", "pipette lost the cell"]
    assert plans[0].remarks == ("shares neuron n3 with 102957", "shares subject m17 with 102957")


def test_the_recipe_is_the_shipped_metadata_and_our_converter(recording):
    recipe = load_recipe("dataset_ii")
    assert recipe.metadata == shipped_metadata(DATASET)
    assert recipe.converter is DatasetIIConverter
    own = DatasetIIConverter.from_file(recording).get_metadata()
    for section_name, content in recipe.metadata.items():
        for key, value in content.items():
            assert section_name == "Ophys" or own[section_name][key] == value  # merging it again changes nothing


def test_the_script_is_short_and_converts(recording, tmp_path):
    script = FOLDER / "convert.py"
    assert len(script.read_text().splitlines()) <= 40
    path = runpy.run_path(str(script))["convert"](recording, tmp_path, ophys_shift=0.02)
    assert path == tmp_path / "sub-oephys-103991" / "sub-oephys-103991_ses-103991_ecephys+ophys.nwb"
    with h5py.File(path) as file:
        assert file["processing/ophys/DfOverF/RoiResponseSeries/starting_time"][()] == 0.02
