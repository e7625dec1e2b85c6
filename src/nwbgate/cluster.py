"""Clusters of dask, started or joined, as executors."""

import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nwbgate.errors import UsageError
from nwbgate.extras import import_extra
from nwbgate.processes.cores import cores
from nwbgate.yaml_file import read_yaml

EXTRA = "cluster"
#: Systems that start workers as jobs, and the class of dask-jobqueue for each.
QUEUES = {
    "slurm": "SLURMCluster", "pbs": "PBSCluster", "sge": "SGECluster", "lsf": "LSFCluster", "oar": "OARCluster",
    "htcondor": "HTCondorCluster",
}  # fmt: skip
#: Options of a job that converts sessions: one process, whose memory the scheduler has to know.
JOB: Mapping[str, Any] = {"cores": 1, "processes": 1, "memory": "4GB"}
#: A work whose worker died is done once more, by another worker; then it is lost, and the cluster goes on.
_CONFIGURATION = {"distributed.scheduler.allowed-failures": 1}
_FORMS = "local[:N], slurm[:option=value,...] (or pbs, sge, lsf, oar, htcondor), FILE.yaml, or a scheduler's ADDRESS"


class ClusterExecutor(Executor):
    """Client of a dask scheduler as an executor with a number of slots.

    Parameters
    ----------
    client : distributed.Client
        Connected; whoever made it closes it.
    """

    def __init__(self, client: Any) -> None:
        self._client, self._executor = client, client.get_executor(pure=False)

    @property
    def slots(self) -> int:
        """Threads of all workers; 1 while none has come."""
        return max(int(sum(self._client.nthreads().values())), 1)

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> "Future[Any]":
        """Submit a call to the cluster."""
        future: Future[Any] = self._executor.submit(function, *arguments, **keywords)
        return future


@contextmanager
def cluster_executor(place: str) -> Iterator[ClusterExecutor]:
    """Give an executor on a cluster that is started, or joined.

    Parameters
    ----------
    place : str
        ``local`` or ``local:N`` (worker processes of this machine), ``slurm`` or another of `QUEUES`, with options of
        dask-jobqueue and ``jobs`` (``slurm:jobs=8,queue=short,memory=4GB``), a YAML file with ``cluster`` and the same
        options, or the address of a scheduler (``tcp://host:8786``).

    Raises
    ------
    UsageError
        If the place is none of these, or the cluster cannot be started or reached.
    MissingExtraError
        If dask is not installed.
    """
    dask, distributed = import_extra("dask", EXTRA), import_extra("distributed", EXTRA)
    with dask.config.set(_CONFIGURATION):
        if "://" in place:
            with _connect(place, lambda: distributed.Client(place, timeout="15s")) as client:
                yield ClusterExecutor(client)
            return
        kind, jobs, options = parse_place(place)
        with _connect(place, lambda: _start_cluster(kind, jobs, options)) as cluster:
            if kind != "local":
                cluster.adapt(minimum_jobs=jobs, maximum_jobs=jobs)  # workers that vanish are replaced
            with distributed.Client(cluster) as client:
                yield ClusterExecutor(client)


def parse_place(place: str) -> tuple[str, int, dict[str, Any]]:
    """Return kind of cluster, number of jobs, and further options of a place.

    Raises
    ------
    UsageError
        If it is none of the forms.
    """
    options: dict[str, Any]
    if place.endswith((".yaml", ".yml")):
        options = read_yaml(Path(place), error=UsageError)
        kind = str(options.pop("cluster", ""))
    else:
        kind, _, rest = place.partition(":")
        parts = [part.partition("=") for part in rest.split(",") if part]
        options = {name: value for name, equals, value in parts if equals}
        if numbers := [name for name, equals, _ in parts if not equals]:
            options["jobs"] = numbers[-1]
    jobs = str(options.pop("jobs", cores()))
    if kind not in ("local", *QUEUES) or not jobs.isdecimal() or not int(jobs):
        raise UsageError(
            "unknown cluster",
            where="--cluster",
            got=place,
            expected=_FORMS,
            fix="give one of these, and 1 or more jobs",
        )
    return kind, int(jobs), options


def _start_cluster(kind: str, jobs: int, options: Mapping[str, Any]) -> Any:
    if kind == "local":
        local = import_extra("distributed", EXTRA).LocalCluster
        quiet = {"silence_logs": logging.ERROR}  # a worker that takes more than 4 s to end is no news
        return local(n_workers=jobs, threads_per_worker=1, dashboard_address=None, **{**quiet, **options})
    queue = getattr(import_extra("dask_jobqueue", EXTRA), QUEUES[kind])
    command = queue.job_cls.submit_command.split()[0]
    if shutil.which(command) is None:  # each job would fail in a thread of dask, and the run would wait for workers
        raise UsageError(
            f"this machine cannot submit jobs to {kind}",
            where="--cluster",
            got=f"no command {command}",
            expected=f"a machine on which {command} submits jobs",
            fix="run nwbgate on the login node of the cluster, or use --cluster local",
        )
    cluster = queue(**{**JOB, **options})
    if kind == "slurm":
        try:
            _try_job(command, cluster.job_script())
        except RuntimeError:
            cluster.close()
            raise
    return cluster


def _try_job(command: str, script: str) -> None:
    """Let SLURM judge a job without submitting it.

    dask would submit a refused one again and again.

    Raises
    ------
    RuntimeError
        With what SLURM says, such as of a queue that does not exist.
    """
    tried = subprocess.run([command, "--test-only"], input=script, capture_output=True, text=True, check=False)
    if tried.returncode:
        raise RuntimeError(" ".join(tried.stderr.split()))


def _connect(place: str, start: Callable[[], Any]) -> Any:
    try:
        return start()
    except (OSError, TypeError, ValueError, RuntimeError) as problem:
        raise UsageError(
            "the cluster cannot be started or reached",
            where=f"--cluster {place}",
            got=f"{type(problem).__name__}: {problem}"[:300],
            expected=_FORMS,
            fix="check the address, the options of the cluster, and that its scheduler runs",
        ) from problem
