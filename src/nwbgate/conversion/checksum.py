"""Sources held against the checksums that they were published with."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from nwbgate.errors import SourceError

#: Bytes that are read at a time.
BLOCK = 1 << 20


def refuse_altered(sources: Iterable[Path], checksums: Mapping[str, str]) -> None:
    """Refuse a source that is not what was published.

    Parameters
    ----------
    sources : iterable of Path
        Source files; those whose name has no checksum are let pass.
    checksums : mapping
        Name of a file to ``algorithm:hexadecimal digest``; the algorithms are those of `hashlib`.

    Raises
    ------
    SourceError
        Naming the file and both checksums.
    """
    for source in sources:
        algorithm, _, published = checksums.get(source.name, "").partition(":")
        if published and (found := _digest(source, algorithm)) != published:
            raise SourceError(
                "the source is not the file that was published",
                where=str(source),
                got=f"{algorithm} {found}",
                expected=f"{algorithm} {published}",
                fix="download it again: it was cut short or altered",
            )


def _digest(path: Path, algorithm: str) -> str:
    content = hashlib.new(algorithm)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            content.update(block)
    return content.hexdigest()
