"""The upload of one file by dandi-cli: retried, recognised, never half done."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nwbgate.archives.client import explain_failures
from nwbgate.archives.library import dandi_library
from nwbgate.dandi.files.digests import State
from nwbgate.dandi.planning import Action, PlannedFile
from nwbgate.dandi.transfer.watched_path import StoppedError, WatchedPath
from nwbgate.errors import FetchError, NwbgateError, UnreachableError, WriteError

#: Tries of a whole file, besides the twelve of dandi-cli for each request, and the pause before the second.
_TRIES, _PAUSE = 3, 1.0
#: Threads that send parts of one file.
_PARTS = 4


class SendStatus(StrEnum):
    """Outcome of one file."""

    UPLOADED = "uploaded"
    REPLACED = "replaced"
    SKIPPED = "skipped"
    REFUSED = "refused"
    FAILED = "failed"
    STOPPED = "stopped"
    PLANNED = "planned"


@dataclass(frozen=True)
class SendOutcome:
    """Result of one file.

    Attributes
    ----------
    path : str
        Path in the dandiset.
    status : SendStatus
        Outcome.
    bytes : int
        Its size.
    seconds : float
        Time of the transfer.
    reason : str
        Why it was refused or failed.
    asset : str
        Identifier in the archive, where it has arrived.
    """

    path: str
    status: SendStatus
    bytes: int = 0
    seconds: float = 0.0
    reason: str = ""
    asset: str = ""

    @property
    def arrived(self) -> bool:
        """Whether the archive has this content."""
        return self.status in (SendStatus.UPLOADED, SendStatus.REPLACED, SendStatus.SKIPPED)


class FileTransfer:
    """Sends the files of a plan to one dandiset, from any number of threads.

    Parameters
    ----------
    dandiset : dandi.dandiapi.RemoteDandiset
        The draft.
    report : callable
        Told how many bytes were sent; fewer than none where they have to be sent again.
    """

    def __init__(self, dandiset: Any, report: Callable[[int], None]) -> None:
        self.dandiset, self._report = dandiset, report
        self.stop = threading.Event()
        self._lock = threading.Lock()
        #: The first refusal that holds for every file.
        self._refusal: NwbgateError | None = None

    def send(self, one: PlannedFile) -> SendOutcome:
        """Send one file; whatever happens, this returns an outcome and does not raise."""
        started = time.perf_counter()
        try:
            asset = self._persistently(one)
            status = SendStatus.REPLACED if one.action is Action.REPLACE else SendStatus.UPLOADED
            return SendOutcome(one.path, status, one.bytes, time.perf_counter() - started, asset=asset)
        except StoppedError:
            return SendOutcome(one.path, SendStatus.STOPPED, one.bytes, reason="stopped before it had arrived")
        except NwbgateError as error:
            return SendOutcome(one.path, SendStatus.FAILED, one.bytes, time.perf_counter() - started, reason=str(error))

    def _persistently(self, one: PlannedFile) -> str:
        """Return an arrived file's identifier, retrying where that may help."""
        for attempt in range(1, _TRIES + 1):
            if self._refusal is not None:
                raise self._refusal
            try:
                return self._once(one)
            except (UnreachableError, WriteError) as error:
                arrived = self._arrived_identifier(one)
                if arrived or attempt == _TRIES:
                    return arrived or self._give_up(error)
                if self.stop.wait(_PAUSE * 2 ** (attempt - 1)):
                    raise StoppedError from None
        raise AssertionError("unreachable")

    def _once(self, one: PlannedFile) -> str:
        """Send a file once, and return its identifier in the archive."""
        _refuse_changed(one)
        sent = _Sent(self._count)
        asset = dandi_library("dandi.files.bases").NWBAsset(
            filepath=WatchedPath.watching(one.file, sent.add, self.stop), path=one.path, dandiset_path=None
        )
        requests = dandi_library("requests")
        try:
            with explain_failures(one.path):
                done = asset.upload(
                    self.dandiset, dict(one.examination.metadata), jobs=_PARTS, replacing=self._file_to_replace(one)
                )
            sent.complete(one.bytes)
            _refuse_changed(one)
            return str(done.identifier)
        except FetchError as error:
            sent.undo()
            raise self._weigh_error(error) from None
        except (RuntimeError, OSError, requests.RequestException) as problem:
            sent.undo()
            raise WriteError(
                "the transfer failed", where=one.path, got=str(problem), fix="run the same command again"
            ) from None
        except StoppedError:
            sent.undo()
            raise

    def _weigh_error(self, error: FetchError) -> NwbgateError:
        """Return a refusal, of this file or all; retryable ones as `WriteError`."""
        if isinstance(error, UnreachableError):
            return error
        if error.got.startswith(("404", "409")):  # an answer to a request whose first answer was lost
            return WriteError(error.what, where=error.where, got=error.got, fix=error.fix)
        if error.got.startswith(("401", "403", "423")):
            self._refusal = error
        return error

    def _give_up(self, error: NwbgateError) -> str:
        raise error

    def _file_to_replace(self, one: PlannedFile) -> Any:
        """Return the archive's file of that name; None if the name is free."""
        if one.remote is None:
            return None
        return dandi_library("dandi.dandiapi").RemoteAsset.from_data(self.dandiset, dict(one.remote.row))

    def _arrived_identifier(self, one: PlannedFile) -> str:
        """Return a file's identifier if it arrived despite an apparent failure."""
        digests = one.examination.digests
        try:
            with explain_failures(one.path):
                found = self.dandiset.get_asset_by_path(one.path)
                etag = found.get_raw_metadata().get("digest", {}).get("dandi:dandi-etag")
        except FetchError:
            return ""
        return str(found.identifier) if digests is not None and etag == digests.dandi_etag else ""

    def _count(self, number: int) -> None:
        with self._lock:
            self._report(number)


class _Sent:
    """Bytes of one file that were reported as sent."""

    def __init__(self, report: Callable[[int], None]) -> None:
        self._report, self._bytes, self._lock = report, 0, threading.Lock()

    def add(self, number: int) -> None:
        with self._lock:
            self._bytes += number
        self._report(number)

    def complete(self, size: int) -> None:
        """Report the rest, of content that the archive had already."""
        self.add(size - self._bytes)

    def undo(self) -> None:
        self.add(-self._bytes)


def _refuse_changed(one: PlannedFile) -> None:
    state = State.of(one.file)
    if one.examination.state != state:
        raise FetchError(
            "the file was changed after it was checked",
            where=str(one.file),
            got=f"{state.bytes:,} bytes, changed since",
            expected=f"the {one.bytes:,} bytes that were checked",
            fix="wait until no program writes to the file, and run the command again",
        )
