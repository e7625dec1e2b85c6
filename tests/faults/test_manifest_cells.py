"""One edited cell of a valid manifest is one finding: exactly the code that names the fault, and nothing else.

`nwbgate.corpus.cells` has them: the code expected, the number of the row, and the text put into the cell (table and
column are in the code).
"""

import csv
from pathlib import Path

import pandas as pd
import pytest

import nwbgate
from faults.whole_release import VALID, findings, release
from nwbgate.corpus.cells import MANIFEST_CELLS
from nwbgate.manifest.tables import read_tables
from nwbgate.rules import FACTS

SPEC, FRAMES = release()
#: The same, for folders with some of the tables.
ANY_TABLES = SPEC.model_copy(
    update={"tables": {name: table.model_copy(update={"optional": True}) for name, table in SPEC.tables.items()}}
)
MANIFEST = {name: frame for name, frame in FRAMES.items() if name not in FACTS}


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
    return {**MANIFEST, **read_tables(folder, ANY_TABLES)}


def test_the_valid_manifest_has_no_fault():
    report = nwbgate.check(manifest=VALID)
    assert (report.records, report.broken) == ((), ())


@pytest.mark.parametrize(("code", "row", "text"), MANIFEST_CELLS, ids=lambda value: str(value)[:60])
def test_one_edited_cell_is_one_finding(tmp_path, code, row, text):
    table, column, _ = code.split(".")
    frames = edited(tmp_path, table, row, column, text)
    (finding,) = findings(SPEC, MANIFEST, frames, complete=False)
    assert finding.code == code
    key = frames[table].loc[row, list(SPEC.tables[table].keys)]
    if not key.isna().any():
        assert (key.iloc[0] if len(key) == 1 else tuple(key)) in finding.keys


def test_there_are_more_than_two_hundred_faults():
    assert len({code for code, _, _ in MANIFEST_CELLS}) == len(MANIFEST_CELLS) > 200


@pytest.mark.parametrize(("table", "column"), [(n, c) for n in SPEC.manifest_tables for c in SPEC.tables[n].columns])
def test_a_missing_column_is_one_finding(table, column):
    frames = {**MANIFEST, table: MANIFEST[table].drop(columns=column)}
    (finding,) = findings(SPEC, MANIFEST, frames, complete=False)
    assert finding.code == f"{table}.{column}.present"


@pytest.mark.parametrize("code", ["ophys_cells.cell_roi_id.required", "ophys_sessions.session_type.copied"])
def test_the_command_finds_the_same(tmp_path, code):
    row, text = next((row, text) for each, row, text in MANIFEST_CELLS if each == code)
    edited(tmp_path, *code.split(".")[:1], row, code.split(".")[1], text)
    for path in VALID.glob("*.csv"):
        if not (tmp_path / path.name).exists():
            (tmp_path / path.name).symlink_to(path)
    assert [finding.code for finding in nwbgate.check(manifest=tmp_path).records] == [code]
