"""Source files of a session: found in a converter's source data, and their size."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from neuroconv import BaseDataInterface, NWBConverter

from nwbgate.errors import SourceError

Converter: TypeAlias = BaseDataInterface | NWBConverter


def size_of(sources: Iterable[Path]) -> int:
    """Return the total size of sources in bytes.

    Raises
    ------
    SourceError
        If one is not there.
    """
    try:
        return sum(source.stat().st_size for source in sources)
    except OSError as error:
        raise SourceError(
            "cannot read the source",
            where=str(error.filename),
            got=str(error.strerror),
            expected="a file",
            fix="check that it exists (downloaded, not moved) and is readable",
        ) from error


def find_sources(converter: Converter) -> list[Path]:
    """Return every existing file in a converter's source data, each once.

    Of a folder, all files in it and below it; interfaces that read unnamed files beside a named one (a header beside
    its data) need `sources` given.
    """
    if isinstance(converter, NWBConverter):
        parts = [find_sources(child) for child in converter.data_interface_objects.values()]
        return list(dict.fromkeys(path for part in parts for path in part))
    values = [value for given in converter.source_data.values() for value in _flat(given)]
    return list(
        dict.fromkeys(path for value in values if isinstance(value, str | Path) for path in _files(Path(value)))
    )


def _flat(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _files(path: Path) -> list[Path]:
    try:
        return sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path] * path.is_file()
    except (OSError, ValueError):  # a text that cannot be a path: too long, or with a null character
        return []
