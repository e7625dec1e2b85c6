"""Contents of a folder: NWB files, other data, and hidden entries, which are ignored."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: Endings of files that are NWB files by their name, and of those that are HDF5 files of any kind; in any case.
NWB, HDF5 = (".nwb",), (".h5", ".hdf5")
#: Endings of folders that are NWB by their name if they are Zarr stores, and of stores of any kind.
_NWB_STORES, _STORES = (".nwb.zarr", ".nwb"), (".nwb", ".zarr")
#: Files by which a Zarr store is known.
_STORE_FILES = (".zgroup", ".zattrs", ".zmetadata", "zarr.json")


@dataclass(frozen=True)
class NotJudged:
    """Data in a folder that nwbgate does not judge, with the reason."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Contents:
    """NWB files and other data found at paths.

    Attributes
    ----------
    files : tuple of Path
        NWB files and Zarr stores; a link to an absent file is among them, because what it should hold is not sound.
    not_judged : tuple of NotJudged
        Linked folders, pipes, and HDF5 files and Zarr stores that have another name than those of NWB.
    hidden : tuple of Path
        Hidden files that are named as NWB files, and hidden folders: tools and file systems keep copies there.
    """

    files: tuple[Path, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    hidden: tuple[Path, ...] = ()


def folder_contents(folder: Path, on_error: Callable[[OSError], object]) -> Contents:
    """Return the contents of a folder at any depth, sorted by path.

    Parameters
    ----------
    folder : Path
        The folder; it may itself be hidden.
    on_error : callable
        Called with the error of a folder below that cannot be listed.
    """
    files: list[Path] = []
    not_judged: list[NotJudged] = []
    hidden: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=on_error):
        inside = [Path(parent, name) for name in folders]
        hidden += [path for path in inside if is_hidden(path)]
        hidden += [Path(parent, name) for name in names if name.startswith(".") and _ends(name, NWB)]
        reasons = {path: _reason_of_folder(path, folder) for path in inside if not is_hidden(path)}
        not_judged += [NotJudged(path, reason) for path, reason in reasons.items() if reason]
        files += (stores := [path for path, reason in reasons.items() if not reason and is_store(path)])
        folders[:] = [path.name for path, reason in reasons.items() if not reason and path not in stores]
        for path in (Path(parent, name) for name in names if not name.startswith(".") and _ends(name, (*NWB, *HDF5))):
            reason = _reason_of_file(path)
            if reason:
                not_judged.append(NotJudged(path, reason))
            else:
                files.append(path)
    by_path = sorted(not_judged, key=lambda each: each.path)
    return Contents(tuple(sorted(files)), tuple(by_path), tuple(sorted(hidden)))


def visible_files(folder: Path, on_error: Callable[[OSError], object] | None = None) -> Iterator[Path]:
    """Yield the files below a folder, without hidden ones."""
    for parent, folders, names in os.walk(folder, onerror=on_error):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names if not name.startswith("."))


def visible_data(folder: Path) -> Iterator[Path]:
    """Yield the files and Zarr stores below a folder, without hidden ones."""
    for parent, folders, names in os.walk(folder):
        inside = [Path(parent, name) for name in folders if not name.startswith(".")]
        stores = [path for path in inside if is_store(path)]
        folders[:] = [path.name for path in inside if path not in stores]
        yield from (*stores, *(Path(parent, name) for name in names if not name.startswith(".")))


def is_hidden(path: Path) -> bool:
    """Return whether a file or folder is hidden, such as DataLad's copies."""
    return path.name.startswith(".") and path.name not in (".", "..")


def is_store(folder: Path) -> bool:
    """Return whether a folder is a Zarr store."""
    return _ends(folder.name, _STORES) and any((folder / name).exists() for name in _STORE_FILES)


def bytes_of(path: Path) -> int:
    """Return the size of a file, or of all files of a store."""
    files = (Path(parent, name) for parent, _, names in os.walk(path) for name in names) if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def is_searched(path: Path) -> bool:
    """Return whether a path is a folder, but no Zarr store."""
    return path.is_dir() and not is_store(path)


def is_file(path: Path) -> bool:
    """Return whether `path` is a file or broken link, not a pipe."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def _reason_of_folder(path: Path, searched: Path) -> str:
    """Return why a folder is not searched, or an empty text."""
    if path.is_symlink():
        inside = path.resolve().is_relative_to(searched.resolve())
        return "" if inside else f"a link to the folder {path.readlink()}; name that folder to judge its contents"
    if is_store(path) and not _ends(path.name, _NWB_STORES):
        return "Zarr by its name, not NWB; name the store itself to judge it"
    return ""


def _reason_of_file(path: Path) -> str:
    """Return why a file is not judged, or an empty text."""
    if not is_file(path):
        return "a pipe, socket or device, not a file"
    if not _ends(path.name, NWB):
        return "HDF5 by its name, not NWB; name the file itself to judge it"
    return ""


def _ends(name: str, endings: tuple[str, ...]) -> bool:
    return name.lower().endswith(endings)
