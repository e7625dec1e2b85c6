"""A folder gets its name when it is whole; until then the earlier one has it."""

import subprocess
import sys
from pathlib import Path

import pytest

from nwbgate.storage.atomic_folders import replacing_folder

KILLED = (
    "import os, sys; from pathlib import Path; from nwbgate.storage.atomic_folders import replacing_folder\n"
    "with replacing_folder(Path(sys.argv[1])) as folder:\n"
    "    (folder / 'a').write_text('half'); os.kill(os.getpid(), 9)"
)


def earlier(folder: Path) -> Path:
    target = folder / "pages"
    target.mkdir()
    (target / "a").write_text("older")
    return target


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_whole_folder_replaces_the_earlier_one(tmp_path):
    target = earlier(tmp_path)
    with replacing_folder(target) as folder:
        (folder / "b").write_text("newer")
        assert names(target) == ["a"]
    assert names(target) == ["b"]
    assert names(tmp_path) == ["pages"]


def fail_halfway(target: Path) -> None:
    with replacing_folder(target) as folder:
        (folder / "b").write_text("half")
        raise ZeroDivisionError


def lose_the_folder(target: Path) -> None:
    with replacing_folder(target) as folder:
        folder.rmdir()


def test_a_failure_leaves_the_earlier_one_and_nothing_else(tmp_path):
    target = earlier(tmp_path)
    with pytest.raises(ZeroDivisionError):
        fail_halfway(target)
    assert names(target) == ["a"]
    assert names(tmp_path) == ["pages"]


def test_a_refused_rename_gives_the_earlier_one_its_name_back(tmp_path):
    target = earlier(tmp_path)
    with pytest.raises(FileNotFoundError):
        lose_the_folder(target)
    assert names(target) == ["a"]


def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path):
    target = earlier(tmp_path)
    subprocess.run([sys.executable, "-c", KILLED, target], check=False)
    assert len(names(tmp_path)) == 2
    with replacing_folder(target) as folder:
        (folder / "b").write_text("newer")
    assert names(tmp_path) == ["pages"]


def test_what_a_live_writer_fills_is_kept(tmp_path):
    target = tmp_path / "pages"
    with replacing_folder(target) as first:
        with replacing_folder(target) as second:
            assert first.exists()
            (second / "b").write_text("second")
        (first / "a").write_text("first")
    assert names(target) == ["a"]


def test_an_earlier_folder_that_was_moved_away_gets_its_name_back(tmp_path):
    target = earlier(tmp_path)
    target.rename(tmp_path / ".pages.nwbgate-abcd1234.old")
    with pytest.raises(ZeroDivisionError):
        fail_halfway(target)
    assert names(target) == ["a"]
    assert names(tmp_path) == ["pages"]
