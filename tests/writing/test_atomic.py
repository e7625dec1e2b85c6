"""A name appears only with a whole file; nothing else stays in the folder."""

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from nwbgate.errors import CheckError, WriteError
from nwbgate.writing.atomic import explained, remove_leftovers, replacing, spool_path, system_errno


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def fail(error: BaseException | None, *paths: Path) -> None:
    """Write something to some files, then raise the error, if there is one."""
    for path in paths:
        path.write_bytes(b"half")
    if error:
        raise error


def dead_process() -> int:
    """Return the id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def leftover(target: Path, pid: int, host: str | None = None) -> Path:
    """Make the temporary file that a writer of `target` with another process id would have made."""
    with replacing(target, overwrite=True) as temporary:
        name = temporary.name.replace(f"-{os.getpid()}-", f"-{pid}-")
        temporary.write_bytes(b"")
        target.unlink(missing_ok=True)
    here = f"nwbgate-{name.split('.nwbgate-')[1].rsplit('-', 2)[0]}-"
    path = target.with_name(name if host is None else name.replace(here, f"nwbgate-{host}-"))
    target.unlink(missing_ok=True)
    path.write_bytes(b"half a file")
    return path


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
    with pytest.raises(WriteError, match="taken by a folder"), replacing(tmp_path / "a.nwb", overwrite=True):
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


def test_what_a_killed_writer_left_is_removed(tmp_path):
    path = leftover(tmp_path / "a.nwb", dead_process())
    spool_path(path).write_bytes(b"spool")
    with replacing(tmp_path / "a.nwb", overwrite=False) as temporary:
        temporary.write_bytes(b"whole")
    assert names(tmp_path) == ["a.nwb"]


def test_files_of_running_writers_and_of_other_targets_stay(tmp_path):
    alive = leftover(tmp_path / "a.nwb", os.getppid())
    other = leftover(tmp_path / "b.nwb", dead_process())
    assert remove_leftovers(tmp_path / "a.nwb") == []
    assert names(tmp_path) == sorted([alive.name, other.name])


def test_files_of_other_machines_are_removed_after_a_day(tmp_path):
    fresh = leftover(tmp_path / "a.nwb", 1, host="elsewhere")
    old = leftover(tmp_path / "a.nwb", 2, host="elsewhere")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert remove_leftovers(tmp_path / "a.nwb") == [old]
    assert names(tmp_path) == [fresh.name]


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
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EIO, "could not be written")],
)
def test_system_errors_are_explained(number, words):
    with pytest.raises(WriteError, match=words) as caught, explained(Path("a.nwb")):
        raise OSError(number, os.strerror(number))
    assert caught.value.where == "a.nwb"
    assert caught.value.got == os.strerror(number)
    assert caught.value.fix


def test_other_errors_pass():
    with pytest.raises(RuntimeError, match="a bug"), explained(Path("a.nwb")):
        raise RuntimeError("a bug")
