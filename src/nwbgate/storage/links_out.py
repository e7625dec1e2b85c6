"""Links out of a file: rejected, or followed to files beside it."""

from pathlib import Path

import h5py

from nwbgate.errors import OutsideError
from nwbgate.storage.file_tree import WayOut, ways_out

#: Ways out that an error names; more are counted.
_NAMED = 3
#: Files that were opened to follow their links to the files beside them, by name as HDF5 has it.
_FOLLOWED: set[str] = set()


def refuse_ways_out(file: h5py.File, *, follow_links: bool = False) -> None:
    """Refuse a file that leads to another one.

    Parameters
    ----------
    file : h5py.File
        An open local file.
    follow_links : bool
        Allow ways to other files in the folder of the file or below it, as modular storage of NWB has them.

    Raises
    ------
    OutsideError
        If there is a way out that is not allowed, naming the first ones.
    MalformedError
        If the tree of the file cannot be walked: circles, too many levels or paths.
    TooLargeError
        If a column or text declares more than a gigabyte.
    """
    _FOLLOWED.discard(file.filename)
    _refuse(file, follow_links, set())
    if follow_links:
        _FOLLOWED.add(file.filename)


def is_followed(file: h5py.File) -> bool:
    """Return whether the links of a file to files beside it may be followed."""
    return file.filename in _FOLLOWED


def _refuse(file: h5py.File, follow_links: bool, seen: set[Path]) -> None:
    """Reject links out of a file, also in the files that it leads to."""
    ways = ways_out(file)
    path = Path(file.filename).resolve()
    seen.add(path)
    targets = {way: _target(way, path.parent) for way in ways}
    refused = [way for way, target in targets.items() if target is None or not follow_links]
    if refused:
        raise _outside(file.filename, refused, beside=all(targets.values()))
    for target in {target for target in targets.values() if target} - seen:
        if h5py.is_hdf5(target):  # external storage is of bytes, and leads no further
            with h5py.File(target, "r") as other:
                _refuse(other, follow_links, seen)


def _target(way: WayOut, folder: Path) -> Path | None:
    """Return the neighbouring file that a link leads to, or None.

    HDF5 looks for a relative name in the folder of the file and in the working folder: both must be the same file, or
    only the one beside may be there.
    """
    if not way.file or "\0" in way.file:
        return None
    there = {place.resolve() for place in (folder / way.file, Path(way.file)) if place.exists()}
    if len(there) != 1:
        return None
    target = there.pop()
    return target if target.is_file() and target.is_relative_to(folder) else None


def _outside(where: str, ways: list[WayOut], *, beside: bool) -> OutsideError:
    more = f"; and {len(ways) - _NAMED} more" if len(ways) > _NAMED else ""
    return OutsideError(
        "the file leads to other files, which are not followed, and is not judged",
        where=where,
        got="; ".join(map(str, ways[:_NAMED])) + more,
        expected="all data inside the file",
        fix="export the file with its data (NWBHDF5IO.export); check, facts, qc and show also take --follow-links "
        "(follow_links=True in Python)"
        if beside
        else "export the file with its data (NWBHDF5IO.export), or copy what it leads to beside it",
    )
