"""Work on a cluster of dask: a worker's death costs its own work, and a place that is none is refused."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@dataclass(frozen=True)
class Nap(Square):
    """A number that takes a moment."""

    def run(self) -> int:
        time.sleep(0.5)
        return super().run()


@contextmanager
def dask_program(name: str, *options: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of dask as its users do."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *map(str, options), "--no-dashboard"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_scheduler_that_is_gone_is_an_error_that_says_how_to_go_on(capfd):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address, works = f"tcp://127.0.0.1:{port}", [Nap(number) for number in range(40)]
    with (
        dask_program("scheduler", "--host", "127.0.0.1", "--port", port) as scheduler,
        dask_program("worker", address, "--nthreads", 1, "--death-timeout", 30),
        cluster_executor(address) as executor,
    ):
        found = results(works, 1, executor=executor)
        assert next(found) == 0
        scheduler.kill()
        with pytest.raises(ClusterLostError) as lost:
            list(found)
    assert "what is done is skipped" in lost.value.fix
    assert "Traceback" not in capfd.readouterr().err


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
@pytest.mark.parametrize("place", ["tcp://127.0.0.1:9", "slurm:nonsense=1"])
def test_a_cluster_that_cannot_be_reached_is_named(place: str):
    with pytest.raises(UsageError, match="cannot be started or reached"), cluster_executor(place):
        pass


def queue_that(answers: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in the place of `sbatch`: a queue that runs jobs at once, or answers as SLURM does."""
    (folder / "sbatch").write_text(f"#!/bin/sh\n{answers}\n")
    (folder / "sbatch").chmod(0o755)
    (folder / "scancel").write_text(f"#!/bin/sh\nkill $(cat {folder}/pid)\n")
    (folder / "scancel").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.chdir(folder)


@pytest.mark.slow
def test_a_queue_that_refuses_every_job_ends_with_its_answer(tmp_path, monkeypatch, capfd):
    queue_that("echo 'sbatch: error: invalid partition specified: short' >&2; exit 1", tmp_path, monkeypatch)
    with pytest.raises(ClusterLostError) as lost, cluster_executor("slurm:jobs=2,queue=short") as executor:
        list(results([Square(2)], 1, executor=executor))
    assert lost.value.got == "sbatch: error: invalid partition specified: short"
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("kind", sorted(QUEUES))
def test_a_machine_that_cannot_submit_jobs_is_refused_at_once(kind, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match=f"cannot submit jobs to {kind}"), cluster_executor(f"{kind}:jobs=2"):
        pass


@pytest.mark.slow
def test_one_refused_job_costs_its_worker_and_is_said(tmp_path, monkeypatch, caplog):
    answers = f"""
        if mkdir {tmp_path}/taken 2>/dev/null; then
            sed 's/.*dask_worker/exec &/' $1 >{tmp_path}/job
            sh {tmp_path}/job >{tmp_path}/said 2>&1 & echo $! >{tmp_path}/pid
            echo Submitted batch job 1
        else
            echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1
        fi"""
    queue_that(answers, tmp_path, monkeypatch)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    with cluster_executor("slurm:jobs=2,interface=lo,memory=1GB") as executor:
        assert sorted(results([Square(2), Square(3)], 1, executor=executor)) == [4, 9]
    assert "refused 1 of 2 jobs: sbatch: error: QOSMaxSubmitJobPerUserLimit" in caplog.text


def test_a_queue_leaves_ctrl_c_as_it_was():
    code = "import signal, nwbgate.cluster as c; c._import_queues(); signal.raise_signal(signal.SIGINT)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr.splitlines()[-1] == "KeyboardInterrupt"


@pytest.mark.slow
def test_jobs_that_bring_no_worker_are_said(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("nwbgate.cluster.PATIENCE", 1.0)
    queue_that("echo Submitted batch job 1", tmp_path, monkeypatch)
    with cluster_executor("slurm:jobs=1,interface=lo") as executor:
        executor.raise_if_lost()
        assert "no worker" not in caplog.text
        time.sleep(1.1)
        executor.raise_if_lost()
    assert caplog.text.count("no worker for 0 min: do its jobs wait in the queue, or did they fail?") == 1
