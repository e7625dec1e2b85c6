"""Faults of single table cells, declared in CSV files."""

import csv
from importlib.resources import files
from io import StringIO
from typing import NamedTuple


class Cell(NamedTuple):
    """One cell with a fault; table and column are in its code.

    Parameters
    ----------
    code : str
        Code that the fault must give, alone.
    row : int
        Row of the table, from 0.
    text : str
        What is put into the cell.
    """

    code: str
    row: int
    text: str


def _declared_cells(name: str) -> list[Cell]:
    text = (files("nwbgate.corpus") / f"{name}_cells.csv").read_text(encoding="utf-8")
    return [Cell(row["code"], int(row["row"]), row["text"]) for row in csv.DictReader(StringIO(text))]


#: Faults of the valid manifest, of facts about the files it would have, and of a table of recordings.
MANIFEST_CELLS, FACT_CELLS, RECORDING_CELLS = (
    _declared_cells("manifest"),
    _declared_cells("facts"),
    _declared_cells("recording"),
)
