"""`nwbgate diff` prints what differs and exits by it."""

import json
from shutil import copyfile

import h5py
import pytest

from nwbgate.cli import main
from support.standard_session import GRATINGS


@pytest.fixture
def changed(tmp_path):
    path = tmp_path / "changed.nwb"
    copyfile(GRATINGS, path)
    with h5py.File(path, "r+") as file:
        file["session_description"][()] = "</td><script>alert(1)</script>"
    return path


def test_equal_files_exit_0(capsys):
    assert main(["diff", str(GRATINGS), str(GRATINGS)]) == 0
    assert capsys.readouterr().out == "EQUAL: 1 file, 1 equal, 0 different\n"


def test_differences_are_printed_and_exit_1(changed, capsys):
    assert main(["diff", str(GRATINGS), str(changed)]) == 1
    printed = capsys.readouterr().out
    assert "~ /session_description values: 1 value" in printed
    assert printed.endswith("DIFFERENT: 1 file, 0 equal, 1 different\n")


def test_json_lines_hold_each_difference(changed, capsys):
    assert main(["diff", str(GRATINGS), str(changed), "--format", "jsonl"]) == 1
    pair, difference = map(json.loads, capsys.readouterr().out.splitlines())
    assert (pair["record"], pair["equal"]) == ("pair", False)
    assert (difference["path"], difference["change"], difference["count"]) == ("/session_description", "changed", 1)


def test_the_page_escapes_texts(changed, tmp_path):
    page = tmp_path / "diff.html"
    assert main(["diff", str(GRATINGS), str(changed), "--format", f"html={page}"]) == 1
    assert "<script>" not in page.read_text()
    assert "&lt;script&gt;" in page.read_text()


def test_options_reach_the_comparison(changed):
    assert main(["diff", str(GRATINGS), str(changed), "--ignore", "/session_description"]) == 0
    assert main(["diff", str(GRATINGS), str(changed), "--atol", "1"]) == 1


@pytest.mark.parametrize("wrong", [["--format", "xml"], ["--atol", "-1"], ["--rtol", "x"]])
def test_wrong_options_exit_2(wrong):
    assert main(["diff", str(GRATINGS), str(GRATINGS), *wrong]) == 2


def test_an_absent_path_exits_2(tmp_path):
    assert main(["diff", str(GRATINGS), str(tmp_path / "absent.nwb")]) == 2
