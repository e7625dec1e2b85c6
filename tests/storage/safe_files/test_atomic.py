"""A name appears only with a whole file; nothing else stays in the folder."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from nwbgate.errors import CheckError, WriteError
from nwbgate.storage.safe_files.atomic import replacing, write_whole
from nwbgate.storage.safe_files.leftovers import remove_leftovers, spool_path
from nwbgate.storage.safe_files.refusals import explain_refusals, system_errno


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def fail(error: BaseException | None, *paths: Path) -> None:
    """Write something to some files, then raise the error, if there is one."""
    for path in paths:
        path.write_bytes(b"half")
    if error:
        raise error


WRITE = """
import sys
from pathlib import Path
from nwbgate.storage.safe_files.atomic import write_whole
write_whole(Path(sys.argv[1]), [b"whole"])
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from nwbgate.storage.safe_files.atomic import replacing
from nwbgate.storage.safe_files.leftovers import spool_path
with replacing(Path(sys.argv[1]), overwrite=True) as temporary:
    temporary.write_bytes(b"half a file")
    spool_path(temporary).write_bytes(b"spool")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def leftovers(target: Path) -> list[Path]:
    """Kill a writer of `target` in the middle of its work, and return what it leaves behind."""
    before = set(target.parent.iterdir())
    assert subprocess.run([sys.executable, "-c", KILLED, target], check=False).returncode == -signal.SIGKILL
    return sorted(set(target.parent.iterdir()) - before)


def test_the_name_appears_at_the_end(tmp_path):
    target = tmp_path / "a.nwb"
    with replacing(target, overwrite=False) as temporary:
        temporary.write_bytes(b"whole")
        assert not target.exists()
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".nwb"
    assert target.read_bytes() == b"whole"
    assert names(tmp_path) == ["a.nwb"]


@pytest.mark.parametrize("error", [CheckError("bad"), KeyboardInterrupt(), ZeroDivisionError()], ids=repr)
def test_an_exception_leaves_nothing_and_harms_nothing(tmp_path, error):
    target = tmp_path / "a.nwb"
    target.write_bytes(b"good")
    with pytest.raises(type(error)), replacing(target, overwrite=True) as temporary:
        fail(error, temporary, spool_path(temporary))
    assert target.read_bytes() == b"good"
    assert names(tmp_path) == ["a.nwb"]


def test_missing_folders_are_made(tmp_path):
    target = tmp_path / "sub-1" / "ses-2" / "a.nwb"
    with replacing(target, overwrite=False) as temporary:
        temporary.write_bytes(b"whole")
    assert target.read_bytes() == b"whole"


def test_folders_made_for_nothing_are_removed(tmp_path):
    with pytest.raises(CheckError), replacing(tmp_path / "sub-1" / "ses-2" / "a.nwb", overwrite=False):
        raise CheckError("bad")
    assert names(tmp_path) == []


def test_a_taken_name_is_refused(tmp_path):
    target = tmp_path / "a.nwb"
    target.write_bytes(b"good")
    with pytest.raises(WriteError, match="exists already") as caught, replacing(target, overwrite=False):
        pytest.fail("the block must not run")
    assert str(target) in caught.value.where
    assert target.read_bytes() == b"good"


def test_a_name_taken_meanwhile_is_refused(tmp_path):
    target = tmp_path / "a.nwb"
    with pytest.raises(WriteError, match="exists already"), replacing(target, overwrite=False) as temporary:
        fail(None, temporary, target)
    assert target.read_bytes() == b"half"
    assert names(tmp_path) == ["a.nwb"]


def test_a_folder_of_that_name_is_refused(tmp_path):
    (tmp_path / "a.nwb").mkdir()
    with pytest.raises(WriteError, match="a folder has this name"), replacing(tmp_path / "a.nwb", overwrite=True):
        pytest.fail("the block must not run")


def test_a_path_through_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(WriteError, match="not a folder") as caught,
        replacing(tmp_path / "file" / "a.nwb", overwrite=True),
    ):
        pytest.fail("the block must not run")
    assert caught.value.fix


def test_a_name_too_long_is_refused(tmp_path):
    with (
        pytest.raises(WriteError, match="too long"),
        replacing(tmp_path / ("a" * 300 + ".nwb"), overwrite=True) as path,
    ):
        path.write_bytes(b"whole")
    assert names(tmp_path) == []


def test_a_long_name_that_the_system_allows_is_written(tmp_path):
    target = tmp_path / ("a" * 251 + ".nwb")
    with replacing(target, overwrite=False) as temporary:
        temporary.write_bytes(b"whole")
    assert names(tmp_path) == [target.name]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(WriteError, match="no permission"), replacing(tmp_path / "sub" / "a.nwb", overwrite=True):
        pytest.fail("the block must not run")


def test_what_a_killed_writer_left_is_removed_and_the_older_file_stays(tmp_path):
    target = tmp_path / "a.nwb"
    target.write_bytes(b"good")
    assert len(leftovers(target)) == 2
    assert target.read_bytes() == b"good"
    with replacing(target, overwrite=True) as temporary:
        temporary.write_bytes(b"whole")
    assert names(tmp_path) == ["a.nwb"]


def test_files_of_writers_that_are_alive_and_of_other_targets_stay(tmp_path):
    target = tmp_path / "a.nwb"
    others = leftovers(tmp_path / "b.nwb")
    with replacing(target, overwrite=True) as temporary:
        temporary.write_bytes(b"whole")
        assert remove_leftovers(target) == []
    assert target.read_bytes() == b"whole"
    assert all(path.exists() for path in others)


def test_a_spool_without_its_file_is_removed(tmp_path):
    target = tmp_path / "a.nwb"
    first, spool = leftovers(target)
    assert spool == spool_path(first)
    first.unlink()
    assert remove_leftovers(target) == [spool]


@pytest.mark.parametrize("link", ["symlink", "hard link", "fifo"])
def test_nothing_planted_is_followed_or_emptied(link, tmp_path):
    victim, target = tmp_path / "victim", tmp_path / "nwb" / "a.nwb"
    target.parent.mkdir()
    victim.write_bytes(b"precious")
    planted, spool = leftovers(target)
    planted.unlink()
    spool.unlink()
    plant = {"symlink": planted.symlink_to, "hard link": planted.hardlink_to, "fifo": lambda _: os.mkfifo(planted)}
    plant[link](victim)
    with replacing(target, overwrite=True) as temporary:
        temporary.write_bytes(b"whole")
    assert victim.read_bytes() == b"precious"
    assert target.read_bytes() == b"whole"
    assert os.path.lexists(planted) is (link != "hard link")


def test_a_link_of_the_name_is_replaced_and_not_followed(tmp_path):
    victim, target = tmp_path / "victim", tmp_path / "a.csv"
    victim.write_bytes(b"precious")
    target.symlink_to(victim)
    write_whole(target, [b"whole"])
    assert victim.read_bytes() == b"precious"
    assert not target.is_symlink()
    assert target.read_bytes() == b"whole"


def test_a_temporary_file_that_was_swapped_gets_no_name(tmp_path):
    victim, target = tmp_path / "victim", tmp_path / "a.csv"
    victim.write_bytes(b"precious")
    writing = replacing(target, overwrite=True)
    temporary = writing.__enter__()
    temporary.unlink()
    temporary.symlink_to(victim)
    with pytest.raises(WriteError, match="another program"):
        writing.__exit__(None, None, None)
    assert victim.read_bytes() == b"precious"
    assert names(tmp_path) == ["victim"]


def test_devices_and_pipes_are_written_to_as_they_are(tmp_path):
    write_whole(Path(os.devnull), [b"nothing"])
    assert Path(os.devnull).is_char_device()
    code = WRITE.replace("sys.argv[1]", "'/dev/stdout'")
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", code], check=True, stdout=out)
    assert (tmp_path / "out").read_bytes() == b"whole"
    assert names(tmp_path) == ["out"]


def test_parts_that_end_early_leave_the_older_file(tmp_path):
    def parts() -> Iterator[bytes]:
        yield b"half"
        raise ZeroDivisionError

    (tmp_path / "a.csv").write_bytes(b"good")
    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "a.csv", parts())
    assert (tmp_path / "a.csv").read_bytes() == b"good"
    assert names(tmp_path) == ["a.csv"]


def test_a_missing_folder_of_an_output_is_refused(tmp_path):
    with pytest.raises(WriteError, match="folder does not exist"):
        write_whole(tmp_path / "none" / "a.csv", [b"whole"])
    assert names(tmp_path) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_what_the_system_refuses_at_the_end_leaves_the_older_file(number, tmp_path):
    """The error of fsync is made by a library that is loaded before the system's."""
    target = tmp_path / "out" / "a.csv"
    target.parent.mkdir()
    target.write_bytes(b"good")
    code = WRITE
    refusing = refusing_fsync(tmp_path, number)
    done = subprocess.run(
        [sys.executable, "-c", code, target], env={**os.environ, "LD_PRELOAD": str(refusing)}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert "WriteError" in done.stderr
    assert os.strerror(number) in done.stderr
    assert target.read_bytes() == b"good"
    assert names(target.parent) == ["a.csv"]


def refusing_fsync(folder: Path, number: int) -> Path:
    """Build a library whose fsync answers with an error."""
    compiler = shutil.which("cc") or pytest.fail("there is no C compiler: install gcc (apt-get install gcc libc6-dev)")
    source, library = folder / "refusing.c", folder / "refusing.so"
    source.write_text(f"#include <errno.h>\nint fsync(int number) {{ errno = {number}; return -1; }}\n")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    return library


def test_a_signal_right_after_the_making_leaves_no_file(tmp_path, monkeypatch):
    making = os.open

    def make_and_interrupt(*arguments: object) -> int:
        making(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "open", make_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a.txt", [b"newer"])
    assert names(tmp_path) == []


def test_a_signal_right_after_the_renaming_leaves_the_newer_file(tmp_path, monkeypatch):
    """The temporary file is emptied on failure: not once it has its final name."""
    target, rename = tmp_path / "a.txt", Path.replace
    target.write_text("older")

    def rename_and_interrupt(path: Path, to: Path) -> None:
        rename(path, to)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Path, "replace", rename_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(target, [b"newer"])
    assert target.read_text() == "newer"
    assert list(tmp_path.iterdir()) == [target]


def test_two_writers_of_one_target_do_not_disturb_each_other(tmp_path):
    target, ready = tmp_path / "a.nwb", threading.Barrier(2)

    def write(content: bytes) -> None:
        with replacing(target, overwrite=True) as temporary:
            temporary.write_bytes(content)
            ready.wait()

    writers = [threading.Thread(target=write, args=(content,)) for content in (b"one", b"two")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert target.read_bytes() in (b"one", b"two")
    assert names(tmp_path) == ["a.nwb"]


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), errno.ENOSPC),
        (RuntimeError("Can't decrement id ref count (errno = 28, error message = 'No space left')"), errno.ENOSPC),
        (OSError("no number"), None),
        (ValueError("something else"), None),
    ],
)
def test_the_number_of_a_system_error_is_found(error, number):
    assert system_errno(error) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EIO, "cannot write the file")],
)
def test_system_errors_are_explained(number, words):
    with pytest.raises(WriteError, match=words) as caught, explain_refusals(Path("a.nwb")):
        raise OSError(number, os.strerror(number))
    assert caught.value.where == "a.nwb"
    assert caught.value.got == os.strerror(number)
    assert caught.value.fix


def test_other_errors_pass():
    with pytest.raises(RuntimeError, match="a bug"), explain_refusals(Path("a.nwb")):
        raise RuntimeError("a bug")


def test_writers_into_a_large_folder_list_it_once(tmp_path, monkeypatch):
    listed = []
    scan = os.scandir
    monkeypatch.setattr(
        "nwbgate.storage.safe_files.leftovers.os.scandir", lambda folder: listed.append(folder) or scan(folder)
    )
    for number in range(600):
        (tmp_path / f"{number}.nwb").touch()
    left = leftovers(tmp_path / "0.nwb")
    for number in range(20):
        write_whole(tmp_path / f"{number}.nwb", [b"whole"])
    assert listed == [tmp_path]
    assert not any(path.exists() for path in left)
    later = leftovers(tmp_path / "1.nwb")
    assert remove_leftovers(tmp_path / "1.nwb") == later  # who knows of a killed writer looks again
