"""Facts of files as plain values, kept as JSON and joined."""

from collections.abc import Mapping
from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from nwbgate.cache.versions import version_of
from nwbgate.manifest.specification.fact_columns import FACTS
from nwbgate.reading.facts.fact_frames import Columns, fact_frame
from nwbgate.reading.facts.files import FileFacts

#: Table to column to values; without the column ``path``.
PlainFacts = Mapping[str, Mapping[str, list[Any]]]

#: Kind of the entries of a cache that hold facts.
KIND = "facts"
#: Types of the values of a column, beside None.
_TYPES: dict[str, tuple[type, ...]] = {
    "Int64": (int,), "float64": (int, float), "boolean": (bool,), "object": (str, int, float),
}  # fmt: skip
#: Beyond the largest whole number of 64 bits.
_LARGEST = 2**63


def facts_version() -> str:
    """Return the version of the code that reads facts."""
    return version_of("h5py", "numpy", "pandas")


def plain_facts(facts: FileFacts) -> PlainFacts:
    """Return the facts of one file as plain values, None for absent columns."""
    return {
        name: {
            column: _plain(frame[column]) if column in frame else [None] * len(frame)
            for column in FACTS[name]
            if column != "path"
        }
        for name, frame in facts.frames()
    }


def _plain(column: "pd.Series[Any]") -> list[Any]:
    values = [value.item() if isinstance(value, np.generic) else value for value in column.tolist()]
    return [None if value is pd.NA else value for value in values]


def plain_columns(facts: Mapping[str, Columns]) -> PlainFacts:
    """Return as plain values what `fact_columns` returned."""
    return plain_facts(FileFacts(**{name: fact_frame(name, [columns]) for name, columns in facts.items()}))


def columns_of(facts: PlainFacts, path: str) -> dict[str, Columns]:
    """Return plain values as `fact_columns` would, with the path of their file."""
    return {name: {**columns, "path": [path] * len(next(iter(columns.values())))} for name, columns in facts.items()}


def are_facts(values: object) -> TypeGuard[PlainFacts]:
    """Return whether values have the form of facts."""
    return (
        isinstance(values, dict)
        and values.keys() == FACTS.keys()
        and all(_is_table(values[name], columns) for name, columns in FACTS.items())
    )


def _is_table(table: object, columns: Mapping[str, str]) -> bool:
    if not isinstance(table, dict) or table.keys() != columns.keys() - {"path"}:
        return False
    lists = all(isinstance(values, list) for values in table.values())
    return (
        lists
        and len({len(values) for values in table.values()}) == 1
        and all(_is_column(values, columns[name]) for name, values in table.items())
    )


def _is_column(values: list[Any], kind: str) -> bool:
    return all(value is None or isinstance(value, _TYPES[kind]) for value in values) and not (
        kind == "Int64" and any(value is not None and not -_LARGEST <= value < _LARGEST for value in values)
    )


class JoinedFacts:
    """Facts of many files, joined value by value.

    A frame per file would take ten times the memory and time.

    Attributes
    ----------
    files : int
        Number of files added.
    """

    def __init__(self) -> None:
        self.files = 0
        self._tables: dict[str, dict[str, list[Any]]] = {
            name: {column: [] for column in columns} for name, columns in FACTS.items()
        }

    def add(self, path: str, facts: PlainFacts) -> None:
        """Add the facts of a file.

        Parameters
        ----------
        path : str
            The file, as it is named now.
        facts : PlainFacts
            What `plain_facts` returned.
        """
        self.files += 1
        for name, columns in facts.items():
            rows = len(next(iter(columns.values())))
            self._tables[name]["path"] += [path] * rows
            for column, values in columns.items():
                self._tables[name][column] += values

    @property
    def facts(self) -> FileFacts:
        """The rows of all files, in the order in which they were added."""
        return FileFacts(**{name: fact_frame(name, [columns]) for name, columns in self._tables.items()})
