"""A progress bar with rate and time left, on terminals only."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text


class _PaceColumn(ProgressColumn):
    def __init__(self, pace: Callable[[], str]) -> None:
        self._pace = pace
        super().__init__()

    def render(self, task: Task) -> Text:
        return Text(self._pace())


class TerminalBar:
    """A bar during a block, shown on terminals only.

    Parameters
    ----------
    description : str
        Text before the bar.
    total : int
        Length of the bar, such as sessions or bytes.
    done : ProgressColumn
        What is shown of the number that is done.
    pace : callable
        Returns rate and time left as text.
    """

    def __init__(self, description: str, total: int, done: ProgressColumn, pace: Callable[[], str]) -> None:
        console = Console(stderr=True, highlight=False)
        self.shown = console.is_terminal and total > 0
        columns = (TextColumn("{task.description}"), BarColumn(), done, _PaceColumn(pace))
        self._bar = Progress(*columns, console=console, transient=True)
        self._task = self._bar.add_task(description, total=total)

    def __enter__(self) -> Self:
        """Begin to show the bar."""
        if self.shown:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self.shown:
            self._bar.stop()

    def update(self, done: float | None = None, description: str | None = None) -> None:
        """Show what is done by now, or another text before the bar."""
        self._bar.update(self._task, completed=done, description=description)
