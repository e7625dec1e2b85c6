"""A stream from its order to its outcomes: lock, plan, sessions."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from nwbgate.conversion.batches.outcome import SessionOutcome
from nwbgate.errors import UsageError
from nwbgate.fetching.content import Patience
from nwbgate.fetching.copy import LocalCopy
from nwbgate.fetching.release import load_release
from nwbgate.fetching.server import Server
from nwbgate.processes.cores import cores
from nwbgate.streaming.destination import Bucket, Destination, make_destination
from nwbgate.streaming.plan import StreamPlan, Wish, make_plan, release_name
from nwbgate.streaming.scratch import OUTPUT, RELEASE, Scratch, locked_scratch
from nwbgate.streaming.stages import Route
from nwbgate.streaming.stream import Stream


@dataclass(frozen=True)
class StreamOrder:
    """A release to be converted through a scratch folder.

    Parameters
    ----------
    wish : Wish
        What to convert, and how.
    output : Path
        Folder, or `nwbgate.storage.remote_files.address.Address` of a bucket or a prefix in it.
    scratch : Path
        Folder for what is on its way.
    limit : int
        Bytes that it may hold.
    keep_sources : bool
        Leave the fetched files in ``scratch/release``.
    base_url : str
        Another server than that of the release.
    endpoint : str
        Address of an object store other than that of Amazon.
    patience : Patience
        How long to wait for the server.
    """

    wish: Wish
    output: Path
    scratch: Path
    limit: int
    keep_sources: bool = False
    base_url: str = ""
    endpoint: str = ""
    patience: Patience = field(default_factory=Patience)

    @property
    def server(self) -> Server:
        """The server of the release."""
        return Server(self.base_url or load_release(release_name(self.wish.recipe)).base_url, self.patience)

    @property
    def destination(self) -> Destination:
        """Final place of the files."""
        scratch = self.scratch.absolute()
        return make_destination(self.output, scratch, scratch / OUTPUT, self.endpoint)


def plan_release(order: StreamOrder) -> StreamPlan:
    """Return what a stream would do; write nothing but to a temporary folder.

    Raises
    ------
    NwbgateError
        As `open_stream` does before it fetches a source.
    """
    destination = order.destination
    if isinstance(destination, Bucket):
        destination.require_access()
    with TemporaryDirectory() as place:
        return _plan(order, LocalCopy(Path(place)), destination)


@contextmanager
def open_stream(
    order: StreamOrder, *, jobs: int = 1, executor: Executor | None = None
) -> Iterator[tuple[StreamPlan, Iterator[SessionOutcome]]]:
    """Give the plan of a stream, and outcomes as they come.

    Leaving the block ends what is under way. The same order given again goes on where this one ended.

    Parameters
    ----------
    order : StreamOrder
        What to do.
    jobs : int
        Sessions converted at once on this machine.
    executor : Executor, optional
        Where whole sessions are done instead, each by one worker.

    Raises
    ------
    UsageError
        If the recipe has no release, the bucket or the scratch folder cannot be used, or a filter, an option or
        metadata are wrong.
    FetchError
        If the server does not answer, or has no sound release.
    """
    destination, copy = order.destination, LocalCopy(order.scratch / RELEASE)
    if isinstance(destination, Bucket):
        destination.require_access()
    with locked_scratch(order.scratch):
        plan = _plan(_with_threads(order, jobs, executor), copy, destination)
        scratch = Scratch(order.scratch.absolute(), order.limit, plan.users, keep=order.keep_sources)
        sent = replace(destination) if isinstance(destination, Bucket) else destination  # without the known objects
        route = Route(order.wish, order.server.base_url, copy.folder, sent, order.patience)
        outcomes = Stream(plan, route, scratch, jobs=jobs, executor=executor).outcomes()
        try:
            yield plan, outcomes
        finally:
            outcomes.close()


def _plan(order: StreamOrder, copy: LocalCopy, destination: Destination) -> StreamPlan:
    plan = make_plan(order.wish, order.server, copy, destination, order.limit)
    if order.keep_sources and plan.size > order.limit:
        raise UsageError(
            "the kept sources exceed the limit of the scratch folder",
            where="--keep-sources",
            got=f"{plan.size / 1e6:.1f} MB to fetch",
            expected=f"at most {order.limit / 1e6:.1f} MB",
            fix="raise --scratch-limit, select fewer sessions, or leave --keep-sources out",
        )
    return plan


def _with_threads(order: StreamOrder, jobs: int, executor: Executor | None) -> StreamOrder:
    """Return an order whose conversions share the processors, unless threads were set."""
    settings = order.wish.settings
    share = 1 if executor is not None else max(1, cores() // jobs)
    shared = replace(settings, threads=settings.threads or (share if executor is not None or jobs > 1 else None))
    return replace(order, wish=replace(order.wish, settings=shared))
