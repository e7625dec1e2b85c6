"""Works in several processes: each has its result, whatever happens to the processes."""

import os
import signal
import time
import warnings
from multiprocessing import forkserver
from pathlib import Path

import pytest

from nwbgate.processes import worker
from nwbgate.processes.pool import AHEAD, results
from support.made_works import Cleaning, Counted, Fatal, Process, Raising, Unsendable, Warned, kill_fork_server


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order_where_they_are_wanted_so(jobs: int, tmp_path: Path) -> None:
    works = [Counted(number, tmp_path, 0.2 if number == 0 else 0.0) for number in range(6)]
    assert list(results(works, jobs, ordered=True)) == list(range(6))


def test_results_come_as_they_end_otherwise(tmp_path: Path) -> None:
    works = [Counted(number, tmp_path, 1.0 if number == 0 else 0.0) for number in range(6)]
    assert list(results(works, 2)) == [1, 2, 3, 4, 5, 0]


def test_one_job_and_one_work_stay_in_this_process(tmp_path: Path) -> None:
    one, other = Process(1, tmp_path), Process(2, tmp_path)
    assert set(results([one, other], 1)) == set(results([one], 2)) == {os.getpid()}
    assert os.getpid() not in set(results([one, other], 2))


def test_no_more_processes_are_used_than_asked_for(tmp_path: Path) -> None:
    assert len(set(results([Process(number, tmp_path, 0.05) for number in range(12)], 3))) == 3


def test_what_is_done_does_not_pile_up_behind_what_takes_long(tmp_path: Path) -> None:
    works = [Counted(number, tmp_path, 1.0 if number == 0 else 0.0) for number in range(3 * AHEAD)]
    begun = [len(list(tmp_path.iterdir())) for _ in results(works, 2, ordered=True)]
    assert 1 < begun[0] <= 2 * AHEAD + 2  # and one under way in each
    assert begun[-1] == len(works)


@pytest.mark.parametrize("ordered", [False, True])
def test_a_death_costs_one_work_and_is_told_whose_it_was(ordered: bool, tmp_path: Path) -> None:
    works = [(Fatal if number in (2, 5) else Counted)(number, tmp_path) for number in range(1, 8)]
    found = list(results(works, 2, ordered=ordered))
    expected = [1, -2, 3, 4, -5, 6, 7]
    assert (found if ordered else sorted(found, key=abs)) == expected


def test_a_work_that_dies_once_is_done_again(tmp_path: Path) -> None:
    works = [Fatal(1, tmp_path, once=True), *(Counted(number, tmp_path) for number in (2, 3))]
    assert sorted(results(works, 2)) == [1, 2, 3]


def test_an_idle_process_that_dies_costs_nothing(tmp_path: Path) -> None:
    following = results([Process(number, tmp_path) for number in range(6)], 2, ordered=True)
    os.kill(next(following), 9)
    assert len(list(following)) == 5


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there is no fork server")
def test_a_dead_fork_server_costs_nothing(tmp_path: Path) -> None:
    works = [Counted(number, tmp_path, 0.05) for number in range(1, 20)]
    following = results([*works, Fatal(20, tmp_path)], 2, ordered=True)
    found = [next(following)]
    kill_fork_server()
    found += following  # the last makes a new process necessary, and so a new fork server
    assert found == [*range(1, 20), -20]


@pytest.mark.skipif(os.name != "posix", reason="there is no fork server")
def test_a_fork_server_that_the_system_still_takes_apart_costs_nothing(monkeypatch) -> None:
    worker.start_early(())
    killed, told, until = forkserver._forkserver._forkserver_pid, os.waitpid, time.monotonic() + 0.5

    def wait_as_if_alive(pid: int, how: int) -> tuple[int, int]:
        """Tell of the killed server that it lives, as the system does for a moment."""
        return (0, 0) if pid == killed and time.monotonic() < until else told(pid, how)

    monkeypatch.setattr(os, "waitpid", wait_as_if_alive)
    os.kill(killed, signal.SIGKILL)
    time.sleep(0.1)
    one = worker.Worker()
    assert time.monotonic() >= until
    one.close()
    one.join()


def test_an_error_of_a_work_goes_to_the_work(tmp_path: Path) -> None:
    assert list(results([Raising(1, tmp_path), Counted(2, tmp_path)], 2, ordered=True)) == [-1, 2]


def test_a_work_that_cannot_be_sent_is_told_so(tmp_path: Path) -> None:
    assert list(results([Unsendable(1, tmp_path), Counted(2, tmp_path)], 2, ordered=True)) == [-1, 2]


def test_a_run_that_is_given_up_begins_nothing_more_and_leaves_nothing(tmp_path: Path) -> None:
    following = results([Cleaning(number, tmp_path, 0.2 if number < 2 else 60) for number in range(30)], 2)
    next(following)
    while not (tmp_path / "2.temporary").exists():  # begun before it is asked for
        time.sleep(0.01)
    start = time.monotonic()
    following.close()
    assert time.monotonic() - start < worker.GRACE
    assert list(tmp_path.iterdir()) == []


def test_workers_take_over_the_warning_filters(tmp_path: Path) -> None:
    works = [Warned(number, tmp_path) for number in range(2)]
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        assert list(results(works, 2)) == [1, 1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert list(results(works, 2)) == [0, 0]
