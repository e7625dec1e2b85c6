"""Sessions that the ledger tells are done are skipped without being opened; whatever changed is looked into."""

import json
import os
import shutil

import pytest

from nwbgate.conversion.batches import ledger
from nwbgate.conversion.batches.batch import convert_batch, prepare
from nwbgate.conversion.batches.done_sessions import DoneSessions
from nwbgate.conversion.batches.task import Settings
from support.maze_sources import THIRD_RECIPE, make_maze


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mazes")
    recipe = shutil.copytree(THIRD_RECIPE, folder / "recipe", ignore=shutil.ignore_patterns("__pycache__"))
    for number in range(2):
        make_maze(folder / "sources" / f"s{number}.csv", subject=f"rat{number}", seed=number)
    run(folder, recipe)
    return folder


@pytest.fixture
def folder(converted, tmp_path):
    """Return a copy with the times of the originals, of which the ledger knows that its sessions are done."""
    shutil.copytree(converted, tmp_path / "mazes")
    run(tmp_path / "mazes", tmp_path / "mazes" / "recipe")  # which tells the ledger about the copied files
    return tmp_path / "mazes"


def run(folder, recipe, **settings):
    done = {"settings": Settings(check=False, **settings)}
    return [str(one.status) for one in convert_batch(recipe, [folder / "sources"], folder / "nwb", **done)]


def known(folder, metadata=None, **settings):
    """Return the sessions that are told to be done before any of them is opened."""
    recipe, sources = folder / "recipe", [folder / "sources"]
    tasks = prepare(recipe, sources, folder / "nwb", metadata=metadata, settings=Settings(check=False, **settings))
    return [outcome.session_id for outcome in DoneSessions(tasks).outcomes(tasks)]


def test_sessions_of_a_finished_run_are_done(folder):
    lines = len(ledger.read(folder / "nwb"))
    assert known(folder) == ["s0", "s1"]
    assert run(folder, folder / "recipe") == ["skipped", "skipped"]
    assert len(ledger.read(folder / "nwb")) == lines  # nothing new is told of them


def touch_source(folder):
    os.utime(folder / "sources" / "s0.csv", ns=(1, 1))


def change_file(folder):
    path = next((folder / "nwb").glob("sub-rat0/*.nwb"))
    path.write_bytes(path.read_bytes() + b"more")


def remove_file(folder):
    next((folder / "nwb").glob("sub-rat0/*.nwb")).unlink()


def change_ledger(folder):
    path = folder / "nwb" / ledger.FILE_NAME
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    for entry in entries:
        if entry["session_id"] == "s0":
            entry["files"] = 7
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))


@pytest.mark.parametrize(
    "change", [touch_source, change_file, remove_file, change_ledger], ids=lambda one: one.__name__
)
def test_a_session_of_which_something_changed_is_looked_into(folder, change):
    change(folder)
    assert known(folder) == ["s1"]


def change_recipe(folder):
    path = folder / "recipe" / "conversion.yaml"
    path.write_text(path.read_text() + "\n# a comment\n")


def test_another_recipe_or_other_metadata_leave_nothing_done(folder):
    assert known(folder, metadata={"Subject": {"sex": "F"}}) == []
    change_recipe(folder)
    assert known(folder) == []
    assert run(folder, folder / "recipe") == ["skipped", "skipped"]  # by the provenance in the files
    assert known(folder) == ["s0", "s1"]


@pytest.mark.parametrize("setting", ["overwrite", "verify_sources"])
def test_settings_that_look_into_sessions_find_none_done(folder, setting):
    assert known(folder, **{setting: True}) == []


def test_what_a_killed_writer_left_of_a_done_session_is_removed(folder):
    file = next((folder / "nwb").glob("sub-rat0/*.nwb"))
    left = file.with_name(f".{file.name}.nwbgate-{'0' * 16}.nwb")
    left.write_bytes(b"half")
    assert known(folder) == ["s0", "s1"]
    assert not left.exists()
