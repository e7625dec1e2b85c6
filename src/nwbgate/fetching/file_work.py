"""Files fetched by the workers of a cluster into a shared folder."""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

from nwbgate.errors import FetchError, NwbgateError, UnreachableError
from nwbgate.fetching.content import Patience
from nwbgate.fetching.copy import CopyState, LocalCopy
from nwbgate.fetching.download import Report, download
from nwbgate.fetching.fetch import Order, Wanted
from nwbgate.fetching.server import Server
from nwbgate.processes.executors import results_elsewhere


@dataclass(frozen=True)
class DownloadWork:
    """Download of one file, as work for any process.

    Parameters
    ----------
    base_url : str
        Server of the release.
    patience : Patience
        How long to wait for it.
    copy : LocalCopy
        Where the file goes.
    wanted : Wanted
        The file.
    """

    base_url: str
    patience: Patience
    copy: LocalCopy
    wanted: Wanted

    def run(self) -> NwbgateError | None:
        """Fetch and verify the file; return the error if it fails."""
        one = self.wanted
        if one.state is CopyState.DAMAGED:
            self.copy.keep_beginning(one.file, one.size)
        try:
            download(Server(self.base_url, self.patience), one.file, self.copy.path(one.file), lambda count: None)
        except NwbgateError as error:
            return error
        return None

    def lost(self, error: Exception) -> NwbgateError:
        """Return the error of a file whose worker died."""
        return FetchError(
            "the worker that fetched the file died",
            where=self.wanted.file.key,
            got=f"{type(error).__name__}: {error}".partition("\n")[0],
            fix="run the same command again: what has arrived is kept",
        )


def fetch_elsewhere(
    server: Server, copy: LocalCopy, wanted: Order, report: Report, executor: Executor
) -> Iterator[tuple[Wanted, NwbgateError | None]]:
    """Download missing files on an executor; see `nwbgate.fetching.fetch.fetch`.

    Parameters
    ----------
    server, copy, wanted, report
        As there; `report` is told of whole files.
    executor : Executor
        Each of its workers fetches one file at a time.

    Raises
    ------
    UnreachableError
        If the server does not answer any more.
    ClusterLostError
        If the executor gave its work up.
    """
    copy.record(*(one.file for one in wanted.files if not one.missing))
    works = [DownloadWork(server.base_url, server.patience, copy, one) for one in wanted.to_fetch]
    for number, error in results_elsewhere(works, executor):
        if isinstance(error, UnreachableError):
            raise error
        one = works[number].wanted
        problem = error or _problem_here(copy, one)
        if problem is None:
            copy.record(one.file)
            report(max(0, (one.size or 0) - copy.arrived_bytes(one.file)))
        yield one, problem


def _problem_here(copy: LocalCopy, one: Wanted) -> NwbgateError | None:
    """Return the error of a file outside the shared folder."""
    if copy.path(one.file).is_file():
        return None
    return FetchError(
        "a worker fetched the file into another folder",
        where=str(copy.path(one.file)),
        got="no such file on this machine",
        expected="a folder that this machine and all workers share",
        fix="name a folder of a shared file system",
    )
