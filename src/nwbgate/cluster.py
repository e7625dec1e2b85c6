"""Clusters of dask, started or joined, as executors."""

import logging
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from nwbgate.errors import UsageError
from nwbgate.extras import import_extra
from nwbgate.processes.cores import cores
from nwbgate.processes.executors import ClusterLostError
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
#: Seconds without any worker until that is said; then twice as long.
PATIENCE = 300.0
_LOG = logging.getLogger(__name__)
_FORMS = "local[:N], slurm[:option=value,...] (or pbs, sge, lsf, oar, htcondor), FILE.yaml, or a scheduler's ADDRESS"


class ClusterExecutor(Executor):
    """Client of a dask scheduler as an executor with a number of slots.

    Parameters
    ----------
    client : distributed.Client
        Connected; whoever made it closes it.
    jobs : RefusedJobs, optional
        Jobs that a queue did not take.
    """

    def __init__(self, client: Any, jobs: "RefusedJobs | None" = None) -> None:
        self._client, self._executor, self._jobs = client, client.get_executor(pure=False), jobs
        self._alone_since, self._patience = time.monotonic(), PATIENCE

    @property
    def slots(self) -> int:
        """Threads of all workers; 1 while none has come."""
        return max(self._threads(), 1)

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> "Future[Any]":
        """Submit a call to the cluster."""
        with _reach_scheduler():
            future: Future[Any] = self._executor.submit(function, *arguments, **keywords)
        return future

    def raise_if_lost(self) -> None:
        """Raise `ClusterLostError` if every job was refused; say when no worker comes."""
        if self._threads():
            self._alone_since, self._patience = time.monotonic(), PATIENCE
            return
        if (alone := time.monotonic() - self._alone_since) > self._patience:
            self._patience *= 2
            _LOG.warning(
                "no worker for %.0f min: do its jobs wait in the queue, or did they fail? Their logs tell", alone / 60
            )
        if self._jobs is not None and self._jobs.are_all:
            raise ClusterLostError(
                "the queue refused every job",
                where=f"--cluster {self._jobs.place}",
                got=self._jobs.answers[-1],
                expected="a queue that takes the jobs of the workers",
                fix="check the queue, account, memory and walltime, then run the same command again: "
                "what is done is skipped",
            )

    def _threads(self) -> int:
        with _reach_scheduler():
            return int(sum(self._client.nthreads().values()))


@contextmanager
def _reach_scheduler() -> Iterator[None]:
    """Name a scheduler that is gone: dask loses its connection, or closes its client."""
    try:
        yield
    except (OSError, RuntimeError) as problem:
        raise ClusterLostError(
            "the scheduler of the cluster is gone",
            where="the executor",
            got=f"{type(problem).__name__}: {problem}"[:300],
            expected="a scheduler that lives until the end",
            fix="see that it runs, then run the same command again: what is done is skipped",
        ) from problem


class RefusedJobs:
    """Jobs that a queue did not take, by its answers.

    Parameters
    ----------
    place : str
        The cluster, as it was named.
    jobs : int
        How many workers are wanted.
    """

    def __init__(self, place: str, jobs: int) -> None:
        self.place, self._jobs, self.answers = place, jobs, list[str]()

    @property
    def are_all(self) -> bool:
        """Whether every job was refused; dask does not submit a refused job again."""
        return len(self.answers) >= self._jobs

    def add(self, problem: Exception) -> None:
        """Keep what a command answered, and say it."""
        answer = " ".join(str(problem).rpartition("stderr:")[2].split()) or type(problem).__name__
        self.answers.append(answer[:300])
        logging.getLogger(__name__).warning(
            "the queue refused %d of %d jobs: %s", len(self.answers), self._jobs, answer
        )

    def watching(self, job: Any) -> type[Any]:
        """Return a class of jobs, like `job`, that goes on without what was refused.

        Otherwise dask prints a traceback, waits for its worker without end, and breaks when the cluster is closed.
        """
        process = import_extra("distributed.deploy.spec", EXTRA).ProcessInterface

        async def start(one: Any) -> None:
            try:
                await job.start(one)
            except (OSError, RuntimeError, ValueError) as problem:  # no such command, its exit code, its answer
                self.add(problem)
                await process.start(one)

        return type(f"Watched{job.__name__}", (job,), {"start": start})


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
    with dask.config.set(_CONFIGURATION), _silence_client():
        if "://" in place:
            with _connect(place, lambda: distributed.Client(place, timeout="15s")) as client:
                yield ClusterExecutor(client)
            return
        kind, jobs, options = parse_place(place)
        refused = RefusedJobs(place, jobs)
        with _connect(place, lambda: _start_cluster(kind, jobs, options, refused)) as cluster:
            if kind != "local":
                cluster.adapt(minimum_jobs=jobs, maximum_jobs=jobs)  # workers that vanish are replaced
            with distributed.Client(cluster) as client:
                yield ClusterExecutor(client, refused)


@contextmanager
def _silence_client() -> Iterator[None]:
    """Keep tracebacks of dask's client off the terminal; our errors name a lost scheduler."""
    log = logging.getLogger("distributed.client")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


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


def _start_cluster(kind: str, jobs: int, options: Mapping[str, Any], refused: RefusedJobs) -> Any:
    if kind == "local":
        local = import_extra("distributed", EXTRA).LocalCluster
        quiet = {"silence_logs": logging.ERROR}  # do not warn about a worker that takes 4 s to end
        return local(n_workers=jobs, threads_per_worker=1, dashboard_address=None, **{**quiet, **options})
    queue = getattr(_import_queues(), QUEUES[kind])
    command = queue.job_cls.submit_command.split()[0]
    if shutil.which(command) is None:
        raise UsageError(
            f"this machine cannot submit jobs to {kind}",
            where="--cluster",
            got=f"no command {command}",
            expected=f"a machine on which {command} submits jobs",
            fix="run nwbgate on the login node of the cluster, or use --cluster local",
        )
    return queue(job_cls=refused.watching(queue.job_cls), **{**JOB, **options})


def _import_queues() -> ModuleType:
    """Import dask-jobqueue, which takes over Ctrl-C, and give it back."""
    before = signal.getsignal(signal.SIGINT)
    queues = import_extra("dask_jobqueue", EXTRA)
    signal.signal(signal.SIGINT, before)
    return queues


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
