"""Batch progress: a bar on terminals, plain lines elsewhere, a final table."""

import sys
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

import click
from rich.progress import MofNCompleteColumn

from nwbgate.cli.printing.terminal_bar import TerminalBar
from nwbgate.conversion.batches.ledger import FILE_NAME
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus

_ORDER = tuple(SessionStatus)
#: Excluded sessions that each get a line of the table; of more, a release of which little is there, it would drown.
_FEW_EXCLUDED = 20
#: Sessions that are named where one thing is said of many.
_NAMED = 100
_COLOURS = {
    SessionStatus.CONVERTED: "green",
    SessionStatus.FAILED: "red",
    SessionStatus.SKIPPED: "cyan",
    SessionStatus.EXCLUDED: "yellow",
}


class Pace:
    """Rate and time left, by the source bytes converted so far.

    Parameters
    ----------
    total : int
        Bytes of all sources.
    """

    def __init__(self, total: int) -> None:
        self.left, self.done, self.sessions, self.started = total, 0, 0, perf_counter()

    def add(self, outcome: SessionOutcome, planned: int) -> None:
        """Count a finished session and its planned bytes."""
        self.left -= planned
        if outcome.status is SessionStatus.CONVERTED:
            self.done += planned
            self.sessions += 1

    @property
    def rate(self) -> float:
        """Bytes per second; 0 before the first conversion."""
        return self.done / self.seconds

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return perf_counter() - self.started

    def __str__(self) -> str:
        """Return rate and time left as text; empty before the first conversion."""
        if not self.done:
            return ""
        rate = f"{self.rate / 1e6:.1f} MB/s" if self.rate > 1e5 else f"{self.sessions / self.seconds:.1f} sessions/s"
        return f"{rate}, {duration(self.left / self.rate)} left"


class Progress:
    """Shows the progress of a batch on standard error.

    Parameters
    ----------
    sizes : sequence of int
        Source bytes of each session of the batch, by its number.
    excluded : int
        Sessions among them that never start.
    """

    def __init__(self, sizes: Sequence[int], excluded: int = 0) -> None:
        self.sizes = sizes
        self.count = len(sizes) - excluded
        self.pace = Pace(sum(self.sizes))
        self.ended = 0
        self.bar = TerminalBar("sessions", self.count, MofNCompleteColumn(), self.pace.__str__)

    def __enter__(self) -> Self:
        """Begin to show a bar, on a terminal."""
        self.bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        """Take the bar away."""
        self.bar.__exit__(kind, error, frames)

    def advance(self, outcome: SessionOutcome) -> None:
        """Count a finished session; excluded sessions never started."""
        self.pace.add(outcome, self.sizes[outcome.number])
        if outcome.status is SessionStatus.EXCLUDED:
            return
        self.ended += 1
        if self.bar.shown:
            self.bar.update(self.ended)
        else:
            self._say(outcome)

    def _say(self, outcome: SessionOutcome) -> None:
        pace, place = str(self.pace), f"[{self.ended}/{self.count}]"
        click.echo(f"{place} {outcome_line(outcome)}" + (f" ({pace})" if pace else ""), err=True)
        sys.stderr.flush()


def outcome_line(outcome: SessionOutcome) -> str:
    """Return one line about a session that ended."""
    parts = [f"{outcome.session_id}: {outcome.status}"]
    if outcome.status is SessionStatus.CONVERTED:
        parts.append(f"in {outcome.seconds:.1f} s")
    if outcome.status is SessionStatus.FAILED:
        parts.append(f"- {outcome.reason.splitlines()[0]}")
    return " ".join(parts)


def summary(outcomes: Iterable[SessionOutcome], folder: Path, *, debug: bool = False) -> str:
    """Return the final table of a batch, with remarks below it.

    First failures and remarks, then what is said of several sessions, what is excluded and why, and unknown values.

    Parameters
    ----------
    outcomes : iterable of SessionOutcome
        What became of the sessions.
    folder : Path
        Output folder, as the user named it.
    debug : bool
        Show the tracebacks of failures.
    """
    found = sorted(outcomes, key=lambda outcome: outcome.number)
    absolute = folder.absolute()
    excluded = [outcome for outcome in found if outcome.status is SessionStatus.EXCLUDED]
    tried = [outcome for outcome in found if outcome.status is not SessionStatus.EXCLUDED]
    listed = found if len(excluded) <= _FEW_EXCLUDED else tried
    rows = [_row(outcome, absolute) for outcome in listed]
    lines = _columns([("session", "status", "time", "size", "file"), *rows]) if rows else []
    several = {text: sessions for text, sessions in _by_remark(tried).items() if len(sessions) > 1}
    lines += [line for outcome in tried for line in _details(outcome, debug, known=several)]
    lines += [line for remark, sessions in several.items() for line in _of_several(sessions, "", remark)]
    lines += _reasons(excluded)
    lines += _unknown(found)
    lines += ["", _totals(found, folder)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _row(outcome: SessionOutcome, folder: Path) -> tuple[str, ...]:
    path = None if outcome.status is SessionStatus.FAILED else outcome.path  # what failed has no file to be found
    file = "" if path is None else str(path.relative_to(folder) if path.is_relative_to(folder) else path)
    size = f"{outcome.bytes / 1e6:.1f} MB" if outcome.bytes else ""
    return outcome.session_id, outcome.status.value, f"{outcome.seconds:.1f} s", size, file


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with aligned columns, never wrapped or cut."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    cells = [[text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in rows]
    for line in cells[1:]:
        line[1] = click.style(line[1], fg=_COLOURS.get(SessionStatus(line[1].strip())))
    return ["  ".join(line).rstrip() for line in cells]


def _details(outcome: SessionOutcome, debug: bool, known: Container[str]) -> list[str]:
    """Return the failure and remarks of one session, without remarks shared by several."""
    lines = []
    if outcome.reason:
        lines += ["", *f"{outcome.session_id} {outcome.status}: {outcome.reason}".splitlines()]
    if remarks := [remark for remark in outcome.remarks if remark not in known]:
        lines += [] if outcome.reason else [""]
        lines += [f"{outcome.session_id}: {remark}" for remark in remarks]
    if debug and outcome.traceback:
        lines += outcome.traceback.rstrip().splitlines()
    return lines


def _by_remark(outcomes: Iterable[SessionOutcome]) -> dict[str, list[str]]:
    """Return each remark with its sessions."""
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        for remark in outcome.remarks:
            found.setdefault(remark, []).append(outcome.session_id)
    return found


def _reasons(excluded: Iterable[SessionOutcome]) -> list[str]:
    """Return each reason for exclusion with its sessions."""
    found: dict[str, list[str]] = {}
    for outcome in excluded:
        found.setdefault(outcome.reason, []).append(outcome.session_id)
    return [line for reason, sessions in found.items() for line in _of_several(sessions, " excluded", reason)]


def _of_several(sessions: Sequence[str], status: str, text: str) -> list[str]:
    """Return a remark about one or several sessions, counting those beyond a few."""
    if len(sessions) == 1:
        return ["", f"{sessions[0]}{status}: {text}"]
    more = len(sessions) - _NAMED
    names = ", ".join(sessions[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return ["", f"{len(sessions)} sessions{status}: {text}", f"  {names}"]


def _unknown(outcomes: Sequence[SessionOutcome]) -> list[str]:
    """Return the unknown values of the run, with session counts where they differ."""
    done = [outcome for outcome in outcomes if outcome.status not in (SessionStatus.EXCLUDED, SessionStatus.FAILED)]
    count = Counter(value for outcome in done for value in dict.fromkeys(outcome.unknown))
    if not count:
        return []
    lines = [
        f"  {value}" + (f" ({number} of {len(done)})" if number < len(done) else "") for value, number in count.items()
    ]
    return ["", "Missing from the sources; written as unknown:", *lines]


def _totals(outcomes: Sequence[SessionOutcome], folder: Path) -> str:
    count = Counter(outcome.status for outcome in outcomes)
    parts = [f"{count[status]} {status}" for status in _ORDER if count[status]]
    written = f"; ledger: {folder / FILE_NAME}" if (folder / FILE_NAME).exists() else ""
    # A run that only failed makes no folder.
    place = "" if parts and {*count} <= {SessionStatus.FAILED, SessionStatus.EXCLUDED} else f", in {folder}"
    return f"{', '.join(parts) or 'nothing to do'}{place}{written}"


def duration(seconds: float) -> str:
    """Return a duration in hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
