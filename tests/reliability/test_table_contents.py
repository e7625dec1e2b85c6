"""Whatever tables and waivers hold, a check ends with findings or a named error, and never with nwbgate's own fault."""

import json
import shutil
from importlib.resources import files
from pathlib import Path
from random import Random

import pytest

from nwbgate.cli import main
from support.spoiled import spoiled_bytes, spoiled_table, spoiled_value

#: Tables that pass.
VALID = Path(str(files("nwbgate"))) / "corpus" / "valid_manifest"
#: Mutants of each kind in every run, and in the long form.
SOME, MANY = 12, 600


@pytest.fixture
def release(tmp_path) -> Path:
    """The tables of a release in a folder of their own."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for path in VALID.glob("*.csv"):
        shutil.copy(path, folder)
    return folder


WAIVERS = [
    {"code": "ophys_cells.cell_roi_id.unique", "reason": "known"},
    {"code": "mice", "reason": "a prefix", "keys": ["1", "2"], "path": "a.nwb"},
]


def tried(number: int, folder: Path, tmp_path: Path) -> dict[str, int]:
    """Exit codes beside 0, 1 and 2, by the mutant that gave them."""
    random, wrong = Random(number), {}
    tables = sorted(folder.glob("*.csv"))
    originals = {path: path.read_bytes() for path in tables}
    waivers = tmp_path / "waivers.yaml"
    for mutant in range(number):
        table = random.choice(tables)
        if random.random() < 0.8:
            table.write_text(spoiled_table(originals[table].decode(), random), encoding="utf-8")
        else:
            table.write_bytes(spoiled_bytes(originals[table], random))
        waivers.write_text(json.dumps(spoiled_value(WAIVERS, random)))
        arguments = ["check", "--manifest", str(folder), *(["--waivers", str(waivers)] if mutant % 3 == 0 else [])]
        code = main(arguments)
        if code not in (0, 1, 2):
            kept = tmp_path / f"mutant_{mutant}"
            shutil.copytree(folder, kept)
            wrong[str(kept)] = code
        table.write_bytes(originals[table])
    return wrong


def test_some_spoiled_tables_are_findings_or_named_errors(release, tmp_path):
    assert tried(SOME, release, tmp_path) == {}


@pytest.mark.slow
def test_many_spoiled_tables_are_findings_or_named_errors(release, tmp_path):
    assert tried(MANY, release, tmp_path) == {}
