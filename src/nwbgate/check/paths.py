"""Which NWB files the paths of a command line mean: files, folders and patterns."""

from collections.abc import Iterable
from pathlib import Path

from nwbgate.errors import UsageError

#: Characters that make a path a pattern when no file of that name exists.
_WILD = frozenset("*?[")


def nwb_files(paths: Iterable[str | Path]) -> list[Path]:
    """Return the NWB files that `paths` mean, each once, in the order given (a folder's or pattern's sorted).

    Parameters
    ----------
    paths : iterable of str or Path
        A file is taken as it is; a folder stands for the ``*.nwb`` below it; a pattern (``data/**/*.nwb``) for what it
        matches.

    Raises
    ------
    UsageError
        If a path does not exist, or a folder or pattern holds no NWB file.
    """
    return list(dict.fromkeys(file for path in paths for file in _meant(Path(path))))


def _meant(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if path.is_dir():
        return _some(path, sorted(file for file in path.rglob("*.nwb") if file.is_file()), "this folder")
    if _WILD & set(str(path)):
        root = Path(path.anchor or ".")
        return _some(path, sorted(root.glob(str(path.relative_to(path.anchor)))), "this pattern")
    raise UsageError("there is no such file or folder", where=str(path), fix="check the spelling of the path")


def _some(path: Path, found: list[Path], noun: str) -> list[Path]:
    if not found:
        raise UsageError(
            f"{noun} holds no NWB file",
            where=str(path),
            expected="files whose name ends in .nwb",
            fix="name NWB files, or a folder that holds some",
        )
    return [file for match in found for file in ([match] if match.is_file() else nwb_files([match]))]
