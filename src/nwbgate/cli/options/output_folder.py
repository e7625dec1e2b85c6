"""Output folders and buckets: named, and checked to be writable before anything is read."""

import tempfile
from pathlib import Path
from typing import Any

import click

from nwbgate.errors import UsageError
from nwbgate.storage.remote_files.address import as_path


class OutputPlace(click.Path):
    """A folder, or the address of a bucket."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return a path, or an `Address`."""
        return as_path(str(value))


def require_writable(folder: Path) -> None:
    """Reject a folder that cannot be made or written to, leaving nothing behind.

    Parameters
    ----------
    folder : Path
        The folder; it need not exist.

    Raises
    ------
    UsageError
        If a file is in its place or in its path, or the system refuses a file in it, or in the nearest folder that
        exists.
    """
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if _exists(place))
    if not there.is_dir():
        raise _refusal_of(folder, f"{there} is not a folder", "choose another folder, or move the file at this path")
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        reason = f"cannot create files in {there}: {error.strerror or error}"
        raise _refusal_of(folder, reason, "choose a writable folder, or change its permissions") from error


def _exists(place: Path) -> bool:
    """Return whether a path exists, including a broken link."""
    return place.exists() or place.is_symlink()


def _refusal_of(folder: Path, reason: str, fix: str) -> UsageError:
    return UsageError(
        "the output folder cannot be written to",
        where=str(folder),
        got=reason,
        expected="an existing writable folder, or a path where one can be made",
        fix=fix,
    )
