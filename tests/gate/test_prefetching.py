"""Small files are read by other processes while this one is busy, and none of it is lost or done twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nwbgate.gate import prefetching as ahead
from nwbgate.gate.files import FileChecks, check_files
from nwbgate.gate.prefetching import read_ahead
from nwbgate.rules import all_rules
from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release"
GRATINGS, FLASHED = RELEASED / "behavior_session_1900011401.nwb", RELEASED / "behavior_session_1900011501.nwb"


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / f"{number}.txt" for number in range(4)]
    for number, path in enumerate(paths):
        path.write_text(str(number))
    return paths


def read(path: Path) -> tuple[str, int]:
    """Return what a file holds and who read it, and leave a mark that it was read."""
    path.with_suffix(".read").touch()
    return path.read_text(), os.getpid()


def until(*paths: Path) -> None:
    """Wait until files have been read."""
    end = time.monotonic() + 60
    while not all(path.with_suffix(".read").exists() for path in paths):
        assert time.monotonic() < end, "nothing reads them"
        time.sleep(0.005)


def test_files_are_read_by_other_processes_meanwhile(files):
    found = read_ahead(files, read, 2, lambda: until(*files))
    assert {path: text for path, (text, _) in found.items()} == {path: path.read_text() for path in files}
    readers = {process for _, process in found.values()}
    assert len(readers) == 2
    assert os.getpid() not in readers


def test_no_further_file_is_begun_when_this_process_is_done(files):
    def slow(path: Path) -> tuple[str, int]:
        found = read(path)
        if path == files[1]:
            time.sleep(0.3)
        return found

    found = read_ahead(files, slow, 1, lambda: until(files[1]))
    assert list(found) == files[:2]
    assert not files[2].with_suffix(".read").exists()


def test_a_large_file_is_left_for_later(files, monkeypatch):
    monkeypatch.setattr(ahead, "SMALL", 1)
    files[0].write_text("10")
    assert files[0] not in read_ahead(files, read, 1, lambda: until(*files[1:]))


def test_a_file_that_went_is_left_for_later(files, tmp_path):
    assert list(read_ahead([tmp_path / "none", files[0]], read, 1, lambda: until(files[0]))) == [files[0]]


def test_a_process_that_dies_leaves_its_files_for_later(files):
    def fatal(path: Path) -> tuple[str, int]:
        found = read(path)
        if path == files[0]:
            os._exit(1)
        return found

    assert set(read_ahead(files, fatal, 2, lambda: until(*files[:2], files[3]))) == {files[1], files[3]}


@pytest.mark.parametrize("processes", [0, 1])
def test_nothing_is_read_without_other_processes_or_fork(files, monkeypatch, processes):
    if processes:
        monkeypatch.setattr(ahead.multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    done = []
    assert read_ahead(files, read, processes, lambda: done.append(True)) == {}
    assert done


def test_no_reader_outlives_a_run_that_was_killed(files):
    program = (
        "import os, signal, sys, time; from pathlib import Path; from nwbgate.gate.prefetching import read_ahead\n"
        "def read(path): path.with_suffix('.read').write_text(str(os.getpid())); time.sleep(0.2)\n"
        "def killed():\n"
        "    while not paths[0].with_suffix('.read').exists(): time.sleep(0.005)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "paths = [Path(name) for name in sys.argv[1:]]; read_ahead(paths, read, 1, killed)"
    )
    result = subprocess.run([sys.executable, "-c", program, *files], capture_output=True, text=True, check=False)
    assert result.returncode == -signal.SIGKILL
    assert result.stderr == ""  # which the reader held open to its end
    assert not files[3].with_suffix(".read").exists()


def test_what_goes_wrong_here_is_not_hidden(files):
    def wrong() -> None:
        raise RuntimeError("no library")

    with pytest.raises(RuntimeError, match="no library"):
        read_ahead(files, read, 1, wrong)


def test_a_file_read_ahead_has_the_result_of_one_read_at_its_turn(tmp_path):
    broken = tmp_path / "broken.nwb"
    broken.write_bytes(FLASHED.read_bytes()[:3000])
    paths, checks = [FLASHED, broken, GRATINGS], FileChecks(rules=tuple(all_rules()), inspector=False)
    for one, other in zip(check_files(paths, checks, jobs=1), check_files(paths, checks, jobs=3), strict=True):
        assert (one.path, one.findings) == (other.path, other.findings)
        assert one.outcome == other.outcome
        assert {name: frame.to_dict() for name, frame in one.facts.items()}.keys() == other.facts.keys()
        for name, frame in one.facts.items():
            assert frame.equals(other.facts[name])
