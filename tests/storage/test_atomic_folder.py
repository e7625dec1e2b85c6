"""A folder gets its name only when it is whole, and a killed writer's folder is removed by the next."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nwbgate.errors import WriteError
from nwbgate.storage.atomic import remove_leftovers
from nwbgate.storage.atomic_folder import replacing_folder


def fill(folder, text="new"):
    (folder / ".zgroup").write_text("{}")
    (folder / "data").mkdir()
    (folder / "data" / "0.0").write_text(text)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "sub-m1" / "a.nwb.zarr"


def test_a_folder_is_there_only_when_it_is_whole(target):
    with replacing_folder(target, overwrite=False) as temporary:
        fill(temporary)
        assert not target.exists()
        assert temporary.name.startswith(".a.nwb.zarr.nwbgate-")
    assert (target / "data/0.0").read_text() == "new"
    assert [*target.parent.iterdir()] == [target]


def test_what_fails_leaves_the_old_store_and_nothing_else(target):
    with replacing_folder(target, overwrite=False) as temporary:
        fill(temporary, "old")
    with pytest.raises(FileNotFoundError), replacing_folder(target, overwrite=True) as temporary:
        (temporary / "data").rmdir()
    assert (target / "data/0.0").read_text() == "old"
    assert [*target.parent.iterdir()] == [target]


def test_a_store_is_replaced_only_where_allowed(target):
    with replacing_folder(target, overwrite=False) as temporary:
        fill(temporary, "old")
    with pytest.raises(WriteError, match="exists already"), replacing_folder(target, overwrite=False):
        pass
    with replacing_folder(target, overwrite=True) as temporary:
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
    with pytest.raises(WriteError, match="not a Zarr store"), replacing_folder(target, overwrite=True):
        pass
    assert target.is_symlink() or (target / "mine.txt").exists() or target.is_file()


WRITER = """
import sys, time
from pathlib import Path
from nwbgate.storage.atomic_folder import replacing_folder
with replacing_folder(Path(sys.argv[1]), overwrite=True) as temporary:
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
    with pytest.raises(WriteError), replacing_folder(Path(tmp_path, "file", "a.nwb.zarr"), overwrite=False):
        pass
