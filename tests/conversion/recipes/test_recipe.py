"""A folder with a `conversion.yaml`: what it may say, what is made of it, and how a wrong one is refused."""

import shutil
from pathlib import Path

import pytest
import yaml

from nwbgate.conversion.recipes.recipe import load_recipe, shipped_recipes
from nwbgate.errors import RecipeError, UsageError
from support.closed_folder import closed_folder
from support.maze_sources import THIRD_RECIPE, make_maze

MINIMAL = {
    "title": "Numbers",
    "converter": "lab.py:Numbers",
    "sources": {"pattern": "*.txt"},
    "source_data": {"Numbers": {"file_path": "{source}"}},
    "output": "{session_id}.nwb",
}
LAB = """
from dataclasses import dataclass
from nwbgate.errors import TableError
from nwbgate.interfaces.plan import SessionPlan

@dataclass
class Numbers:
    file_path: str
    shift: float = 0.0
    unit: str = "volts"

def plan(sources, options):
    return [SessionPlan("all", tuple(sources), {}, {"shift": options.get("shift")})]

def refuse(sources, options):
    raise TableError("no such row")

def crash(sources, options):
    raise KeyError("nothing")
"""


@pytest.fixture
def recipe(tmp_path):
    """Write a recipe, changed as asked, and load it."""

    def write(*, lab=LAB, **changes):
        folder = tmp_path / "numbers"
        folder.mkdir(exist_ok=True)
        content = {key: value for key, value in {**MINIMAL, **changes}.items() if value is not None}
        (folder / "conversion.yaml").write_text(yaml.safe_dump(content))
        if lab:
            (folder / "lab.py").write_text(lab)
        return load_recipe(folder)

    return write


@pytest.fixture
def sources(tmp_path):
    folder = tmp_path / "sources"
    for name in ("b.txt", "a.txt", "deep/er/c.txt", "notes.md", ".hidden.txt", ".snapshot/hourly.0/a.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1\n")
    return folder


def test_shipped_recipes_are_found_by_name_with_hyphens_or_underscores():
    for name, folder in shipped_recipes().items():
        assert load_recipe(name).path.parent == folder.resolve()
        assert load_recipe(name.replace("_", "-")) == load_recipe(name)
    assert shipped_recipes()


def test_an_unknown_name_is_refused_with_the_nearest():
    name = next(iter(shipped_recipes()))
    with pytest.raises(RecipeError) as refused:
        load_recipe(name[:-1])
    assert name.replace("_", "-") in refused.value.fix
    assert name.replace("_", "-") in refused.value.expected


def test_a_folder_without_a_recipe_is_named(tmp_path):
    with pytest.raises(RecipeError, match=r"conversion\.yaml") as refused:
        load_recipe(tmp_path)
    assert str(tmp_path) in refused.value.where


def test_files_are_taken_as_they_are_and_folders_are_searched(recipe, sources):
    loaded = recipe()
    assert loaded.find_sources([sources]) == [sources / "a.txt", sources / "b.txt", sources / "deep" / "er" / "c.txt"]
    assert loaded.find_sources([sources / "notes.md"]) == [sources / "notes.md"]


def test_a_source_that_is_named_twice_counts_once(recipe, sources, monkeypatch):
    monkeypatch.chdir(sources)
    found = recipe().find_sources([sources / "b.txt", Path("b.txt"), sources / "deep" / ".." / "b.txt", sources])
    assert [path.name for path in found] == ["b.txt", "a.txt", "c.txt"]


def test_a_source_that_does_not_exist_is_a_usage_error(recipe, tmp_path):
    with pytest.raises(UsageError, match="does not exist") as refused:
        recipe().find_sources([tmp_path / "gone.txt"])
    assert refused.value.exit_code == 2


def test_a_folder_that_cannot_be_listed_is_refused_for_sources_may_be_in_it(recipe):
    loaded = recipe()
    with closed_folder("a.txt") as closed, pytest.raises(UsageError, match="cannot read") as refused:
        loaded.find_sources([closed.parent])
    assert (refused.value.where, refused.value.got) == (str(closed), "Permission denied")


def test_a_folder_without_matches_says_the_pattern(recipe, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UsageError, match=r"\*\.txt"):
        recipe().find_sources([empty])


def test_without_a_planner_each_file_is_a_session(recipe, sources):
    first, *_ = recipe().plan([sources / "a.txt", sources / "b.txt"])
    assert first.session_id == "a"
    assert first.sources == (sources / "a.txt",)
    assert first.source_data == {"Numbers": {"file_path": str(sources / "a.txt")}}
    assert first.metadata == {"NWBFile": {"session_id": "a"}}


def test_options_fill_source_data_and_keep_their_type(recipe, sources):
    template = {
        "Numbers": {"file_path": "{source}", "shift": "{shift}", "unit": "milli{unit}", "fixed": [1, "{source}"]}
    }
    options = {"properties": {"shift": {"type": "number"}, "unit": {"default": "volts"}}}
    loaded = recipe(source_data=template, options=options)
    source = str(sources / "a.txt")
    (plan,) = loaded.plan([sources / "a.txt"], {"shift": 0.5})
    expected = {"file_path": source, "shift": 0.5, "unit": "millivolts", "fixed": [1, source]}
    assert plan.source_data["Numbers"] == expected
    (plan,) = loaded.plan([sources / "a.txt"], {"shift": None, "unit": "amperes"})
    assert "shift" not in plan.source_data["Numbers"]
    assert plan.source_data["Numbers"]["unit"] == "milliamperes"


def test_a_planner_gets_sources_and_options(recipe, sources):
    loaded = recipe(planner="lab.py:plan", options={"properties": {"shift": {"type": "number", "default": 1.5}}})
    (plan,) = loaded.plan([sources / "a.txt", sources / "b.txt"])
    assert len(plan.sources) == 2
    assert plan.metadata == {"shift": 1.5}


def test_a_planners_own_errors_pass_and_its_faults_are_the_recipes(recipe, sources):
    with pytest.raises(UsageError, match="no such row"):
        recipe(planner="lab.py:refuse").plan([sources / "a.txt"])
    with pytest.raises(RecipeError, match="KeyError") as refused:
        recipe(planner="lab.py:crash").plan([sources / "a.txt"])
    assert "planner" in refused.value.where


def test_the_converter_is_loaded_from_a_file_beside_the_recipe_or_from_a_module(recipe):
    assert recipe().converter.__name__ == "Numbers"
    assert recipe(converter="pathlib:Path").converter is Path


def test_two_recipes_may_each_have_a_file_of_one_name(recipe, tmp_path):
    first = recipe().converter
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "numbers", other)
    assert load_recipe(other).converter is not first


@pytest.mark.parametrize(
    ("converter", "lab", "said"),
    [
        ("lba.py:Numbers", LAB, "lab.py"),
        ("lab.py:Nubmers", LAB, "Numbers"),
        ("no_such_package.lab:Numbers", LAB, "no_such_package"),
        ("lab.py:Numbers", "import no_such_package", "no_such_package"),
        ("lab.py:Numbers", "1 / 0", "ZeroDivisionError"),
        ("lab.py:Numbers", "def (", "SyntaxError"),
    ],
)
def test_python_that_cannot_be_had_is_a_recipe_error(converter, lab, said, recipe):
    loaded = recipe(converter=converter, lab=lab)
    with pytest.raises(RecipeError, match=said) as refused:
        _ = loaded.converter
    assert "conversion.yaml" in refused.value.where


def test_a_module_that_fails_while_imported_is_a_recipe_error(recipe, tmp_path, monkeypatch):
    (tmp_path / "failing_lab.py").write_text("raise ValueError('not today')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RecipeError, match="not today"):
        _ = recipe(converter="failing_lab:Numbers").converter


def test_a_single_interface_and_a_converter_are_built_from_a_plan(recipe, sources, tmp_path):
    loaded = recipe()
    (plan,) = loaded.plan([sources / "a.txt"])
    assert loaded.build(plan).file_path == str(sources / "a.txt")
    maze = load_recipe(THIRD_RECIPE)
    (plan,) = maze.plan([make_maze(tmp_path / "s1.csv")])
    assert list(maze.build(plan).data_interface_objects) == ["Positions"]
    assert plan.source_data == {"Positions": {"file_path": str(tmp_path / "s1.csv")}}


def test_an_interface_that_the_converter_does_not_have_is_refused(recipe, sources):
    loaded = recipe(source_data={"Nubmers": {"file_path": "{source}"}})
    (plan,) = loaded.plan([sources / "a.txt"])
    with pytest.raises(RecipeError) as refused:
        loaded.build(plan)
    assert "Numbers" in refused.value.fix


@pytest.mark.parametrize(
    ("changes", "named", "meant"),
    [
        ({"converte": "x:Y"}, "converte", "converter"),
        ({"sources": {"patern": "*.x"}}, "sources.patern", "pattern"),
        ({"options": {"property": {}}}, "options.property", "properties"),
        ({"options": {"properties": {"a": {"descripton": "x"}}}}, "options.properties.a.descripton", "description"),
    ],
)
def test_a_wrong_key_is_named_with_the_one_that_was_meant(changes, named, meant, recipe):
    if "sources" in changes:
        changes = {"sources": {"pattern": "*", **changes["sources"]}}
    with pytest.raises(RecipeError) as refused:
        recipe(**changes)
    assert repr(named) in refused.value.what
    assert repr(meant) in refused.value.fix


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": None}, "title"),
        ({"converter": "no colon"}, "converter"),
        ({"sources": {"pattern": ""}}, "sources.pattern"),
        ({"output": "{session_id}.h5"}, "output"),
        ({"output": "{animal}.nwb"}, "output"),
        ({"options": {"properties": {"a": {"type": "date"}}}}, "options.properties.a.type"),
    ],
)
def test_a_wrong_value_is_named_by_its_key(changes, said, recipe):
    with pytest.raises(RecipeError) as refused:
        recipe(**changes)
    assert said in refused.value.what


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        (
            "title: t\nconverter: lab.py:Numbers\nsources: {pattern: '*'}\nouput: a.nwb\n",
            "unknown key 'ouput'",
            "did you mean 'output'?",
        ),
        ("title: t\nconverter: lab.py:Numbers\nsources: {pattern: '*'}\n", "key 'output' is missing", "add the key"),
    ],
)
def test_a_misspelt_key_is_named_before_the_one_that_is_missing_for_it(text, what, fix, tmp_path):
    (tmp_path / "conversion.yaml").write_text(text)
    with pytest.raises(RecipeError) as refused:
        load_recipe(tmp_path)
    assert what in refused.value.what
    assert refused.value.fix == fix


def test_an_option_beside_properties_is_told_where_it_belongs(recipe):
    with pytest.raises(RecipeError) as refused:
        recipe(options={"unit": {"type": "string"}})
    assert refused.value.fix == "write it below the key properties: {properties: {unit: ...}}"
    with pytest.raises(RecipeError) as refused:
        recipe(options={"property": {"unit": {"type": "string"}}})
    assert refused.value.fix == "did you mean 'properties'?"


def test_an_option_that_nothing_uses_is_refused(recipe):
    with pytest.raises(RecipeError, match="shift"):
        recipe(options={"properties": {"shift": {"type": "number"}}})


def test_a_word_that_nothing_stands_for_is_refused_with_the_nearest(recipe):
    with pytest.raises(RecipeError, match=r"the word \{sorce\} is undefined") as refused:
        recipe(source_data={"Numbers": {"file_path": "{sorce}"}})
    assert refused.value.fix == "did you mean 'source'?"
    assert recipe(source_data={"Numbers": {"file_path": "{source}", "pattern": "a{3}"}})


@pytest.mark.parametrize("body", ["[{'session_id': 'a'}]", "sources", "[SessionPlan('a', (str(sources[0]),), {})]"])
def test_what_a_planner_returns_is_plans(body, recipe, sources, tmp_path):
    loaded = recipe(planner="plan.py:plan")
    text = f"from nwbgate.interfaces.plan import SessionPlan\ndef plan(sources, options):\n    return {body}\n"
    (loaded.path.parent / "plan.py").write_text(text)
    with pytest.raises(RecipeError, match="did not return plans") as refused:
        loaded.plan([sources / "a.txt"])
    assert refused.value.where.endswith("conversion.yaml: planner")


def test_metadata_are_read_from_the_file_that_the_recipe_names(recipe, tmp_path):
    assert recipe().metadata == {}
    loaded = recipe(metadata="about.yaml")
    with pytest.raises(RecipeError, match=r"about\.yaml"):
        _ = loaded.metadata
    (tmp_path / "numbers" / "about.yaml").write_text("NWBFile: {lab: Maze lab}")
    assert recipe(metadata="about.yaml").metadata == {"NWBFile": {"lab": "Maze lab"}}
