"""Benchmarks state their claims in one form, and `make benchmarks` names all of them."""

import json
import subprocess
import sys

import pytest

from support.places import ROOT

BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture
def claims(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from apparatus import claims

    return claims


@pytest.fixture
def table(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from apparatus import table

    return table


def test_every_benchmark_is_in_the_table_or_named_as_left_out(table):
    assert sorted([*table.RUN, *table.LONG]) == sorted(path.stem for path in BENCHMARKS.glob("*.py"))


def test_a_claim_holds_within_its_bounds(claims):
    assert claims.Claim("a", 2.0, "s", most=2).holds
    assert not claims.Claim("a", 2.1, "s", most=2).holds
    assert claims.Claim("a", 15.0, "times", least=15).holds
    assert not claims.Claim("a", 14.9, "times", least=15).holds
    assert not claims.Claim("a", None, "s", most=2).holds
    assert claims.Claim("a", 3.0, "s").holds


def test_a_report_prints_collects_and_fails_where_a_claim_does_not_hold(claims, tmp_path, monkeypatch, capsys):
    path = tmp_path / "claims.jsonl"
    monkeypatch.setenv(claims.COLLECTED, str(path))
    held, missed = claims.Claim("held", 1.0, "s", most=2), claims.Claim("missed", 3.0, "s", most=2)
    assert claims.report([held]) == 0
    assert claims.report([held, missed]) == 1
    assert claims.report([missed], judged=False) == 0
    assert "missed: 3 s (promised: ≤ 2)  NOT HELD" in capsys.readouterr().out
    assert [json.loads(line)["what"] for line in path.read_text().splitlines()] == ["held", "held", "missed", "missed"]


def test_the_table_has_a_row_for_each_bound_and_names_what_is_left_out(claims, table):
    found = {"check_files": [claims.Claim("ratio", 12.0, "times", least=15), claims.Claim("told", 1.0)]}
    text = table.table(found)
    assert "| check_files | ratio | 12 times | ≥ 15 | **no** |" in text
    assert "told" not in text
    assert "`python benchmarks/faults.py --write`" in text


def claims_of_made(table, tmp_path, monkeypatch, code: str):
    monkeypatch.setattr(table, "FOLDER", tmp_path)
    (tmp_path / "made.py").write_text(code)
    return table.claims_of("made", [])


def test_a_benchmark_that_breaks_is_a_claim_that_does_not_hold(table, tmp_path, monkeypatch):
    (claim,) = claims_of_made(table, tmp_path, monkeypatch, "raise SystemExit(3)")
    assert (claim.value, claim.holds) == (3.0, False)
    (claim,) = claims_of_made(table, tmp_path, monkeypatch, "")  # it says nothing, and that is no pass
    assert not claim.holds


def test_a_benchmark_hands_over_its_claims(table, tmp_path, monkeypatch):
    code = f"""
import sys; sys.path.insert(0, {str(BENCHMARKS)!r})
from apparatus.claims import Claim, report
sys.exit(report([Claim("made", 1.0, "s", most=2)]))
"""
    (claim,) = claims_of_made(table, tmp_path, monkeypatch, code)
    assert (claim.what, claim.value, claim.holds) == ("made", 1.0, True)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(BENCHMARKS.glob("*.py")), ids=lambda path: path.stem)
def test_every_benchmark_can_be_imported(path, monkeypatch):
    """Its imports and names are there; a run takes minutes."""
    if path.stem in {"faults", "browse"}:
        pytest.importorskip("playwright" if path.stem == "browse" else "dandi")
    code = f"import sys, runpy; sys.path.insert(0, {str(BENCHMARKS)!r}); runpy.run_path({str(path)!r})"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)
