"""Differences between two files, and the outcome of a comparison."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class Change(StrEnum):
    """Kinds of differences."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One difference between a first and a second object.

    Parameters
    ----------
    change : Change
        Whether the second has more, less, or something else.
    path : str
        HDF5 path of the object, or the column of a table.
    part : str
        Differing part: ``object``, ``type``, ``attribute NAME``, ``dtype``, ``shape``, ``values``, ``rows``, ``link``.
    first, second : str
        What each of them has; empty where it has nothing.
    count : int
        Number of values (or rows) that differ; 0 where they are not counted.
    largest : float, optional
        Largest absolute difference of numbers.
    where : str
        Place of the largest difference (of texts: of the first one), as an index or a key.
    """

    change: Change
    path: str
    part: str
    first: str = ""
    second: str = ""
    count: int = 0
    largest: float | None = None
    where: str = ""


@dataclass(frozen=True)
class Pair:
    """Two compared files, and their differences.

    Parameters
    ----------
    first, second : str
        Paths or addresses; empty where one of them does not exist.
    differences : tuple of Difference
        In the order of the objects.
    objects : int
        Number of objects that were compared.
    problem : str
        Why the two could not be compared; empty where they were.
    """

    first: str
    second: str
    differences: tuple[Difference, ...] = ()
    objects: int = 0
    problem: str = ""

    @property
    def equal(self) -> bool:
        """Whether both exist, were compared, and hold the same."""
        return bool(self.first and self.second) and not (self.differences or self.problem)


@dataclass(frozen=True)
class Comparison:
    """The outcome of `nwbgate.diff`.

    Parameters
    ----------
    pairs : tuple of Pair
        One per file, equal ones included.
    """

    pairs: tuple[Pair, ...] = field(default_factory=tuple)

    @property
    def equal(self) -> bool:
        """Whether every file has a counterpart that holds the same."""
        return all(pair.equal for pair in self.pairs)

    @property
    def exit_code(self) -> int:
        """0 if all is equal, else 1."""
        return int(not self.equal)

    @property
    def differences(self) -> "pd.DataFrame":
        """One row per difference: first_file, second_file, and the fields of `Difference`."""
        import pandas as pd

        columns = ["first_file", "second_file", *Difference.__dataclass_fields__]
        return pd.DataFrame(list(self._rows()), columns=columns)

    def _rows(self) -> Iterator[dict[str, object]]:
        for pair in self.pairs:
            files = {"first_file": pair.first, "second_file": pair.second}
            for each in pair.differences:
                yield {**files, **vars(each), "change": each.change.value}

    def __repr__(self) -> str:
        """Return the numbers of the comparison."""
        same = sum(pair.equal for pair in self.pairs)
        return f"<Comparison: {same} of {len(self.pairs)} files equal>"
