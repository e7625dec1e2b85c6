"""NWB files from command-line paths: files, folders and patterns."""

import os
from collections.abc import Iterable
from pathlib import Path

from nwbgate.errors import UsageError
from nwbgate.storage.remote_files.address import Address, as_path
from nwbgate.storage.safe_files.folder_contents import (
    Contents,
    NotJudged,
    folder_contents,
    is_file,
    is_hidden,
    is_store,
)

#: Characters that make a path a pattern when no file of that name exists.
_WILD = frozenset("*?[")
#: Entries of a folder without NWB files that are named; more are counted.
_NAMED = 3


def nwb_files(paths: str | Path | Iterable[str | Path]) -> list[Path]:
    """Return the NWB files of `paths`; see `contents`."""
    return list(contents(paths).files)


def contents(paths: str | Path | Iterable[str | Path]) -> Contents:
    """Return the unique NWB files of `paths`, and contents left out.

    The one answer of all verbs to what a folder holds. Linked folders are not followed, and hidden files and folders
    are no data.

    Parameters
    ----------
    paths : str or Path, or several
        A file or Zarr store is taken as it is; a folder stands for the ``*.nwb`` and ``*.nwb.zarr`` below it, in upper
        case too; a pattern (``data/**/*.nwb``) for what it matches. Addresses (``https://``, ``s3://``, ``dandi://``)
        are listed by their server, and stay addresses.

    Raises
    ------
    UsageError
        If a path does not exist or is neither a file nor a folder, if a folder or pattern holds no NWB file, or if a
        folder or pattern cannot be read.
    UnreachableError, FetchError
        If a server cannot list what an address means.
    """
    several = [paths] if isinstance(paths, str | Path) else list(paths)
    return _merge_contents([_meant_paths(as_path(path)) for path in several])


def hdf5_contents(folder: Path) -> Contents:
    """Return the contents of a folder, its Zarr stores among those not judged.

    Raises
    ------
    UsageError
        As `contents` does, and where a folder holds nothing but stores.
    """
    found = contents(folder)
    stores = [path for path in found.files if is_store(path)]
    named = tuple(NotJudged(path, "a Zarr store; publish it with dandi-cli (dandi upload)") for path in stores)
    files = tuple(path for path in found.files if path not in stores)
    if stores and not files:
        raise UsageError(
            "this folder contains Zarr stores only",
            where=str(folder),
            got=f"{stores[0]}" + (f" and {len(stores) - 1} more" if len(stores) > 1 else ""),
            expected="files whose name ends in .nwb",
            fix="publish stores with dandi-cli (`dandi upload`), after `nwbgate check`",
        )
    return Contents(files, (*found.not_judged, *named), found.hidden)


def _merge_contents(several: list[Contents]) -> Contents:
    """Merge contents, with each absolute path once; links are not resolved.

    A file that one path means is judged, though another path does not judge it.
    """
    files = {os.path.abspath(file): file for each in reversed(several) for file in reversed(each.files)}  # noqa: PTH100
    files = dict(reversed(files.items()))
    others = {os.path.abspath(one.path): one for each in several for one in each.not_judged}  # noqa: PTH100
    hidden = dict.fromkeys(path for each in several for path in each.hidden)
    left = tuple(one for name, one in others.items() if name not in files)
    return Contents(tuple(files.values()), left, tuple(hidden))


def _meant_paths(path: Path) -> Contents:
    if isinstance(path, Address):
        from nwbgate.storage.remote_files.server_files import server_contents

        return server_contents(path)
    if path.is_file():
        return Contents((path,))
    if path.is_dir():
        return _require_some(path, _of_folder(path), "this folder")
    if _WILD & set(str(path)):
        return _require_some(path, _of_pattern(path), "this pattern")
    raise _no_file(path)


def _of_folder(folder: Path) -> Contents:
    """Return the contents of a folder, rejecting one that cannot be listed."""
    if is_store(folder):
        return Contents((folder,))
    return folder_contents(folder, _refuse_folder)


def _of_pattern(pattern: Path) -> Contents:
    """Return the matches of a pattern, hidden ones only if named."""
    matches = _matches(pattern)
    named = any(is_hidden(Path(part)) for part in pattern.parts)
    hidden = () if named else tuple(path for path in matches if any(is_hidden(Path(part)) for part in path.parts))
    shown = [path for path in matches if path not in {*hidden}]
    found = _merge_contents([Contents((path,)) if is_file(path) else _meant_by_match(path) for path in shown])
    return Contents(found.files, found.not_judged, (*found.hidden, *hidden))


def _meant_by_match(path: Path) -> Contents:
    return _of_folder(path) if path.is_dir() else _meant_paths(path)


def _refuse_folder(error: OSError) -> None:
    raise UsageError(
        "cannot read this folder",
        where=str(error.filename),
        got=error.strerror or str(error),
        fix="check its permissions, or name the files",
    ) from error


def _no_file(path: Path) -> UsageError:
    if path.exists():
        fix = "save its output to a file, and name that"
        return UsageError("this is neither a file nor a folder", where=str(path), fix=fix)
    if path.is_symlink():
        got = f"a link to {path.readlink()}, which is absent"
        return UsageError("no such file", where=str(path), got=got, fix="fetch the link's target")
    return UsageError("no such file or folder", where=str(path), fix="check the spelling of the path")


def _matches(pattern: Path) -> list[Path]:
    try:
        return sorted(Path(pattern.anchor or ".").glob(str(pattern.relative_to(pattern.anchor))))
    except ValueError as error:
        raise UsageError(
            "invalid pattern",
            where=str(pattern),
            got=str(error),
            expected="a pattern such as 'data/**/*.nwb'",
            fix="make ** a separate path component",
        ) from error


def _require_some(path: Path, found: Contents, noun: str) -> Contents:
    """Return contents with at least one NWB file.

    Raises
    ------
    UsageError
        If there is none.
    """
    if not found.files:
        others = [f"{one.path}: {one.reason}" for one in found.not_judged]
        more = f"; and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        raise UsageError(
            f"{noun} contains no NWB file",
            where=str(path),
            got="; ".join(others[:_NAMED]) + more,
            expected="files whose name ends in .nwb, or stores in .nwb.zarr",
            fix="name NWB files, or a folder with NWB files",
        )
    return found
