"""Options for the place of work: processes of this machine, or a cluster."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from concurrent.futures import Executor


def jobs(about: str) -> Callable[..., Any]:
    """Return the option --jobs, by its help without the default."""
    return click.option("--jobs", type=click.IntRange(min=1), metavar="N", help=f"{about}  [default: one per core]")


def cluster(verb: str) -> Callable[..., Any]:
    """Return the option --cluster of a verb."""
    return click.option(
        "--cluster",
        metavar="WHERE",
        help=f"{verb} on a cluster instead: local[:N], slurm[:option=value,...], FILE.yaml, or a dask scheduler's "
        "address.",
    )


@contextmanager
def executor_on(cluster: str | None) -> "Iterator[Executor | None]":
    """Give the executor of a cluster, None for this machine."""
    if cluster is None:
        yield None
        return
    from nwbgate.cluster import cluster_executor

    with cluster_executor(cluster) as executor:
        yield executor
