"""Tasks in several processes give what they give in one: in their order, and no more at once than are asked for."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from nwbgate.quality.workers import AHEAD, measured


@dataclass(frozen=True)
class Counted:
    """A task that leaves a file with its number, after a while."""

    number: int
    folder: Path
    seconds: float = 0.0

    def run(self) -> int:
        (self.folder / str(self.number)).touch()
        time.sleep(self.seconds)
        return self.number

    def died(self) -> int:
        return -1


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_and_notices_come_in_the_order_of_the_tasks(jobs: int, tmp_path: Path) -> None:
    tasks = [Counted(number, tmp_path, 0.2 if number == 0 else 0.0) for number in range(6)]
    told: list[int] = []
    assert measured(tasks, jobs, told.append) == list(range(6))
    assert told == list(range(6))


def test_what_is_done_does_not_pile_up_behind_what_takes_long(tmp_path: Path) -> None:
    tasks = [Counted(number, tmp_path, 0.3 if number == 0 else 0.0) for number in range(3 * AHEAD)]
    begun: list[int] = []
    measured(tasks, 2, lambda _: begun.append(len(list(tmp_path.iterdir()))))
    assert 1 < begun[0] <= 2 * AHEAD
    assert begun[-1] == len(tasks)


def test_a_run_that_is_given_up_begins_nothing_more(tmp_path: Path) -> None:
    def refuse(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measured([Counted(number, tmp_path) for number in range(3 * AHEAD)], 2, refuse)
    assert len(list(tmp_path.iterdir())) <= 2 * AHEAD
