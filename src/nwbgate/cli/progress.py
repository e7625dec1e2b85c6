"""How far a batch is, and what became of it: a bar on a terminal, plain lines elsewhere, a table at the end."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn
from rich.progress import Progress as Bar
from rich.text import Text

from nwbgate.conversion.ledger import FILE_NAME
from nwbgate.conversion.outcome import Outcome, Status
from nwbgate.conversion.task import Task as Session

_ORDER = tuple(Status)
_COLOURS = {Status.CONVERTED: "green", Status.FAILED: "red", Status.SKIPPED: "cyan", Status.EXCLUDED: "yellow"}


class Pace:
    """Rate and time left, by the bytes of the sources that were converted; what was skipped says nothing about it.

    Parameters
    ----------
    total : int
        Bytes of all sources.
    """

    def __init__(self, total: int) -> None:
        self.left, self.done, self.sessions, self.started = total, 0, 0, perf_counter()

    def add(self, outcome: Outcome, planned: int) -> None:
        """Count a session that has ended, of which so many bytes were planned."""
        self.left -= planned
        if outcome.status is Status.CONVERTED:
            self.done += planned
            self.sessions += 1

    @property
    def rate(self) -> float:
        """Bytes per second; 0 as long as nothing was converted."""
        return self.done / self.seconds

    @property
    def seconds(self) -> float:
        """Time since the beginning."""
        return perf_counter() - self.started

    def __str__(self) -> str:
        """Return rate and time left as text; empty as long as nothing was converted."""
        if not self.done:
            return ""
        rate = f"{self.rate / 1e6:.1f} MB/s" if self.rate > 1e5 else f"{self.sessions / self.seconds:.1f} sessions/s"
        return f"{rate}, {duration(self.left / self.rate)} left"


class _PaceColumn(ProgressColumn):
    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        super().__init__()

    def render(self, task: Task) -> Text:
        return Text(str(self.pace))


class Progress:
    """Shows, on standard error, how far a batch is.

    Parameters
    ----------
    sessions : sequence of Session
        All sessions of the batch.
    """

    def __init__(self, sessions: Sequence[Session]) -> None:
        self.sizes = [session.source_bytes for session in sessions]
        self.pace = Pace(sum(self.sizes))
        self.ended = 0
        self.console = Console(stderr=True, highlight=False)
        self.bar: Bar | None = None

    def __enter__(self) -> Self:
        """Begin to show a bar, on a terminal."""
        if self.console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _PaceColumn(self.pace))
            self.bar = Bar(*columns, console=self.console, transient=True)
            self.task = self.bar.add_task("sessions", total=len(self.sizes))
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self.bar:
            self.bar.stop()

    def advance(self, outcome: Outcome) -> None:
        """Count a session that has ended."""
        self.ended += 1
        self.pace.add(outcome, self.sizes[outcome.number])
        if self.bar:
            self.bar.advance(self.task)
        else:
            self._say(outcome)

    def _say(self, outcome: Outcome) -> None:
        parts = [f"[{self.ended}/{len(self.sizes)}] {outcome.session_id}: {outcome.status}"]
        if outcome.status is Status.CONVERTED:
            parts.append(f"in {outcome.seconds:.1f} s")
        if outcome.status is Status.FAILED:
            parts.append(f"- {outcome.reason.splitlines()[0]}")
        pace = str(self.pace)
        click.echo(" ".join(parts) + (f" ({pace})" if pace else ""), err=True)
        sys.stderr.flush()


def summary(outcomes: Iterable[Outcome], folder: Path, *, debug: bool = False) -> str:
    """Return the table at the end of a batch, in the order of the sessions, then failures, remarks and unknown values.

    Parameters
    ----------
    outcomes : iterable of Outcome
        What became of the sessions.
    folder : Path
        Output folder, as the user named it.
    debug : bool
        Show the tracebacks of failures.
    """
    found = sorted(outcomes, key=lambda outcome: outcome.number)
    absolute = folder.absolute()
    rows = [("session", "status", "time", "size", "file"), *(_row(outcome, absolute) for outcome in found)]
    lines = _columns(rows)
    lines += [line for outcome in found for line in _details(outcome, debug)]
    lines += _unknown(found)
    lines += ["", _totals(found, folder)]
    return "\n".join(lines) + "\n"


def _row(outcome: Outcome, folder: Path) -> tuple[str, ...]:
    path = None if outcome.status is Status.FAILED else outcome.path  # what failed has no file to be found
    file = "" if path is None else str(path.relative_to(folder) if path.is_relative_to(folder) else path)
    size = f"{outcome.bytes / 1e6:.1f} MB" if outcome.bytes else ""
    return outcome.session_id, outcome.status.value, f"{outcome.seconds:.1f} s", size, file


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with aligned columns; nothing is wrapped or cut, whatever the width of the terminal."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    cells = [[text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in rows]
    for line in cells[1:]:
        line[1] = click.style(line[1], fg=_COLOURS.get(Status(line[1].strip())))
    return ["  ".join(line).rstrip() for line in cells]


def _details(outcome: Outcome, debug: bool) -> list[str]:
    """Return what is to be said about one session below the table."""
    lines = []
    if outcome.reason:
        lines += ["", *f"{outcome.session_id} {outcome.status}: {outcome.reason}".splitlines()]
    if outcome.remarks:
        lines += [] if outcome.reason else [""]
        lines += [f"{outcome.session_id}: {remark}" for remark in outcome.remarks]
    if debug and outcome.traceback:
        lines += outcome.traceback.rstrip().splitlines()
    return lines


def _unknown(outcomes: Sequence[Outcome]) -> list[str]:
    """Return what nobody says of what is written, once for the whole run, with the number of sessions if not all."""
    done = [outcome for outcome in outcomes if outcome.status not in (Status.EXCLUDED, Status.FAILED)]
    count = Counter(value for outcome in done for value in dict.fromkeys(outcome.unknown))
    if not count:
        return []
    lines = [
        f"  {value}" + (f" ({number} of {len(done)})" if number < len(done) else "") for value, number in count.items()
    ]
    return ["", "Not said by the sources, and written as unknown:", *lines]


def _totals(outcomes: Sequence[Outcome], folder: Path) -> str:
    count = Counter(outcome.status for outcome in outcomes)
    parts = [f"{count[status]} {status}" for status in _ORDER if count[status]]
    written = f"; ledger: {folder / FILE_NAME}" if (folder / FILE_NAME).exists() else ""
    return f"{', '.join(parts) or 'nothing to do'}, in {folder}{written}"


def duration(seconds: float) -> str:
    """Return a time in words, in the units that matter."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
