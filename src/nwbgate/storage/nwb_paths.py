"""Which NWB files the paths of a command line mean: files, folders and patterns."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from nwbgate.errors import UsageError

#: Characters that make a path a pattern when no file of that name exists.
_WILD = frozenset("*?[")
#: What an address begins with, with the slashes that are left of it in a path.
_ADDRESS = re.compile(r"^(https?|s3|ftp):/{1,2}")


def nwb_files(paths: str | Path | Iterable[str | Path]) -> list[Path]:
    """Return the NWB files that `paths` mean, each once, in the order given (a folder's or pattern's sorted).

    A link in a folder whose target is absent is among them: what it should hold is not sound, and must not be passed
    over. Linked folders are not followed.

    Parameters
    ----------
    paths : str or Path, or several
        A file is taken as it is; a folder stands for the ``*.nwb`` below it; a pattern (``data/**/*.nwb``) for what it
        matches.

    Raises
    ------
    UsageError
        If a path does not exist or is neither a file nor a folder, if a folder or pattern holds no NWB file, or if a
        folder or pattern cannot be read.
    """
    several = [paths] if isinstance(paths, str | Path) else paths
    meant: dict[str, Path] = {}
    for file in (file for path in several for file in _meant(Path(path))):
        meant.setdefault(os.path.abspath(file), file)  # noqa: PTH100 - `resolve` would take a link for its target
    return list(meant.values())


def _meant(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if path.is_dir():
        return _some(path, sorted(_below(path)), "this folder")
    if _WILD & set(str(path)) and not _ADDRESS.match(str(path)):
        return _some(path, _matches(path), "this pattern")
    raise _no_file(path)


def _below(folder: Path) -> Iterator[Path]:
    """Give the NWB files below a folder; one that cannot be listed is refused, because some may be in it."""
    for parent, _, names in os.walk(folder, onerror=_refuse_folder):
        files = (Path(parent, name) for name in names if name.endswith(".nwb"))
        yield from filter(_is_file, files)


def _is_file(path: Path) -> bool:
    """Return whether `path` is a file, or a link to one that is absent, and no pipe, socket or device."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def _refuse_folder(error: OSError) -> None:
    raise UsageError(
        "this folder cannot be read",
        where=str(error.filename),
        got=error.strerror or str(error),
        fix="check its permissions, or name the files",
    ) from error


def _no_file(path: Path) -> UsageError:
    if _ADDRESS.match(str(path)):
        return _address(str(path))
    if path.exists():
        fix = "save what it gives to a file, and name that"
        return UsageError("this is neither a file nor a folder", where=str(path), fix=fix)
    if path.is_symlink():
        got = f"a link to {path.readlink()}, which is absent"
        return UsageError("there is no such file", where=str(path), got=got, fix="fetch what the link points at")
    return UsageError("there is no such file or folder", where=str(path), fix="check the spelling of the path")


def _address(path: str) -> UsageError:
    return UsageError(
        "this is the address of a server, and only local files are read here",
        where=_ADDRESS.sub(r"\1://", path),  # a path has lost one of the two slashes
        expected="an NWB file, or a folder or pattern of them, on this machine",
        fix="download the file and name the copy; nwbgate.open and nwbgate show read addresses",
    )


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
    return [file for match in found for file in ([match] if _is_file(match) else nwb_files([match]))]
