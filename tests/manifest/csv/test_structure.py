"""Faults of structure are found wherever a piece of the file ends."""

from pathlib import Path

import pytest

from nwbgate.errors import TableError
from nwbgate.manifest.csv import csv_file, structure
from nwbgate.manifest.csv.csv_file import CsvFile

SOUND = [
    b"a,b\n1,2\n33,44\n",
    b"a,b\n1,2\n33,44",
    b'a,b\n"1,5",2\n"3\n4","x""y"\n',
    b"a,b\n*+(,2 #\n,\n",
]
UNSOUND = [
    b"a,b\n1,2\n3\n",
    b"a,b\n1,2,3\n4\n",
    b"a,b\n1,2\n3,4,5\n6\n",
    b'a,b\n1,"2\n3,4\n',
    b"a,b\n1,2\n3,4444444444\n",
]


@pytest.fixture(params=[1, 2, 3, 5, 7, 1000])
def pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure, "_PIECE", request.param)
    monkeypatch.setattr(csv_file, "_PIECE", request.param)
    monkeypatch.setattr(structure, "LONGEST_CELL", 9)


def is_suspicious(content: bytes) -> bool:
    return structure._suspicious(content, 2)


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("content", SOUND)
def test_a_sound_table_is_not_read_row_by_row(content):
    assert not is_suspicious(content)


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("content", UNSOUND)
def test_a_table_of_another_shape_is_refused(content, tmp_path: Path):
    (tmp_path / "table.csv").write_bytes(content)
    assert is_suspicious(content)
    with pytest.raises(TableError):
        CsvFile(tmp_path / "table.csv")


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize(("number", "expected"), [("1.5E+12", True), ("1.5e12", True), ("12e", False), ("e12", False)])
def test_an_exponent_is_found_across_pieces(number, expected, tmp_path: Path):
    (tmp_path / "table.csv").write_text(f"a,b\nx,{number}\nye,2\n")
    assert CsvFile(tmp_path / "table.csv").has_exponents is expected
