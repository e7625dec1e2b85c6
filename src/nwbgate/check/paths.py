"""Which NWB files the paths of a command line mean: files, folders and patterns."""

from collections.abc import Iterable
from pathlib import Path

from nwbgate.errors import UsageError

#: Characters that make a path a pattern when no file of that name exists.
_WILD = frozenset("*?[")


def nwb_files(paths: str | Path | Iterable[str | Path]) -> list[Path]:
    """Return the NWB files that `paths` mean, each once, in the order given (a folder's or pattern's sorted).

    Parameters
    ----------
    paths : str or Path, or several
        A file is taken as it is; a folder stands for the ``*.nwb`` below it; a pattern (``data/**/*.nwb``) for what it
        matches.

    Raises
    ------
    UsageError
        If a path does not exist, a folder or pattern holds no NWB file, or a pattern cannot be read.
    """
    several = [paths] if isinstance(paths, str | Path) else paths
    return list(dict.fromkeys(file for path in several for file in _meant(Path(path))))


def _meant(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if path.is_dir():
        return _some(path, sorted(file for file in path.rglob("*.nwb") if file.is_file()), "this folder")
    if _WILD & set(str(path)):
        return _some(path, _matches(path), "this pattern")
    raise UsageError("there is no such file or folder", where=str(path), fix="check the spelling of the path")


def _matches(pattern: Path) -> list[Path]:
    try:
        return sorted(Path(pattern.anchor or ".").glob(str(pattern.relative_to(pattern.anchor))))
    except ValueError as error:
        raise UsageError(
            "this pattern cannot be read",
            where=str(pattern),
            got=str(error),
            expected="a pattern such as 'data/**/*.nwb'",
            fix="give ** a part of the path of its own",
        ) from error


def _some(path: Path, found: list[Path], noun: str) -> list[Path]:
    if not found:
        raise UsageError(
            f"{noun} holds no NWB file",
            where=str(path),
            expected="files whose name ends in .nwb",
            fix="name NWB files, or a folder that holds some",
        )
    return [file for match in found for file in ([match] if match.is_file() else nwb_files([match]))]
