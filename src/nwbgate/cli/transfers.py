"""How far a fetch is: a bar with rate and time left on a terminal, a line per file elsewhere."""

from time import perf_counter
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, ProgressColumn, Task, TextColumn
from rich.progress import Progress as Bar
from rich.text import Text

from nwbgate.cli.progress import duration


class _PaceColumn(ProgressColumn):
    def __init__(self, transfers: "Transfers") -> None:
        self.transfers = transfers
        super().__init__()

    def render(self, task: Task) -> Text:
        return Text(self.transfers.pace)


class Transfers:
    """Shows, on standard error, how much has arrived.

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
        self.console = Console(stderr=True, highlight=False)
        self.bar: Bar | None = None

    @property
    def pace(self) -> str:
        """Rate and time left as text; empty as long as nothing has arrived."""
        received = self.done - self.left_before
        if received <= 0:
            return ""
        rate = received / (perf_counter() - self.started)
        return f"{rate / 1e6:.1f} MB/s, {duration(max(0, self.size - self.done) / rate)} left"

    def __enter__(self) -> Self:
        """Begin to show a bar, on a terminal."""
        if self.console.is_terminal and self.files:
            columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), _PaceColumn(self))
            self.bar = Bar(*columns, console=self.console, transient=True)
            self.task = self.bar.add_task(f"0 of {self.files} files", total=self.size)
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self.bar:
            self.bar.stop()

    def advance(self, count: int) -> None:
        """Count bytes that have arrived, or fewer than none that were of no use."""
        self.done += count
        if self.bar:
            self.bar.update(self.task, completed=self.done)

    def end(self, name: str, what: str) -> None:
        """Count a file that has ended."""
        self.ended += 1
        if self.bar:
            self.bar.update(self.task, description=f"{self.ended} of {self.files} files")
            return
        pace = self.pace
        click.echo(f"[{self.ended}/{self.files}] {name}: {what}" + (f" ({pace})" if pace else ""), err=True)


def bytes_in_words(count: int) -> str:
    """Return a number of bytes in the unit that it is best read in."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1e3:.1f} kB"
