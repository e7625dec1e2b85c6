"""Recordings are converted once they are whole, each once, and failed ones again when they change."""

import fcntl
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from nwbgate.conversion.batches.batch import prepare
from nwbgate.conversion.batches.task import Settings
from nwbgate.conversion.batches.watch import SourcesAtRest, watch
from nwbgate.conversion.recipes.recipe import NoSourcesError
from support.maze_sources import THIRD_RECIPE, make_maze


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sources").mkdir()
    return tmp_path


def plan(folder: Path):
    try:
        return prepare(THIRD_RECIPE, [folder / "sources"], folder / "nwb", settings=Settings(check=False))
    except NoSourcesError:
        return []


def watched(folder: Path, looks: int, settle: float = 0.2) -> list[tuple[str, str]]:
    """Watch for a number of looks, which then are interrupted."""
    left = iter(range(looks))

    def wait(seconds: float) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        time.sleep(seconds)

    return [(one.session_id, str(one.status)) for one in watch(partial(plan, folder), settle=settle, wait=wait)]


def test_a_recording_is_converted_when_its_slow_writer_is_done(folder):
    content = make_maze(folder / "made.csv", subject="rat0").read_bytes()
    written = []

    def write_slowly() -> None:
        with (folder / "sources" / "s0.csv").open("wb", buffering=0) as file:
            for start in range(0, len(content), len(content) // 8):
                file.write(content[start : start + len(content) // 8])
                time.sleep(0.08)
        written.append(time.monotonic())

    writer = threading.Thread(target=write_slowly)
    writer.start()
    ended = []
    for outcome in watch(partial(plan, folder), settle=0.3):
        ended.append((outcome.session_id, str(outcome.status)))
        assert time.monotonic() - written[0] > 0.2
        break
    writer.join()
    assert ended == [("s0", "converted")]


def test_an_empty_folder_is_waited_for_and_each_recording_is_converted_once(folder):
    assert watched(folder, looks=2) == []
    for number in range(2):
        make_maze(folder / "sources" / f"s{number}.csv", subject=f"rat{number}")
    assert watched(folder, looks=8) == [("s0", "converted"), ("s1", "converted")]
    assert watched(folder, looks=8) == []  # started again: both are up to date


def test_a_failed_recording_is_tried_again_when_it_changes(folder):
    source = folder / "sources" / "s0.csv"
    source.write_text("nothing of the kind\n")
    sources = SourcesAtRest(settle=1.0)
    assert sources.at_rest(plan(folder), 0.0) == []
    assert [task.plan.session_id for task in sources.at_rest(plan(folder), 1.0)] == ["s0"]
    assert sources.at_rest(plan(folder), 5.0) == []
    make_maze(source, subject="rat0")
    assert sources.at_rest(plan(folder), 6.0) == []
    assert [task.plan.session_id for task in sources.at_rest(plan(folder), 7.0)] == ["s0"]


def test_a_recording_that_its_writer_has_locked_is_left_alone(folder):
    source, sources = make_maze(folder / "sources" / "s0.csv", subject="rat0"), SourcesAtRest(settle=1.0)
    sources.at_rest(plan(folder), 0.0)
    with source.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert sources.at_rest(plan(folder), 2.0) == []
    assert len(sources.at_rest(plan(folder), 3.0)) == 1
