"""The folder that a sample is written to: nothing in it is replaced unasked."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nwbgate.errors import UsageError, WriteError


@contextmanager
def writing_sample(folder: Path, paths: Iterable[Path], what: str, *, overwrite: bool) -> Iterator[None]:
    """Reject existing paths, and explain errors of the system during the block.

    Parameters
    ----------
    folder : Path
        Where the sample is written.
    paths : iterable of Path
        What is written.
    what : str
        What the paths are, for the error, such as ``recordings``.
    overwrite : bool
        Whether existing ones may be replaced.

    Raises
    ------
    UsageError
        If one exists and may not be replaced.
    WriteError
        If the folder cannot be made or written to.
    """
    taken = [path for path in paths if path.exists()]
    if taken and not overwrite:
        raise UsageError(
            f"{len(taken)} {what} of the sample exist already",
            where=str(taken[0]),
            fix="choose another folder, or overwrite them (--overwrite)",
        )
    try:
        yield
    except OSError as error:
        raise WriteError(
            "cannot write the sample",
            where=str(folder),
            got=error.strerror or str(error),
            fix="choose a writable folder",
        ) from error
