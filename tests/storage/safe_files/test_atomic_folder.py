"""A folder gets its name only when it is whole, and a killed writer's folder is removed by the next."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nwbgate.errors import WriteError
from nwbgate.storage.safe_files.atomic_folder import replacing_folder, replacing_store
from nwbgate.storage.safe_files.leftovers import remove_leftovers


def fill(folder, text="new"):
    (folder / ".zgroup").write_text("{}")
    (folder / "data").mkdir()
    (folder / "data" / "0.0").write_text(text)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "sub-m1" / "a.nwb.zarr"


def test_a_folder_is_there_only_when_it_is_whole(target):
    with replacing_store(target, overwrite=False) as temporary:
        fill(temporary)
        assert not target.exists()
        assert temporary.name.startswith(".a.nwb.zarr.nwbgate-")
    assert (target / "data/0.0").read_text() == "new"
    assert [*target.parent.iterdir()] == [target]


def test_what_fails_leaves_the_old_store_and_nothing_else(target):
    with replacing_store(target, overwrite=False) as temporary:
        fill(temporary, "old")
    with pytest.raises(FileNotFoundError), replacing_store(target, overwrite=True) as temporary:
        (temporary / "data").rmdir()
    assert (target / "data/0.0").read_text() == "old"
    assert [*target.parent.iterdir()] == [target]


def test_a_store_is_replaced_only_where_allowed(target):
    with replacing_store(target, overwrite=False) as temporary:
        fill(temporary, "old")
    with pytest.raises(WriteError, match="exists already"), replacing_store(target, overwrite=False):
        pass
    with replacing_store(target, overwrite=True) as temporary:
        fill(temporary)
    assert (target / "data/0.0").read_text() == "new"
    assert [*target.parent.iterdir()] == [target]


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_no_store_is_never_replaced(target, kind):
    target.parent.mkdir()
    if kind == "folder":
        target.mkdir()
        (target / "mine.txt").touch()
    elif kind == "file":
        target.touch()
    else:
        target.symlink_to(target.parent)
    with pytest.raises(WriteError, match="not a Zarr store"), replacing_store(target, overwrite=True):
        pass
    assert target.is_symlink() or (target / "mine.txt").exists() or target.is_file()


WRITER = """
import sys, time
from pathlib import Path
from nwbgate.storage.safe_files.atomic_folder import replacing_store
with replacing_store(Path(sys.argv[1]), overwrite=True) as temporary:
    (temporary / ".zgroup").write_text("{}")
    print("begun", flush=True)
    time.sleep(60)
"""


def test_a_killed_writer_leaves_no_store_and_its_folder_is_removed(target):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "begun\n"
    (begun,) = target.parent.iterdir()
    assert remove_leftovers(target) == []  # the writer lives
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    assert not target.exists()
    assert begun.exists()
    assert remove_leftovers(target) == [begun]
    assert [*target.parent.iterdir()] == []


def test_folders_that_cannot_be_made_are_errors(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WriteError), replacing_store(Path(tmp_path, "file", "a.nwb.zarr"), overwrite=False):
        pass


KILLED = (
    "import os, sys; from pathlib import Path; from nwbgate.storage.safe_files.atomic_folder import replacing_folder\n"
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
    with pytest.raises(WriteError):
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
    target.rename(tmp_path / ".pages.nwbgate-0123456789abcdef.old")
    with pytest.raises(ZeroDivisionError):
        fail_halfway(target)
    assert names(target) == ["a"]
    assert names(tmp_path) == ["pages"]
