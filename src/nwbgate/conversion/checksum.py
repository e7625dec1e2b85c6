"""Sources held against the checksums that they were published with."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from nwbgate.errors import SourceError
from nwbgate.writing import provenance


def refuse_altered(sources: Iterable[Path], checksums: Mapping[str, str]) -> None:
    """Refuse a source that is not what was published.

    The digest is that of the provenance, which is computed once for each source.

    Parameters
    ----------
    sources : iterable of Path
        Source files; those whose name has no checksum are let pass.
    checksums : mapping
        Name of a file to ``algorithm:hexadecimal digest``; the algorithms are those of `provenance.ALGORITHMS`.

    Raises
    ------
    SourceError
        Naming the file and both checksums.
    """
    for source in sources:
        algorithm, _, published = checksums.get(source.name, "").partition(":")
        if not published:
            continue
        (found,) = provenance.describe([source], algorithm)
        if found.digest != published:
            raise SourceError(
                "the source is not the file that was published",
                where=str(source),
                got=f"{algorithm} {found.digest}",
                expected=f"{algorithm} {published}",
                fix="download it again: it was cut short or altered",
            )
