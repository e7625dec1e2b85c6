"""Progress of a fetch: a bar on a terminal, one line per file elsewhere."""

from time import perf_counter
from types import TracebackType
from typing import Self

import click
from rich.progress import DownloadColumn

from nwbgate.cli.printing.progress import duration
from nwbgate.cli.printing.terminal_bar import TerminalBar


class Transfers:
    """Shows the progress of a fetch on standard error.

    Parameters
    ----------
    files : int
        Number of files that are fetched.
    size : int
        Their bytes, as far as known.
    arrived : int
        Bytes of them that an earlier run left, which say nothing about the rate.
    """

    def __init__(self, files: int, size: int, arrived: int = 0) -> None:
        self.files, self.size = files, size
        self.done, self.left_before, self.ended, self.started = 0, arrived, 0, perf_counter()
        self.bar = TerminalBar(f"0 of {files} files", size if files else 0, DownloadColumn(), lambda: self.pace)

    @property
    def pace(self) -> str:
        """Return rate and time left as text; empty before the first byte."""
        received = self.done - self.left_before
        if received <= 0:
            return ""
        rate = received / (perf_counter() - self.started)
        return f"{rate / 1e6:.1f} MB/s, {duration(max(0, self.size - self.done) / rate)} left"

    def __enter__(self) -> Self:
        """Begin to show a bar, on a terminal."""
        self.bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        """Take the bar away."""
        self.bar.__exit__(kind, error, frames)

    def advance(self, count: int) -> None:
        """Count received bytes; a negative number discards some."""
        self.done += count
        self.bar.update(self.done)

    def end(self, name: str, what: str) -> None:
        """Count a finished file."""
        self.ended += 1
        if self.bar.shown:
            self.bar.update(description=f"{self.ended} of {self.files} files")
            return
        pace = self.pace
        click.echo(f"[{self.ended}/{self.files}] {name}: {what}" + (f" ({pace})" if pace else ""), err=True)


def bytes_in_words(count: int) -> str:
    """Return a number of bytes in a readable unit."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1e3:.1f} kB"


def count_words(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not 1."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
