"""The corpus as files, for measuring any validator."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nwbgate.corpus.declarations import Declared, declared_faults, sample_faults
from nwbgate.corpus.valid_inputs import ValidInputs
from nwbgate.errors import UsageError, WriteError

#: Name of the table in the folder of the corpus, and its columns.
TABLE = "faults.csv"
COLUMNS = ("number", "category", "code", "path", "clean")


@dataclass(frozen=True)
class Corpus:
    """Faults as files.

    Parameters
    ----------
    valid : ValidInputs
        The clean counterparts.
    planted : list of (Declared, Path)
        Each fault with its file or folder of tables.
    """

    valid: ValidInputs
    planted: list[tuple[Declared, Path]]


def write_corpus(folder: Path, *, sample: int | None = None, seed: int = 0) -> Corpus:
    """Write each fault to a folder, with the valid inputs and a table.

    Parameters
    ----------
    folder : Path
        New or empty.
    sample : int, optional
        At most so many faults of each category; all by default.
    seed : int
        Chooses the sample.

    Returns
    -------
    Corpus

    Raises
    ------
    UsageError
        If the folder is not empty.
    WriteError
        If the system refuses to write.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            "the folder of the corpus is not empty",
            where=str(folder),
            expected="a new or empty folder",
            fix="choose another folder",
        )
    folder = folder.absolute()
    faults = declared_faults() if sample is None else sample_faults(declared_faults(), sample, seed)
    valid = ValidInputs(folder / "valid")
    written: list[tuple[Declared, Path]] = []
    try:
        for number, fault in enumerate(faults):
            place = folder / "planted" / f"{number:03d}_{fault.code}"
            place.mkdir(parents=True)
            written.append((fault, fault.plant(valid, place)))
        _write_table(folder, valid, written)
    except OSError as problem:
        raise WriteError(
            "the corpus cannot be written",
            where=str(problem.filename or folder),
            got=problem.strerror or str(problem),
            fix="choose a folder that can be written to, with 5 GB of room for the whole corpus",
        ) from problem
    return Corpus(valid, written)


def _write_table(folder: Path, valid: ValidInputs, written: Iterable[tuple[Declared, Path]]) -> None:
    with (folder / TABLE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number, (fault, path) in enumerate(written):
            clean: Path = getattr(valid, fault.base)
            places = (each.relative_to(folder).as_posix() for each in (path, clean))
            writer.writerow([number, fault.category, fault.code, *places])
