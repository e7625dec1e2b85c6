"""A short form of `make torture`: faults and mutants of every kind, and a program that finds what is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.places import TESTS
from support.torture.__main__ import BEGIN, END, write_table
from support.torture.cases import FAULTS, KINDS, MUTANTS, Results, planned
from support.torture.refusing import KINDS as CALLS
from support.torture.refusing import Control, build_library
from support.torture.verdict import Verdict

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the library is loaded as Linux does")


def torture(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "support.torture", "--results", str(folder / "results.jsonl"), *arguments]
    return subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kinds", "count"),
    [(FAULTS[:1], 16), (FAULTS[1:3], 12), (FAULTS[3:4], 80), (FAULTS[4:6], 20), (FAULTS[6:], 40), (MUTANTS, 4)],
)
def test_some_of_each_kind_end_with_a_named_error_or_as_if_undisturbed(kinds, count, tmp_path):
    done = torture(tmp_path, "--count", str(count), *(f"--kind={kind.name}" for kind in kinds))
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    tried = (tmp_path / "results.jsonl").read_text().count("\n")
    assert tried == sum(round(count * kind.share / 100) for kind in kinds) > 0


def test_what_was_tried_is_not_tried_again(tmp_path):
    results = Results(tmp_path / "results.jsonl")
    kind = next(iter(KINDS.values()))
    results.add(kind, 0, 7, Verdict("wrong", "it lied", "a case"))
    read = Results(results.path)
    assert read.has(kind, 0, 7)
    assert not read.has(kind, 1, 7)
    assert not read.has(kind, 0, 8)
    assert f"| {kind.name} | 1 | 0 | 0 | 1 | 0 | 0 |" in read.table()


def test_a_wrong_case_is_tried_again_when_the_program_has_changed(tmp_path):
    file, kind = tmp_path / "results.jsonl", next(iter(KINDS.values()))
    Results(file, "abc").add(kind, 0, 7, Verdict("wrong", "it lied", "a case"))
    Results(file, "abc").add(kind, 1, 7, Verdict("right"))
    assert Results(file, "abc").has(kind, 0, 7)
    later = Results(file, "def")
    assert not later.has(kind, 0, 7)
    assert later.has(kind, 1, 7)
    later.add(kind, 0, 7, Verdict("refused"))
    assert f"| {kind.name} | 2 | 1 | 1 | 0 | 0 | 0 |" in Results(file).table()
    assert Results(file).commits() == "Cases by commit: 1 at def, 1 at abc."


def test_all_kinds_go_at_their_pace():
    cases = list(planned(1000, list(KINDS.values())))
    assert len(cases) == 11_000
    assert {kind.name for kind, _ in cases[:400]} == set(KINDS)


def test_the_table_is_written_between_its_marks(tmp_path):
    file = tmp_path / "RESULTS.md"
    file.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_table(file, "| new |")
    assert file.read_text() == f"before\n{BEGIN}\n| new |\n{END}\nafter\n"


WRITER = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('x' * 9); print('written')"


def write_under(library: Path, control: Control, place: Path, target: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment |= {"LD_PRELOAD": str(library), "REFUSING_CONTROL": str(place)}
    control.arm()
    return subprocess.run(
        [sys.executable, "-c", WRITER, target], env=environment, capture_output=True, text=True, check=False
    )


def test_the_library_refuses_the_call_that_it_was_told_to_and_no_other(tmp_path):
    library, place, root = build_library(tmp_path), tmp_path / "control", tmp_path / "root"
    root.mkdir()
    control = Control(place)
    control.aim(root)
    assert "written" in write_under(library, control, place, root / "a").stdout
    calls = control.calls()
    assert set(calls) <= set(CALLS)
    assert {"open to write", "write", "close"} <= set(calls)
    control.aim(root, at=calls.index("write"), error=28)
    assert "No space left" in write_under(library, control, place, root / "a").stderr
    assert control.refused() == "write of a"
    assert "written" in write_under(library, control, place, tmp_path / "elsewhere").stdout
    control.aim(root, at=0, error=-9)
    assert write_under(library, control, place, root / "a").returncode == -9


def test_a_missing_compiler_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="install gcc"):
        build_library(tmp_path)


def test_a_tale_of_a_wrong_run_is_kept(tmp_path):
    results = Results(tmp_path / "results.jsonl")
    results.add(next(iter(KINDS.values())), 3, 0, Verdict("hung", "for ever").about("qc"))
    assert json.loads(results.path.read_text())["case"] == "qc"
