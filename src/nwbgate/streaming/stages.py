"""Stages of one session: fetch its sources, convert it, deliver its file."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nwbgate.conversion.batches.batch import prepare
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.batches.session_work import SessionWork
from nwbgate.conversion.batches.task import SessionTask, unexpected_outcome
from nwbgate.errors import FetchError, NwbgateError
from nwbgate.fetching.content import Patience
from nwbgate.fetching.copy import CopyState, LocalCopy
from nwbgate.fetching.download import download, part_of
from nwbgate.fetching.manifest import RemoteFile
from nwbgate.fetching.server import Server
from nwbgate.processes.largest_file import largest_file
from nwbgate.storage.safe_files.refusals import TOO_LARGE
from nwbgate.streaming.destination import Destination
from nwbgate.streaming.plan import StreamedSession, Wish
from nwbgate.streaming.scratch import StoppedStreamError

#: Files of one session that are fetched at once: the planes of a session come together.
_AT_ONCE = 4
#: Why a session failed whose file is larger than the room that was reserved for it.
OVER_ROOM = "the file is larger than the room that was reserved for it"
#: An outcome, with what the ledger keeps of the delivered file.
Delivered = tuple[SessionOutcome, dict[str, Any]]


@dataclass(frozen=True)
class Route:
    """Sources, destination and manner of a stream, as plain data.

    Parameters
    ----------
    wish : Wish
        What is converted.
    base_url : str
        Server of the release.
    copy : Path
        Folder of the sources.
    destination : Destination
        Where the file goes.
    patience : Patience
        How long to wait for the server.
    """

    wish: Wish
    base_url: str
    copy: Path
    destination: Destination
    patience: Patience

    def server(self, stop: threading.Event) -> Server:
        """Return the server of the release, whose retries end with the run."""
        return Server(self.base_url, StoppablePatience(**vars(self.patience), stop=stop))


@dataclass(frozen=True)
class StoppablePatience(Patience):
    """Patience that ends with the run."""

    stop: threading.Event = field(default_factory=threading.Event)

    def wait(self, failures: int) -> None:
        """Wait before the next try.

        Raises
        ------
        StoppedStreamError
            If the run was stopped.
        """
        if self.stop.wait(self.pause_after(failures)):
            raise StoppedStreamError


def fetch_sources(session: StreamedSession, route: Route, stop: threading.Event) -> None:
    """Fetch and verify what is missing of a session's sources.

    Raises
    ------
    NwbgateError
        If a file does not come, is not what the manifest says, is longer than the server announced, or the disk is
        full. What has arrived is kept.
    StoppedStreamError
        If the run was stopped.
    """
    copy, server = LocalCopy(route.copy), route.server(stop)

    def fetch(path: Path) -> None:
        _fetch_file(session.files[path], session.sizes[path], copy, server, stop)

    _in_threads(fetch, list(session.files))


def _in_threads(action: Callable[[Path], None], paths: Sequence[Path]) -> None:
    """Call a function for each path, some at once.

    The first error is raised after all have ended. The threads do not outlive the process, as those of a pool would
    while a server is silent.
    """
    waiting, errors = deque(paths), list[BaseException]()

    def work() -> None:
        while waiting and not errors:
            try:
                action(waiting.popleft())
            except BaseException as error:  # raised again by the caller, after all threads
                errors.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in paths[:_AT_ONCE]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def _fetch_file(file: RemoteFile, size: int, copy: LocalCopy, server: Server, stop: threading.Event) -> None:
    state = copy.state(file)
    if state is CopyState.WHOLE:
        return
    if state is CopyState.DAMAGED:
        copy.keep_beginning(file, size)
        copy.path(file).unlink(missing_ok=True)  # both would take more room than is reserved
    if copy.arrived_bytes(file) > size:
        part_of(copy.path(file)).unlink()
    download(server, file, copy.path(file), _counter(file, size, stop))


def _counter(file: RemoteFile, size: int, stop: threading.Event) -> Callable[[int], None]:
    """Return a counter that ends a download beyond its room."""
    arrived = 0

    def count(number: int) -> None:
        nonlocal arrived
        arrived += number
        if stop.is_set():
            raise StoppedStreamError
        if arrived > size:
            raise FetchError(
                "the server sends more than it announced",
                where=file.key,
                got=f"{arrived} bytes or more",
                expected=f"{size} bytes",
                fix="try again later, or name another server with --base-url",
            )

    return count


@dataclass(frozen=True)
class FetchedWork:
    """Conversion of a session whose sources are there, as work for any process.

    Parameters
    ----------
    session : StreamedSession
        The session.
    route : Route
        Where it comes from and goes to.
    most : int
        Bytes that its file may have; 0 for any number.
    """

    session: StreamedSession
    route: Route
    most: int = 0

    def run(self) -> SessionOutcome:
        """Convert the session; a file that outgrows its room ends it with `OVER_ROOM`."""
        with largest_file(self.most) as limited:
            outcome = SessionWork(self._task()).run()
        return replace(outcome, reason=OVER_ROOM) if limited and TOO_LARGE in outcome.reason else outcome

    def lost(self, error: Exception) -> SessionOutcome:
        """Return the outcome of a session whose process died."""
        return SessionWork(self.session.task).lost(error)

    def _task(self) -> SessionTask:
        """Return the task, planned again where sources determine its metadata."""
        task, wish = self.session.task, self.route.wish
        if not wish.options.get("timezone"):
            return task
        tables = next(self.route.copy.rglob("project_metadata"), self.route.copy)
        options = {**wish.options, "sessions": task.plan.session_id}
        planned = prepare(
            wish.recipe, [tables], task.folder, options=options, metadata=wish.metadata, settings=wish.settings
        )
        same = next((each for each in planned if each.plan.sources == task.plan.sources), task)
        return replace(same, number=task.number, settings=task.settings)


def deliver(session: StreamedSession, outcome: SessionOutcome, destination: Destination) -> Delivered:
    """Bring a converted file to its final place, out of scratch."""
    if outcome.status not in (SessionStatus.CONVERTED, SessionStatus.SKIPPED) or outcome.path is None:
        return outcome, {}
    try:
        place, facts = destination.deliver(outcome.path, session.key)
    except (NwbgateError, OSError) as error:
        return replace(outcome, status=SessionStatus.FAILED, reason=str(error)), {}
    finally:
        if destination.on_scratch:
            outcome.path.unlink(missing_ok=True)
    return replace(outcome, path=place), {"stream": session.key, "unknown": list(outcome.unknown), **facts}


@dataclass(frozen=True)
class WholeWork:
    """All stages of a session in one process, on any machine of a cluster."""

    session: StreamedSession
    route: Route
    keep: bool = False
    most: int = 0

    def run(self) -> Delivered:
        """Fetch, convert and deliver the session, and delete its sources."""
        try:
            fetch_sources(self.session, self.route, threading.Event())
        except NwbgateError as error:
            return failure(self.session, error), {}
        outcome = FetchedWork(self.session, self.route, self.most).run()
        result = deliver(self.session, outcome, self.route.destination)
        for path in () if self.keep else self.session.files:
            with suppress(OSError):
                path.unlink()
        return result

    def lost(self, error: Exception) -> Delivered:
        """Return the outcome of a session whose worker died."""
        return FetchedWork(self.session, self.route).lost(error), {}


def failure(session: StreamedSession, error: BaseException) -> SessionOutcome:
    """Return the outcome of a session with an error outside its conversion."""
    if isinstance(error, NwbgateError):
        return session.outcome(SessionStatus.FAILED, reason=str(error))
    return unexpected_outcome(session.task, error)
