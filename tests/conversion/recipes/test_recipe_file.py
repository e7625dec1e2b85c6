"""The keys of a recipe of interfaces."""

import pytest

from nwbgate.conversion.recipes.recipe_file import read_recipe_file
from nwbgate.errors import RecipeError

RECIPE = """\
title: Trials
interfaces:
  Trials: {interface: CsvTimeIntervalsInterface, source_data: {file_path: "{session_id}/trials.csv"}}
output: "{session_id}.nwb"
"""


def recipe(folder, old="", new=""):
    path = folder / "conversion.yaml"
    assert old in RECIPE
    path.write_text(RECIPE.replace(old, new) if old else RECIPE)
    return path


def test_a_recipe_of_interfaces_is_read(tmp_path):
    content = read_recipe_file(recipe(tmp_path))
    assert content.interfaces["Trials"].source_data == {"file_path": "{session_id}/trials.csv"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("interface: Csv", "interfase: Csv", r"unknown key 'interfaces\.Trials\.interfase'(?s:.*)'interface'"),
        ("}}", "}, alignment: {shfit: 1}}", r"did you mean 'shift'"),
        ("}}", "}, alignment: {clock: {file_path: a, colum: b}}}", r"did you mean 'column'"),
        ("}}", "}, alignment: {shift: 1, sync: A}}", "give one of shift, clock and sync"),
        ("}}", "}, alignment: {sync: Trails}}", "no interface 'Trails' to synchronise with"),
        ("title: Trials", "title: Trials\nconverter: a:B\nsources: {pattern: a}", "either a converter or interfaces"),
        ("title: Trials\n", "title: Trials\nsource_data: {Trials: {}}\n", "'source_data' has no meaning"),
    ],
    ids=["entry", "alignment", "clock", "two ways", "sync", "both", "misplaced"],
)  # fmt: skip
def test_a_wrong_key_is_named_with_the_nearest(tmp_path, old, new, message):
    with pytest.raises(RecipeError, match=message):
        read_recipe_file(recipe(tmp_path, old, new))
