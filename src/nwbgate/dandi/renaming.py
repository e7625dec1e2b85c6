"""Renaming to the names of `dandi organize`: all files or none."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nwbgate.archives.library import dandi_library
from nwbgate.dandi.ledger import Ledger
from nwbgate.errors import UsageError, WriteError
from nwbgate.storage.hdf5 import open_nwb_file
from nwbgate.storage.safe_files.atomic import sync
from nwbgate.storage.safe_files.refusals import explain_refusals

#: Codes of findings about a name that another name corrects.
CODES = frozenset({"dandi.filename", "dandi.folder", "dandi.subject_folder", "publish.subject"})
#: Event of a renamed file in the ledger.
RENAMED = "renamed"


@dataclass(frozen=True)
class Renaming:
    """Present and proposed path of a file in its folder."""

    source: str
    target: str


def proposed_names(root: Path, paths: Iterable[str]) -> tuple[Renaming, ...]:
    """Return names by `dandi organize` of readable files that it can tell apart.

    Parameters
    ----------
    root : Path
        The folder.
    paths : iterable of str
        Paths in it of files with other names.

    Raises
    ------
    UsageError
        If a file refers to files beside it, which would have to move with it.
    """
    records = [record for path in paths if (record := _record(root, path)) is not None]
    if not records:
        return ()
    found = (Renaming(record["source"], str(record["dandi_path"])) for record in _name_records(records))
    return tuple(each for each in found if each.source != each.target)


def _name_records(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return records with names, without those that dandi cannot tell apart."""
    organize = dandi_library("dandi.organize")
    name = partial(organize.create_unique_filenames_from_metadata, required_fields=["session_id"])
    try:
        return list(name([{**record} for record in records]))
    except (organize.OrganizeImpossibleError, RuntimeError):
        alone = [named for record in records for named in name([{**record}])]
        often = Counter(record["dandi_path"] for record in alone)
        return [record for record in alone if often[record["dandi_path"]] == 1]


def rename_files(root: Path, renamings: Sequence[Renaming], ledger: Ledger) -> None:
    """Rename files, all or none, and write it into the ledger.

    Parameters
    ----------
    root : Path
        The folder.
    renamings : sequence of Renaming
        Different targets, none of which may exist.
    ledger : Ledger
        That of the folder.

    Raises
    ------
    WriteError
        If a target exists or the system refuses; nothing is renamed then.
    """
    done: list[Renaming] = []
    try:
        for each in renamings:
            _move(root / each.source, root / each.target)
            done.append(each)
    except BaseException:  # an interrupt too must undo what was renamed
        for each in reversed(done):
            _move(root / each.target, root / each.source)
            _remove_empty(root, root / each.target)
        raise
    for each in renamings:
        _remove_empty(root, root / each.source)
        ledger.add(RENAMED, each.target, source=each.source)


def _move(source: Path, target: Path) -> None:
    """Rename a file to a free name; refuse to replace another."""
    with explain_refusals(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _link_or_rename(source, target)
        except FileExistsError:
            raise WriteError(
                "the new name of a file is taken",
                where=str(target),
                got=f"{source} should get this name",
                expected="a free name",
                fix="compare the two files with `nwbgate diff`, and remove or rename one",
            ) from None
        source.unlink(missing_ok=True)
        sync(target.parent)


def _link_or_rename(source: Path, target: Path) -> None:
    """Give a file a second name, or on Windows a new one; replace nothing."""
    if sys.platform == "win32":
        source.rename(target)
    else:
        os.link(source, target, follow_symlinks=False)


def _remove_empty(root: Path, file: Path) -> None:
    """Remove the folders of a file that it left empty."""
    for folder in file.parents:
        if folder == root:
            return
        with suppress(OSError):  # it holds other files
            folder.rmdir()


def _record(root: Path, path: str) -> dict[str, Any] | None:
    """Return the metadata that names are made of."""
    try:
        with open_nwb_file(root / path, follow_links=True):
            pass  # a group that contains itself would keep dandi-cli busy for ever
        found: dict[str, Any] = dandi_library("dandi.metadata.nwb").get_metadata(root / path)
    except Exception:  # of any kind: it reads the whole file by PyNWB; the plan reports the file as unreadable
        return None
    if found.get("external_file_objects"):
        raise UsageError(
            "the file refers to files beside it, which would stay behind",
            where=str(root / path),
            got=str(found["external_file_objects"][0].get("external_files")),
            fix="dandi organize --update-external-file-paths, which rewrites the paths",
        )
    return {**found, "path": str(root / path), "source": path} if found.get("subject_id") else None
