"""One edited cell of a valid manifest is one finding: exactly the code that names the fault, and nothing else.

``manifest_cells.csv`` has a row per fault: the code expected, the number of the row, and the text put into the cell
(table and column are in the code).
"""

import csv
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from nwbgate.check.judge import judge
from nwbgate.manifest.spec import load_spec
from nwbgate.manifest.tables import read_tables
from nwbgate.rules import all_rules

VALID = Path(__file__).parents[1] / "valid_manifest"
SPEC = load_spec("visual_behavior@1.1.0")
RULES = [rule for rule in all_rules(SPEC) if rule.scope == "manifest"]
KEYS = {name: table.keys for name, table in SPEC.tables.items()}
#: The same, for folders with some of the tables.
ANY_TABLES = SPEC.model_copy(
    update={"tables": {name: table.model_copy(update={"optional": True}) for name, table in SPEC.tables.items()}}
)


@cache
def valid() -> dict[str, pd.DataFrame]:
    return read_tables(VALID, SPEC)


def cells() -> list[tuple[str, int, str]]:
    with (Path(__file__).parent / "manifest_cells.csv").open(newline="") as file:
        return [(row["code"], int(row["row"]), row["text"]) for row in csv.DictReader(file)]


def edited(folder: Path, table: str, row: int, column: str, text: str) -> dict[str, pd.DataFrame]:
    """Write one table of the valid manifest with one cell changed, and read it beside the others."""
    name = str(SPEC.tables[table].file)
    with (VALID / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row][column] = text
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return {**valid(), **read_tables(folder, ANY_TABLES)}


def test_the_valid_manifest_has_no_fault():
    outcome = judge(RULES, valid(), KEYS)
    assert (outcome.findings, outcome.broken) == ([], [])


@pytest.mark.parametrize(("code", "row", "text"), cells(), ids=lambda value: str(value)[:60])
def test_one_edited_cell_is_one_finding(tmp_path, code, row, text):
    table, column, _ = code.split(".")
    frames = edited(tmp_path, table, row, column, text)
    outcome = judge(RULES, frames, KEYS)
    assert not outcome.broken
    assert [finding.code for finding in outcome.findings] == [code]
    key = frames[table].loc[row, list(SPEC.tables[table].keys)]
    if not key.isna().any():
        assert (key.iloc[0] if len(key) == 1 else tuple(key)) in outcome.findings[0].keys


def test_there_are_more_than_two_hundred_faults():
    assert len({code for code, _, _ in cells()}) == len(cells()) > 200


@pytest.mark.parametrize(
    ("table", "column"),
    [(n, c) for n, table in SPEC.manifest_tables.items() for c, column in table.columns.items() if not column.optional],
)
def test_a_missing_column_is_one_finding(table, column):
    frames = read_tables(VALID, SPEC)
    frames[table] = frames[table].drop(columns=column)
    outcome = judge(RULES, frames, KEYS)
    assert not outcome.broken
    assert [finding.code for finding in outcome.findings] == [f"{table}.{column}.present"]
