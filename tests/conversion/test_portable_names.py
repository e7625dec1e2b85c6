"""Names that Windows refuses, and names that file systems take for one."""

from pathlib import Path

import pytest

from nwbgate.conversion.portable_names import fold_name, is_refused_by_windows


@pytest.mark.parametrize(
    "name", ["CON", "nul.nwb", "Aux.tar.gz", "com1", "LPT9.nwb", "m1.", "m1 ", "C:", "a\\b", "a?b", "a\tb", "com¹.nwb"]
)
def test_names_that_windows_refuses(name):
    assert is_refused_by_windows(name)


@pytest.mark.parametrize("name", ["sub-con_ses-1.nwb", "console.nwb", "com10.nwb", "m1.nwb", ".hidden", "a b", "nul-1"])
def test_names_that_it_takes(name):
    assert not is_refused_by_windows(name)


def test_names_that_differ_in_case_or_unicode_form_are_one():
    composed, decomposed = "sub-\u00e9.nwb", "sub-e\u0301.nwb"
    assert fold_name(Path("A", composed)) == fold_name(Path("a", decomposed))
    assert fold_name(Path("sub-a.nwb")) != fold_name(Path("sub-b.nwb"))
