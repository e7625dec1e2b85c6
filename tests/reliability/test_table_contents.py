"""Whatever tables and waivers hold, a check ends with findings or a named error, and never with nwbgate's own fault."""

import json
import shutil
from importlib.resources import files
from pathlib import Path
from random import Random

import pytest

from nwbgate.cli import main

#: Tables that pass.
VALID = Path(str(files("nwbgate"))) / "corpus" / "valid_manifest"
#: Mutants of each kind in every run, and in the long form.
SOME, MANY = 12, 600
CELLS = [
    "", " ", "nan", "-1", "1e400", "9" * 40, "0x10", "true", "None", "[1, 2", "{}", "'", '"', "a,b", "\t",
    "é\u202e\u0300", "=1+1", "2020-13-45", "1900-01-01T00:00:00", "0001-01-01", "\x00", "x" * 5000, "1_000", "٣",
]  # fmt: skip
LINES = ["", ",", '"', "\x00", "# no table", ",".join("abc"), "---", "\ufeff"]


def spoiled_table(text: str, random: Random) -> str:
    """A table with one cell, line or column replaced, left out or twice."""
    lines = text.splitlines()
    row = random.randrange(len(lines))
    cells = lines[row].split(",")
    column = random.randrange(len(cells))
    kind = random.choice(["cell", "cell", "cell", "line", "without", "twice", "short", "long", "column"])
    if kind == "cell":
        cells[column] = random.choice(CELLS)
        lines[row] = ",".join(cells)
    elif kind == "line":
        lines[row] = random.choice(LINES)
    elif kind == "without":
        del lines[row]
    elif kind == "twice":
        lines.insert(row, lines[row])
    elif kind == "short":
        lines[row] = ",".join(cells[:column])
    elif kind == "long":
        lines[row] += ",1,2"
    else:
        lines = [",".join(part for number, part in enumerate(line.split(",")) if number != column) for line in lines]
    return "\n".join(lines) + "\n"


def spoiled_value(content: object, random: Random) -> object:
    """A JSON or YAML value with one value in it replaced by one of another kind."""
    odd = [None, True, -1, 1e300, "", "text", [], {}, [[]], {"a": {"a": 1}}, "x" * 10_000, ["a", 1, None]]
    if isinstance(content, dict) and content and random.random() < 0.9:
        key = random.choice(list(content))
        return {**content, key: spoiled_value(content[key], random)}
    if isinstance(content, list) and content and random.random() < 0.8:
        row = random.randrange(len(content))
        return [*content[:row], spoiled_value(content[row], random), *content[row + 1 :]]
    return random.choice(odd)


def spoiled_bytes(data: bytes, random: Random) -> bytes:
    """A file cut short, or with some bytes of it replaced."""
    place = random.randrange(len(data) + 1)
    return data[:place] + bytes(random.randrange(256) for _ in range(random.choice([0, 1, 4]))) + data[place + 2 :]


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
