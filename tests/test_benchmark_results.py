"""The README shows the last results of the benchmark of faults, and of the categories that there are."""

from nwbgate.corpus.declarations import declared_faults
from support.places import ROOT

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


def table(path):
    _, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    inside, mark, _ = rest.partition(END)
    assert mark, path
    return inside.strip().splitlines()


def test_readme_and_results_have_one_table():
    assert table(ROOT / "README.md") == table(ROOT / "benchmarks" / "RESULTS.md")


def test_it_has_a_row_per_category_and_says_of_how_many_faults():
    lines = table(ROOT / "README.md")
    named = {line.split("|")[1].strip() for line in lines if line.startswith("| ")}
    assert {fault.category for fault in declared_faults()} <= named
    assert lines[0].startswith("Faults planted: ")
