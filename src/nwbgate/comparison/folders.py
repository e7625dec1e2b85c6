"""Matching files of two folders or dandisets, and their differences."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from nwbgate.comparison.difference import Comparison, Pair
from nwbgate.comparison.files import compare_files
from nwbgate.comparison.manifests import compare_tables
from nwbgate.comparison.tolerance import Tolerance
from nwbgate.errors import NwbgateError, UsageError
from nwbgate.storage.hdf5 import open_nwb_file
from nwbgate.storage.nwb_paths import nwb_files
from nwbgate.storage.remote_files.address import Address, as_path
from nwbgate.storage.safe_files.folder_contents import is_searched, is_store, visible_data
from nwbgate.storage.values import text

Named = dict[str, Path]
#: What comes before the path of a file in the address of a dandiset.
_DANDISET = re.compile(r"dandi://(?:[^/@]+/)?\d{6}(?:@[^/]+)?/")


def diff(
    first: str | Path,
    second: str | Path,
    *,
    rtol: float = 0.0,
    atol: float = 0.0,
    ignore: Sequence[str] = (),
    on_pair: Callable[[Pair], None] | None = None,
) -> Comparison:
    """Compare two NWB files, two tables (CSV), or two folders of them.

    Object ids, dates of creation, cached specifications, chunks and compression do not count. Files of folders belong
    together by their relative path, else by the session that they hold.

    Parameters
    ----------
    first, second : str or path
        Two files, or two folders. An address (``https://``, ``s3://``, ``dandi://``) stands for a file, a prefix of a
        bucket or a dandiset for a folder.
    rtol, atol : float
        Relative and absolute tolerance of numbers. By default every bit counts.
    ignore : sequence of str
        Patterns of HDF5 paths, or names of columns, that are left out, such as ``/general/source_script``.
    on_pair : callable, optional
        Called with each pair as soon as it is compared.

    Returns
    -------
    Comparison
        All pairs, equal ones included, as pairs and as a frame (``differences``).

    Raises
    ------
    UsageError
        If a path does not exist, one is a file and the other a folder, or a tolerance is not a number of at least 0.
    UnreachableError, FetchError
        If a server cannot list what an address means.
    """
    tolerance = Tolerance(rtol, atol)
    paths = _one_file(as_path(first)), _one_file(as_path(second))
    for path in paths:
        _require(path)
    if _is_many(paths[0]) != _is_many(paths[1]):
        raise UsageError(
            "a file and a folder cannot be compared",
            where=f"{paths[0]} and {paths[1]}",
            expected="two files, or two folders",
            fix="name the file inside the folder",
        )
    pairs = []
    for pair in _pairs(*paths, tolerance, ignore):
        pairs.append(pair)
        if on_pair is not None:
            on_pair(pair)
    return Comparison(tuple(pairs))


def _one_file(path: Path) -> Path:
    """Return the file that a ``dandi://`` address means, or the path."""
    return nwb_files(path)[0] if str(path).startswith("dandi://") and not _is_many(path) else path


def _is_many(path: Path) -> bool:
    """Return whether a path is a folder, dandiset or prefix."""
    if not isinstance(path, Address):
        return is_searched(path)
    text = str(path).lower()
    return text.startswith(("dandi://", "s3://")) and ("*" in text or not text.endswith(".nwb"))


def _require(path: Path) -> None:
    if not isinstance(path, Address) and not path.exists():
        raise UsageError("there is no such file or folder", where=str(path), fix="check the spelling of the path")


def _pairs(first: Path, second: Path, tolerance: Tolerance, ignore: Sequence[str]) -> Iterator[Pair]:
    if not _is_many(first):
        yield _compare(first, second, tolerance, ignore)
        return
    mine, theirs = _files(first), _files(second)
    if not mine and not theirs:
        raise UsageError(
            "no NWB file and no table in these folders",
            where=f"{first} and {second}",
            expected="*.nwb, *.nwb.zarr or *.csv",
            fix="name folders that hold some",
        )
    for one, two in _file_pairs(mine, theirs):
        if one is None or two is None:
            yield Pair(str(one or ""), str(two or ""))
        else:
            yield _compare(one, two, tolerance, ignore)


def _compare(first: Path, second: Path, tolerance: Tolerance, ignore: Sequence[str]) -> Pair:
    tables = [path.suffix.lower() == ".csv" for path in (first, second)]
    return (compare_tables if all(tables) else compare_files)(first, second, tolerance, ignore)


def _files(folder: Path) -> Named:
    """Return the NWB files, stores and tables of a folder by their relative path."""
    if isinstance(folder, Address):
        return {_name_below(folder, file): file for file in nwb_files(folder)}
    wanted = (path for path in visible_data(folder) if is_store(path) or path.suffix.lower() in {".nwb", ".csv"})
    return {path.relative_to(folder).as_posix(): path for path in sorted(wanted)}


def _name_below(folder: Address, file: Path) -> str:
    """Return the path of a file in its dandiset or prefix."""
    text = str(file)
    dandiset = _DANDISET.match(text)
    return text[dandiset.end() :] if dandiset else text.removeprefix(f"{str(folder).rstrip('/')}/")


def _file_pairs(first: Named, second: Named) -> Iterator[tuple[Path | None, Path | None]]:
    """Yield the files that belong together: by path, else by session, else each alone."""
    for name in first:
        if name in second:
            yield first[name], second[name]
    left = {name: path for name, path in first.items() if name not in second}
    right = {name: path for name, path in second.items() if name not in first}
    sessions = _by_session(right)
    for path in left.values():
        found = sessions.pop(_session(path), None)
        yield path, found
        right = {name: other for name, other in right.items() if other != found}
    for path in right.values():
        yield None, path


def _by_session(files: Named) -> dict[tuple[str, str] | str, Path]:
    """Return files by session, or by path where two share one."""
    found: dict[tuple[str, str] | str, list[Path]] = {}
    for path in files.values():
        found.setdefault(_session(path), []).append(path)
    return {session: several[0] for session, several in found.items() if len(several) == 1}


def _session(path: Path) -> tuple[str, str] | str:
    """Return a file's subject and session, else its identifier or path."""
    if path.suffix.lower() == ".csv":
        return path.name
    try:
        with open_nwb_file(path) as file:
            values = [file.get(name) for name in ("general/subject/subject_id", "general/session_id", "identifier")]
            subject, session, identifier = (text(value[()]) if value is not None else "" for value in values)
    except NwbgateError:
        return str(path)
    return (subject, session) if session else identifier or str(path)
