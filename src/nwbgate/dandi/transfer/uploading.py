"""The upload of a folder: skips arrived files, continues past failures."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nwbgate.dandi.judgement import Strictness
from nwbgate.dandi.ledger import Ledger
from nwbgate.dandi.planning import Action, Plan, PlannedFile, make_plan
from nwbgate.dandi.transfer.file_transfer import FileTransfer, SendOutcome, SendStatus

#: Files that are sent at once, unless told otherwise.
JOBS = 4


class Watch(Protocol):
    """Progress of an upload, as its caller wants to see it."""

    def begin(self, plan: Plan) -> None:
        """Learn what will be sent."""

    def advance(self, number: int) -> None:
        """Count sent bytes; a negative number takes some back."""

    def end(self, outcome: SendOutcome) -> None:
        """Learn what became of a file."""


class Unwatched:
    """No progress."""

    def begin(self, plan: Plan) -> None:
        """Ignore the plan."""

    def advance(self, number: int) -> None:
        """Ignore sent bytes."""

    def end(self, outcome: SendOutcome) -> None:
        """Ignore an outcome."""


@dataclass(frozen=True)
class Upload:
    """Result of an upload.

    Attributes
    ----------
    plan : Plan
        The plan that it followed.
    outcomes : tuple of Outcome
        One for each file, in the order of the plan.
    seconds : float
        Time of the transfer.
    """

    plan: Plan
    outcomes: tuple[SendOutcome, ...]
    seconds: float

    def count(self, status: SendStatus) -> int:
        """Return the number of files with one outcome."""
        return Counter(one.status for one in self.outcomes)[status]

    @property
    def exit_code(self) -> int:
        """Exit code: 0 all arrived, 1 some missing, 3 a rule broke."""
        arrived = all(one.arrived or one.status is SendStatus.PLANNED for one in self.outcomes)
        return self.plan.report.exit_code or int(not arrived)


def upload(
    folder: str | Path,
    *,
    instance: str | None = None,
    allow_placeholders: bool = False,
    fail_on: str = "error",
    waivers: str | Path | None = None,
    jobs: int = JOBS,
    dry_run: bool = False,
    watch: Watch | None = None,
) -> Upload:
    """Upload the files of a folder that may be published.

    What the archive has already is skipped, by digest: the same call continues an upload that broke off.

    Parameters
    ----------
    folder : str or Path
        Folder with a dandiset.yaml.
    instance, allow_placeholders, fail_on, waivers
        As for `plan`.
    jobs : int
        Files that are sent at once.
    dry_run : bool
        Send nothing. The key and the dandiset are tried all the same.
    watch : Watch, optional
        Told of the progress.

    Returns
    -------
    Upload
        The outcome of each file, which the ledger of the folder keeps as well.

    Raises
    ------
    UsageError
        If there is no key, or the folder cannot be planned.
    UnreachableError, FetchError
        If the archive does not answer before anything is sent, or refuses the key.
    """
    watcher = watch or Unwatched()
    strictness = Strictness(fail_on, None if waivers is None else Path(waivers), allow_placeholders)
    plan = make_plan(folder, strictness, instance=instance, with_key=True)
    watcher.begin(plan)
    started = time.perf_counter()
    outcomes: dict[str, SendOutcome] = {}
    ledger = Ledger(plan.folder)
    for outcome in _outcomes(plan, watcher, jobs, dry_run=dry_run):
        outcomes[outcome.path] = outcome
        if not dry_run:
            _keep(ledger, plan, outcome)
        watcher.end(outcome)
    seconds = time.perf_counter() - started
    sent = sum(one.bytes for one in outcomes.values() if one.status in (SendStatus.UPLOADED, SendStatus.REPLACED))
    if sent:
        ledger.add("run", "", bytes=sent, seconds=round(seconds, 3), sent=True)
    return Upload(plan, tuple(outcomes[one.path] for one in plan.files), seconds)


def _outcomes(plan: Plan, watch: Watch, jobs: int, *, dry_run: bool) -> Iterator[SendOutcome]:
    """Yield each file's outcome as it ends; stopping early stops the transfers."""
    for one in plan.files:
        if one.action is Action.REFUSE:
            yield SendOutcome(one.path, SendStatus.REFUSED, one.bytes, reason=", ".join(one.codes))
        elif one.action is Action.SKIP:
            identifier = one.remote.identifier if one.remote else ""
            yield SendOutcome(one.path, SendStatus.SKIPPED, one.bytes, asset=identifier)
        elif dry_run:
            yield SendOutcome(one.path, SendStatus.PLANNED, one.bytes)
    if not dry_run:
        yield from _send_files(plan, plan.sent, watch, jobs)


def _send_files(plan: Plan, files: tuple[PlannedFile, ...], watch: Watch, jobs: int) -> Iterator[SendOutcome]:
    transfer = FileTransfer(plan.remote, watch.advance)
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="upload") as threads:
        futures: list[Future[SendOutcome]] = [threads.submit(transfer.send, one) for one in files]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:  # Ctrl-C and SIGTERM: parts on their way end, no other begins
            transfer.stop.set()
            for future in futures:
                future.cancel()


def _keep(ledger: Ledger, plan: Plan, outcome: SendOutcome) -> None:
    """Write what became of a file into the ledger."""
    digests = next(one.examination.digests for one in plan.files if one.path == outcome.path)
    ledger.add(
        outcome.status.value,
        outcome.path,
        dandi_etag=digests.dandi_etag if digests else "",
        bytes=outcome.bytes,
        seconds=round(outcome.seconds, 3),
        reason=outcome.reason,
        asset=outcome.asset,
        dandiset=plan.dandiset.identifier,
        archive=plan.instance,
    )
