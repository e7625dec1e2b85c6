"""Many sessions: what is refused before anything is converted, and what is said about those that are."""

import os
from pathlib import Path

import pytest

from nwbgate.conversion.batches import ledger
from nwbgate.conversion.batches.batch import convert_batch, prepare, run_batch
from nwbgate.conversion.batches.task import Settings
from nwbgate.conversion.recipes.recipe import load_recipe
from nwbgate.errors import MetadataError, RecipeError, UsageError
from nwbgate.writing import provenance
from support.hostile_sources import HOSTILE_RECIPE, make_hostile
from support.maze_sources import THIRD_RECIPE, make_maze


def statuses(outcomes):
    return {outcome.session_id: outcome.status.value for outcome in outcomes}


@pytest.fixture
def mazes(tmp_path):
    for number in range(3):
        make_maze(tmp_path / "sources" / f"s{number}.csv", subject=f"rat{number}", seed=number)
    return tmp_path / "sources"


def test_every_session_of_a_folder_is_converted_in_order(mazes, tmp_path):
    seen = []
    found = convert_batch(THIRD_RECIPE, [mazes], tmp_path / "nwb", notify=seen.append)
    assert statuses(found) == {"s0": "converted", "s1": "converted", "s2": "converted"}
    assert seen == found
    written = sorted(path.relative_to(tmp_path / "nwb").as_posix() for path in tmp_path.glob("nwb/*/*.nwb"))
    assert written == [f"sub-rat{number}/sub-rat{number}_ses-s{number}_behavior.nwb" for number in range(3)]


def test_outcomes_of_processes_come_in_the_order_of_the_sessions(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="large", b="fine", c="fine", d="exclude")
    found = convert_batch(HOSTILE_RECIPE, [folder], tmp_path / "nwb", jobs=2)
    assert [outcome.session_id for outcome in found] == ["a", "b", "c", "d"]


def test_a_second_run_converts_what_changed_and_nothing_else(mazes, tmp_path):
    recipe = load_recipe(THIRD_RECIPE)
    convert_batch(recipe, [mazes], tmp_path / "nwb")
    make_maze(mazes / "s1.csv", subject="rat1", seed=9)
    found = convert_batch(recipe, [mazes], tmp_path / "nwb")
    assert statuses(found) == {"s0": "skipped", "s1": "converted", "s2": "skipped"}
    (tmp_path / "nwb" / "sub-rat2" / "sub-rat2_ses-s2_behavior.nwb").unlink()
    found = convert_batch(recipe, [mazes], tmp_path / "nwb")
    assert statuses(found) == {"s0": "skipped", "s1": "skipped", "s2": "converted"}


def test_other_metadata_convert_everything_anew(mazes, tmp_path):
    convert_batch(THIRD_RECIPE, [mazes], tmp_path / "nwb")
    found = convert_batch(THIRD_RECIPE, [mazes], tmp_path / "nwb", metadata={"Subject": {"sex": "F"}})
    assert set(statuses(found).values()) == {"converted"}


def test_every_outcome_that_is_news_is_in_the_ledger(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="refuse", c="exclude")
    for _ in range(2):
        convert_batch(HOSTILE_RECIPE, [folder], tmp_path / "nwb")
    found = [(entry["session_id"], entry["status"]) for entry in ledger.read(tmp_path / "nwb")]
    assert found == [("a", "converted"), ("b", "failed"), ("c", "excluded"), ("b", "failed"), ("c", "excluded")]


def test_a_dry_run_leaves_no_trace(mazes, tmp_path):
    found = convert_batch(THIRD_RECIPE, [mazes], tmp_path / "nwb", settings=Settings(dry_run=True))
    assert set(statuses(found).values()) == {"would convert"}
    assert not (tmp_path / "nwb").exists()


def test_a_dry_run_does_not_touch_a_ledger_that_is_there(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="refuse", c="exclude")
    convert_batch(HOSTILE_RECIPE, [folder], tmp_path / "nwb")
    before = ledger.read(tmp_path / "nwb")
    found = convert_batch(HOSTILE_RECIPE, [folder], tmp_path / "nwb", settings=Settings(dry_run=True))
    assert statuses(found) == {"a": "skipped", "b": "failed", "c": "excluded"}
    assert ledger.read(tmp_path / "nwb") == before


def test_a_ledger_that_cannot_be_written_is_said_once_and_stops_nothing(mazes, tmp_path):
    (tmp_path / "nwb" / ledger.FILE_NAME).mkdir(parents=True)
    found = convert_batch(THIRD_RECIPE, [mazes], tmp_path / "nwb")
    assert set(statuses(found).values()) == {"converted"}
    assert [bool(outcome.remarks) for outcome in found] == [True, False, False]
    assert "ledger" in found[0].remarks[0]


def test_metadata_may_be_a_yaml_file(mazes, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("NWBFile: {lab: My lab}\n")
    (first, *_) = convert_batch(THIRD_RECIPE, [mazes], tmp_path / "nwb", metadata=path)
    assert first.status == "converted"
    digest = provenance.read(first.path)["metadata_sha256"]
    path.write_text("NWBFile: {lab: Your lab}\n")
    (first, *_) = convert_batch(THIRD_RECIPE, [mazes], tmp_path / "nwb", metadata=path)
    assert provenance.read(first.path)["metadata_sha256"] != digest


@pytest.mark.parametrize("text", ["NWBFile: {labb: x}", "Subjekt: {sex: F}", "NWBFile: 1", "a: 1\na: 2"])
def test_wrong_metadata_are_refused_before_anything_is_converted(text, mazes, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(MetadataError) as refused:
        convert_batch(THIRD_RECIPE, [mazes], tmp_path / "nwb", metadata=path)
    assert str(path) in refused.value.where
    assert not (tmp_path / "nwb").exists()


def test_wrong_metadata_of_the_recipe_are_refused_with_their_file(mazes, tmp_path):
    folder = tmp_path / "recipe"
    folder.mkdir()
    for path in THIRD_RECIPE.iterdir():
        if path.is_file():
            (folder / path.name).write_text(path.read_text())
    (folder / "metadata.yaml").write_text("Subject: {sexx: F}")
    with pytest.raises(MetadataError, match="sexx") as refused:
        prepare(folder, [mazes], tmp_path / "nwb")
    assert refused.value.where == str(folder / "metadata.yaml")


def test_metadata_are_held_against_the_first_source_that_can_be_read(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="refuse", b="exclude", c="fine")
    with pytest.raises(MetadataError, match="labb"):
        prepare(HOSTILE_RECIPE, [folder], tmp_path / "nwb", metadata={"NWBFile": {"labb": "x"}})
    (folder / "c.txt").unlink()
    tasks = prepare(HOSTILE_RECIPE, [folder], tmp_path / "nwb", metadata={"NWBFile": {"labb": "x"}})
    assert statuses(run_batch(tasks)) == {"a": "failed", "b": "excluded"}


def test_metadata_that_are_no_sections_are_refused_even_where_no_source_can_be_read(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="refuse")
    with pytest.raises(MetadataError, match="NWBFile"):
        prepare(HOSTILE_RECIPE, [folder], tmp_path / "nwb", metadata={"NWBFile": 1})


def test_a_recipe_whose_plan_does_not_fit_its_converter_is_refused(mazes, tmp_path):
    folder = tmp_path / "recipe"
    folder.mkdir()
    for path in THIRD_RECIPE.iterdir():
        if path.is_file():
            (folder / path.name).write_text(path.read_text().replace("  Positions: {", "  Position: {"))
    with pytest.raises(RecipeError, match="Positions"):
        prepare(folder, [mazes], tmp_path / "nwb")


def test_two_sources_of_one_file_are_refused(tmp_path):
    sources = [make_maze(tmp_path / name / "s1.csv", subject="rat7") for name in ("monday", "tuesday")]
    with pytest.raises(UsageError, match="one output file") as refused:
        prepare(THIRD_RECIPE, sources, tmp_path / "nwb")
    assert all(str(source) in refused.value.got for source in sources)


def test_two_sources_of_one_name_and_two_subjects_are_two_sessions(tmp_path):
    sources = [make_maze(tmp_path / name / "s1.csv", subject=name) for name in ("monday", "tuesday")]
    found = convert_batch(THIRD_RECIPE, sources, tmp_path / "nwb")
    assert [outcome.status for outcome in found] == ["converted", "converted"]
    assert len({outcome.path for outcome in found}) == 2


def test_sessions_that_a_plan_gives_one_name_are_refused(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="fine")
    with pytest.raises(UsageError, match="one output file"):
        prepare(HOSTILE_RECIPE, [folder], tmp_path / "nwb", options={"same": True})
    make_hostile(folder, b="exclude")
    assert len(prepare(HOSTILE_RECIPE, [folder], tmp_path / "nwb", options={"same": True})) == 2


def test_the_number_of_jobs_is_positive(mazes, tmp_path):
    with pytest.raises(UsageError, match="jobs"):
        convert_batch(THIRD_RECIPE, [mazes], tmp_path / "nwb", jobs=0)


@pytest.mark.parametrize("kind", ["a file in the way", "a folder without permission"])
def test_an_output_folder_that_cannot_be_written_fails_the_sessions(kind, mazes, tmp_path):
    output = tmp_path / "nwb"
    if kind == "a file in the way":
        output.write_text("mine")
    else:
        output.mkdir()
        output.chmod(0o500)
        if os.access(output, os.W_OK):
            pytest.skip("this user may write anywhere")
    found = convert_batch(THIRD_RECIPE, [mazes], output)
    assert set(statuses(found).values()) == {"failed"}
    assert all("what to do" in outcome.reason for outcome in found)
    assert not any(outcome.broke for outcome in found)


def test_sources_and_output_may_be_relative_paths(mazes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (first, *_) = convert_batch(str(THIRD_RECIPE), ["sources"], "nwb")
    assert first.path == Path.cwd() / "nwb" / "sub-rat0" / "sub-rat0_ses-s0_behavior.nwb"
