"""Whether a folder can be written to, asked once and before anything is read."""

import tempfile
from pathlib import Path

from nwbgate.errors import UsageError


def require_writable(folder: Path) -> None:
    """Refuse a folder that cannot be made or written to; nothing is left behind.

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
        raise _refused(folder, f"{there} is no folder", "choose another folder, or move what is in the way")
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        reason = f"{there} takes no file: {error.strerror or error}"
        raise _refused(folder, reason, "choose a folder that can be written to, or change its permissions") from error


def _exists(place: Path) -> bool:
    """Return whether something has this name, be it a link to nothing; a path through a file has nothing."""
    return place.exists() or place.is_symlink()


def _refused(folder: Path, reason: str, fix: str) -> UsageError:
    return UsageError(
        "the output folder cannot be written to",
        where=str(folder),
        got=reason,
        expected="a folder that exists or can be made, and takes files",
        fix=fix,
    )
