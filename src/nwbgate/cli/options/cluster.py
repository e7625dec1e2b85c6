"""The cluster that ``--cluster`` names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor


@contextmanager
def executor_on(cluster: str | None) -> "Iterator[Executor | None]":
    """Give the executor of a cluster, None for this machine."""
    if cluster is None:
        yield None
        return
    from nwbgate.cluster import cluster_executor

    with cluster_executor(cluster) as executor:
        yield executor
