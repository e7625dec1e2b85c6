"""Works of threads run in processes: they give results, are done once more when theirs dies, and can be stopped."""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from nwbgate.processes.beside_threads import Processes, StoppedWorkError


@dataclass
class Number:
    """Returns the process that did it."""

    def run(self):
        return os.getpid()

    def lost(self, error):
        return error


@dataclass
class DiesUntil:
    """Kills its process unless a file is there."""

    mark: Path
    always: bool = False

    def run(self):
        if self.always or not self.mark.exists():
            self.mark.touch()
            os._exit(9)
        return "done"

    def lost(self, error):
        return f"lost: {error.what}"


@dataclass
class Raises:
    def run(self):
        raise ValueError("this")

    def lost(self, error):
        return f"lost: {error}"


@dataclass
class Sleeps:
    folder: Path

    def run(self):
        temporary = self.folder / "temporary"
        temporary.touch()
        try:
            time.sleep(60)
        finally:
            temporary.unlink()

    def lost(self, error):
        raise error


@pytest.fixture
def processes():
    made = Processes(threading.Event())
    yield made
    made.close()


def test_a_process_does_one_work_after_the_other(processes):
    numbers = {processes.result(Number()) for _ in range(3)}
    assert len(numbers) == 1
    assert os.getpid() not in numbers


def test_a_work_on_which_a_process_died_is_done_once_more(processes, tmp_path):
    assert processes.result(DiesUntil(tmp_path / "mark")) == "done"
    assert processes.result(DiesUntil(tmp_path / "mark", always=True)) == "lost: a worker process died"


def test_an_error_of_a_work_stands_for_its_result(processes):
    assert processes.result(Raises()) == "lost: this"


def test_threads_have_processes_of_their_own(processes):
    found = []
    threads = [threading.Thread(target=lambda: found.append(processes.result(Number()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 3


def test_a_stop_ends_a_work_after_it_cleaned_up(tmp_path):
    stop = threading.Event()
    processes = Processes(stop)

    def end():
        while not (tmp_path / "temporary").exists():
            time.sleep(0.02)
        stop.set()

    threading.Thread(target=end, daemon=True).start()
    with pytest.raises(StoppedWorkError):
        processes.result(Sleeps(tmp_path))
    assert not (tmp_path / "temporary").exists()
