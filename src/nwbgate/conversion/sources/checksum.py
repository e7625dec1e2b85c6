"""Comparison of sources with their published checksums."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from nwbgate.errors import SourceError
from nwbgate.writing import provenance


def refuse_altered(sources: Iterable[Path], checksums: Mapping[str, str], *, threads: int = 1) -> None:
    """Reject a source that differs from its published checksum.

    The digest is that of the provenance, which is computed once for each source.

    Parameters
    ----------
    sources : iterable of Path
        Source files; those whose name has no checksum are let pass.
    checksums : mapping
        Name of a file to ``algorithm:hexadecimal digest``; the algorithms are those of `provenance.ALGORITHMS`.
    threads : int
        Sources digested at once.

    Raises
    ------
    SourceError
        Naming the file and both checksums.
    """
    known = {source: checksums.get(source.name, "").partition(":") for source in sources}
    for algorithm in {algorithm for algorithm, _, published in known.values() if published}:
        same = [source for source in known if known[source][0] == algorithm]
        for source, found in zip(same, provenance.describe(same, algorithm, threads=threads), strict=True):
            if found.digest != known[source][2]:
                raise _altered_source(source, algorithm, found.digest, known[source][2])


def _altered_source(source: Path, algorithm: str, found: str, published: str) -> SourceError:
    return SourceError(
        "the source differs from the published file",
        where=str(source),
        got=f"{algorithm} {found}",
        expected=f"{algorithm} {published}",
        fix="download it again: it was truncated or changed",
    )
