"""Rules about names of files, on paths that fire and paths that do not."""

import pandas as pd
import pytest

import nwbgate
from nwbgate.cli import main
from nwbgate.rules.file_names import name_is_portable, names_differ_on_every_system

COMPOSED, DECOMPOSED = "sub-\u00e9/a.nwb", "sub-e\u0301/b.nwb"


def offending(rule, *paths: str | None) -> list[int]:
    rows = rule.function(pd.DataFrame({"path": pd.Series(paths, dtype=object)}))
    return [] if rows is None else rows.index.tolist()


@pytest.mark.parametrize(
    "path",
    ["sub-m1/CON.nwb", "nul/a.nwb", "sub-m1./a.nwb", "sub-m1 /a.nwb", "sub-m1/a:b.nwb", "a\tb.nwb", "x/a|b.nwb",
     "sub-m1/" + "\u00e9" * 127 + ".nwb"],
)  # fmt: skip
def test_a_name_that_some_system_refuses_is_found(path):
    assert offending(name_is_portable, "sub-m1/a.nwb", path) == [1]


@pytest.mark.parametrize("path", ["sub-con/sub-con.nwb", "a.nwb", "/a?/sub-m1/a.nwb", "sub-m1/a b (1).nwb", None])
def test_a_name_that_every_system_takes_is_not(path):
    assert offending(name_is_portable, path) == []


@pytest.mark.parametrize(
    "paths",
    [
        ("sub-M1/a.nwb", "sub-m1/a.nwb"),
        ("sub-M1/a.nwb", "sub-m1/b.nwb"),
        ("x/a.nwb", "x/A.NWB"),
        (COMPOSED, DECOMPOSED),
    ],
)
def test_two_names_that_some_system_takes_for_one_are_found(paths):
    assert offending(names_differ_on_every_system, "c/c.nwb", *paths) == [2]


@pytest.mark.parametrize(
    "paths",
    [("x/a.nwb", "x/b.nwb"), ("x/a.nwb", "x/a.nwb"), ("x/a.nwb", "y/A.nwb"), ("A/x/a.nwb", "a/y/a.nwb"),
     ("a/b.nwb", None)],
)  # fmt: skip
def test_names_that_differ_everywhere_are_not(paths):
    assert offending(names_differ_on_every_system, *paths) == []


def test_check_reports_both_and_convert_writes_neither(tmp_path, capsys):
    """Two recordings, named by hand as no Windows has them; then one that is there in another spelling."""
    main(["sample", "dataset-ii", str(tmp_path / "sources"), "--recordings", "2", "--seconds", "5"])
    convert = ["convert", "dataset-ii", str(tmp_path / "sources"), "--output", str(tmp_path / "nwb")]
    assert main(convert) == 0
    one, two = sorted((tmp_path / "nwb").glob("*/*.nwb"))
    names = ["nwb_files.name_is_portable", "nwb_files.names_differ_on_every_system"]
    assert nwbgate.check(tmp_path / "nwb", select=names).records == ()
    odd = one.rename(one.with_name("aux.nwb"))
    alike = two.rename(odd.with_name("AUX.nwb"))
    found = {finding.code: {*finding.keys} for finding in nwbgate.check(tmp_path / "nwb", select=names).records}
    assert found == {names[0]: {str(odd), str(alike)}, names[1]: {str(odd)}}
    alike.parent.rename(alike.parent.with_name(alike.parent.name.upper()))
    capsys.readouterr()
    assert main(convert) == 1
    assert "another spelling" in capsys.readouterr().err
