"""Every recipe that ships with nwbgate: its parts are there, its script runs, and its files pass the checks."""

import importlib.util
from pathlib import Path

import h5py
import pytest

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.metadata import validate
from nwbgate.conversion.recipes.recipe import load_recipe, shipped_recipes
from nwbgate.gate.written_file import WrittenCheck
from nwbgate.samples import SAMPLES
from nwbgate.writing import provenance
from support.places import TESTS

#: Each recipe converts its samples several times.
pytestmark = pytest.mark.slow

#: The recipes with a converter; those of interfaces are tried in test_own_datasets.py.
RECIPES = [name for name, folder in shipped_recipes().items() if load_recipe(folder).content.converter]
THIRD_RECIPE = TESTS / "support" / "third_recipe"


@pytest.fixture(scope="module", params=sorted(RECIPES))
def recipe(request):
    return load_recipe(request.param)


@pytest.fixture(scope="module")
def sources(recipe, tmp_path_factory):
    """The smallest sources that the recipe's sample can make."""
    sample = SAMPLES[recipe.name.replace("_", "-")]
    smallest = {"recordings": 2, "seconds": 4.0, "sampling_rate": 4000.0}
    options = {option.name: smallest[option.name] for option in sample.options if option.name in smallest}
    return sample.make(tmp_path_factory.mktemp(recipe.name) / "sources", **options)


def sessions(recipe, sources):
    """The files of each session that the sources hold."""
    return [plan.sources for plan in recipe.plan(sources)]


def nwb_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.nwb"))


def test_every_part_of_a_recipe_is_there(recipe):
    parts = {path.name for path in recipe.path.parent.iterdir()}
    assert parts >= {"conversion.yaml", "metadata.yaml", "README.md", "convert.py"}
    assert recipe.title


def test_its_script_is_short_and_converts(recipe, sources, tmp_path):
    script = recipe.path.parent / "convert.py"
    assert len(script.read_text().splitlines()) <= 40
    spec = importlib.util.spec_from_file_location("convert_script", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = sessions(recipe, sources)
    written = [Path(module.convert(first, tmp_path, *others)) for first, *others in found]
    assert sorted(written) == nwb_files(tmp_path)
    for path, files in zip(written, found, strict=True):
        WrittenCheck(path)(path)
        assert sorted(kept["name"] for kept in provenance.read(path)["sources"]) == sorted(file.name for file in files)


def test_its_script_and_the_recipe_write_the_same_place(recipe, sources, tmp_path):
    spec = importlib.util.spec_from_file_location("convert_script", recipe.path.parent / "convert.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = [module.convert(first, tmp_path / "a", *others) for first, *others in sessions(recipe, sources)]
    by_script = [Path(path).relative_to(tmp_path / "a") for path in written]
    outcomes = convert_batch(recipe, sources, tmp_path / "b")
    assert [outcome.path.relative_to(tmp_path / "b") for outcome in outcomes] == by_script


def test_its_sessions_are_converted_and_say_what_is_unknown(recipe, sources, tmp_path):
    outcomes, plans = convert_batch(recipe, sources, tmp_path), recipe.plan(sources)
    assert [outcome.status for outcome in outcomes] == ["converted"] * len(plans), outcomes[0].reason
    assert [outcome.status for outcome in convert_batch(recipe, sources, tmp_path)] == ["skipped"] * len(plans)
    for outcome in outcomes:
        with h5py.File(outcome.path) as file:
            notes = file["general/notes"].asstr()[()]
        assert ("nknown" in notes) == bool(outcome.unknown)


def test_its_metadata_fit_its_converter(recipe, sources):
    (plan, *_) = recipe.plan(sources)
    converter = recipe.build(plan)
    validate(recipe.metadata, converter.get_metadata_schema(), partial=True, sections=converter.get_metadata())


def test_a_recipe_of_another_lab_converts_with_nothing_of_it_in_src(tmp_path):
    source = tmp_path / "sources" / "day1.csv"
    source.parent.mkdir()
    source.write_text("# subject: rat7\n# start: 2024-05-01T10:00:00+00:00\ntime,x,y\n1.0,0,0\n1.1,1,2\n1.3,3,4\n")
    (outcome,) = convert_batch(THIRD_RECIPE, [source.parent], tmp_path / "nwb")
    assert outcome.status == "converted", outcome.reason
    assert outcome.path == tmp_path / "nwb" / "sub-rat7" / "sub-rat7_ses-day1_behavior.nwb"
    with h5py.File(outcome.path) as file:
        series = file["processing/behavior/Position/SpatialSeries"]
        assert series["data"][()].tolist() == [[0, 0], [1, 2], [3, 4]]
        assert series["timestamps"][()].tolist() == pytest.approx([0, 0.1, 0.3])
    package = Path(__import__("nwbgate").__file__).parent
    assert not [path for path in package.rglob("*.py") if "maze" in path.read_text().lower().replace("maze lab", "")]
