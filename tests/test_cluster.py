"""Work on a cluster of dask: a worker's death costs its own work, and a place that is none is refused."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from nwbgate.cluster import QUEUES, cluster_executor, parse_place
from nwbgate.errors import UsageError
from nwbgate.processes.executors import ClusterLostError
from nwbgate.processes.pool import results


@dataclass(frozen=True)
class Square:
    """A number to be squared; a negative one kills the process that tries."""

    number: int

    def run(self) -> int:
        if self.number < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.number**2

    def lost(self, error: Exception) -> str:
        return f"lost {self.number}: {error.got}"


@pytest.mark.slow
def test_a_worker_that_dies_costs_its_own_work_and_no_other():
    works = [Square(number) for number in (1, 2, -3, 4, 5, 6, 7, 8)]
    with cluster_executor("local:2") as executor:
        found = list(results(works, 1, ordered=True, executor=executor))
    assert [one for one in found if isinstance(one, int)] == [1, 4, 16, 25, 36, 49, 64]
    assert found[2].startswith("lost -3: KilledWorker")


@pytest.mark.slow
def test_a_scheduler_that_is_gone_is_an_error_that_says_how_to_go_on():
    from concurrent.futures import CancelledError, Executor, Future

    class Gone(Executor):
        def submit(self, *_: object) -> Future:
            future: Future = Future()
            future.set_exception(CancelledError())
            return future

    with pytest.raises(ClusterLostError, match="gave up its work"):
        list(results([Square(1)], 1, executor=Gone()))


def test_an_executor_of_the_standard_library_does_as_well():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as executor:
        assert list(results([Square(2), Square(3)], 1, ordered=True, executor=executor)) == [4, 9]


def test_places_are_kinds_with_options(tmp_path: Path):
    assert parse_place("local:3") == ("local", 3, {})
    assert parse_place("slurm:jobs=8,queue=short,walltime=01:00:00") == (
        "slurm", 8, {"queue": "short", "walltime": "01:00:00"},
    )  # fmt: skip
    file = tmp_path / "ours.yaml"
    file.write_text("cluster: pbs\njobs: 4\nmemory: 8GB\n")
    assert parse_place(str(file)) == ("pbs", 4, {"memory": "8GB"})


@pytest.mark.parametrize("place", ["grid", "local:0", "slurm:jobs=many", ""])
def test_another_place_is_refused_with_the_forms(place: str):
    with pytest.raises(UsageError, match="unknown cluster") as error:
        parse_place(place)
    assert "slurm" in error.value.expected


@pytest.fixture
def sbatch(tmp_path, monkeypatch):
    """A command of that name that refuses every job, as SLURM does one of an unknown queue."""
    command = tmp_path / "sbatch"
    command.write_text("#!/bin/sh\necho 'sbatch: error: invalid partition specified: shrt' >&2\nexit 1\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)


@pytest.mark.usefixtures("sbatch")
def test_a_job_that_slurm_refuses_is_an_error_with_its_reason():
    with pytest.raises(UsageError, match=r"invalid partition specified: shrt"), cluster_executor("slurm:queue=shrt"):
        pass


@pytest.mark.usefixtures("sbatch")
@pytest.mark.parametrize("place", ["tcp://127.0.0.1:9", "slurm:nonsense=1"])
def test_a_cluster_that_cannot_be_reached_is_named(place: str):
    with pytest.raises(UsageError, match="cannot be started or reached"), cluster_executor(place):
        pass


@pytest.mark.parametrize("kind", sorted(QUEUES))
def test_a_machine_that_cannot_submit_jobs_is_refused_at_once(kind, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match=f"cannot submit jobs to {kind}"), cluster_executor(f"{kind}:jobs=2"):
        pass
