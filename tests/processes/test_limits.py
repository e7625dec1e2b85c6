"""Limits of time and memory: who exceeds them is stopped, and the others go on."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from nwbgate.errors import UsageError
from nwbgate.processes.limits import WorkLimits
from nwbgate.processes.pool import results
from support.made_works import Counted, Fatal, Greedy, Process


def test_a_work_that_takes_too_long_is_stopped_and_the_others_go_on(tmp_path: Path) -> None:
    works = [Counted(1, tmp_path, 60), Counted(2, tmp_path), Fatal(3, tmp_path, once=True), Counted(4, tmp_path)]
    before = time.monotonic()
    assert list(results(works, 1, ordered=True, limits=WorkLimits(seconds=2))) == [-1, 2, 3, 4]
    assert time.monotonic() - before < 30


def test_a_single_work_with_a_limit_has_a_process_of_its_own(tmp_path: Path) -> None:
    (number,) = results([Process(1, tmp_path)], 1, limits=WorkLimits(seconds=60))
    assert number != os.getpid()
    assert not psutil.pid_exists(number)


def test_a_work_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    works = [Greedy(1, tmp_path, 60, megabytes=600), Counted(2, tmp_path)]
    assert sorted(results(works, 2, limits=WorkLimits(megabytes=500))) == [-1, 2]


def test_memory_that_an_earlier_work_left_behind_does_not_count_for_a_later_one(tmp_path: Path) -> None:
    works = [Greedy(1, tmp_path, 0, megabytes=600, kept=True), Process(2, tmp_path, 0.3)]
    first, second = results(works, 1, ordered=True, limits=WorkLimits(megabytes=2000))
    assert first == second
    *_, second = results(works, 1, ordered=True, limits=WorkLimits(megabytes=500))
    assert second > 0


def test_a_suspect_keeps_to_the_limits_too(tmp_path: Path) -> None:
    works = [Process(1, tmp_path), Greedy(2, tmp_path, 60, megabytes=600)]
    first, second = results(works, 1, ordered=True, limits=WorkLimits(megabytes=500))
    assert first > 0
    assert second == -2


@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_a_limit_that_nothing_can_keep_is_refused(value: float) -> None:
    with pytest.raises(UsageError, match="positive"):
        WorkLimits(seconds=value)


def test_limits_are_refused_where_the_processes_are_out_of_reach(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(UsageError, match="this machine only"):
        list(results([Counted(1, tmp_path)], 1, executor=executor, limits=WorkLimits(seconds=1)))
