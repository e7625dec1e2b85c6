"""Conversion of recordings as they appear in a folder, once their writers are done."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nwbgate.conversion.batches.batch import run_batch
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.batches.task import SessionTask
from nwbgate.storage.safe_files.atomic import is_being_written

#: Size and time of the last modification (ns) of each source of a session.
States = tuple[tuple[str, int, int], ...]


@dataclass
class SourcesAtRest:
    """Sources of sessions as last seen, to detect those at rest.

    Parameters
    ----------
    settle : float
        Seconds for which a source must not have changed.
    """

    settle: float
    _seen: dict[str, tuple[States, float]] = field(default_factory=dict)
    _tried: dict[str, States] = field(default_factory=dict)

    def at_rest(self, tasks: Sequence[SessionTask], now: float) -> list[SessionTask]:
        """Return sessions whose sources are at rest and changed since the last try.

        Parameters
        ----------
        tasks : sequence of SessionTask
            All sessions that are planned.
        now : float
            Seconds of a clock that never goes back.
        """
        ready = []
        for task in tasks:
            name, states = task.plan.session_id, _states(task.plan.sources)
            before, since = self._seen.get(name, ((), now))
            if states != before:
                self._seen[name] = (states, since := now)
            rested = bool(states) and now - since >= self.settle
            if rested and states != self._tried.get(name) and not any(map(is_being_written, task.plan.sources)):
                self._tried[name] = states
                ready.append(task)
        return ready


def watch(
    plan: Callable[[], list[SessionTask]],
    *,
    settle: float,
    jobs: int = 1,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[SessionOutcome]:
    """Convert sessions as their sources come to rest, until interrupted between two conversions.

    A session that failed is tried again when one of its sources changes. Sessions that are up to date are passed over
    in silence, so that a run that was ended can simply be started again.

    Parameters
    ----------
    plan : callable
        Returns the sessions that are there now; none while there is no source.
    settle : float
        Seconds for which no source of a session must have changed, in size or time. Files that another program has
        locked, as HDF5 does while it writes, are left alone as well.
    jobs : int
        Sessions converted at once.
    wait : callable
        Waits for some seconds between two looks.

    Yields
    ------
    SessionOutcome
        Of each session that was converted, or failed.
    """
    sources = SourcesAtRest(settle)
    while True:
        try:
            ready = sources.at_rest(plan(), time.monotonic())
        except KeyboardInterrupt:
            return
        for outcome in run_batch(ready, jobs=jobs):
            if outcome.status not in (SessionStatus.SKIPPED, SessionStatus.EXCLUDED):
                yield outcome
        try:
            wait(max(settle / 4, 0.05))
        except KeyboardInterrupt:
            return


def _states(paths: Sequence[Path]) -> States:
    """Return size and time of each source; nothing while one of them is missing."""
    try:
        return tuple((str(path), (status := path.stat()).st_size, status.st_mtime_ns) for path in paths)
    except OSError:
        return ()
