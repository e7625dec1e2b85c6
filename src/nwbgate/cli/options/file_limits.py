"""Options that limit the time and memory of each file."""

from collections.abc import Callable
from typing import Any

import click

_POSITIVE = click.FloatRange(min=0, min_open=True)


def with_limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --file-time and --file-memory to a command."""
    time = click.option(
        "--file-time",
        type=_POSITIVE,
        metavar="SECONDS",
        help="Give up on a file after this time.  [default: no limit]",
    )
    memory = click.option(
        "--file-memory",
        type=_POSITIVE,
        metavar="MB",
        help="Give up on a file that needs more memory.  [default: no limit]",
    )
    return time(memory(command))
