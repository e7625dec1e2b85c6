"""The first page of the API reference names everything that is public, and every package."""

import re
from pathlib import Path

import pytest

import nwbgate
from nwbgate import dandi, plots, qc
from support.places import ROOT

PAGE = (ROOT / "docs" / "api" / "index.md").read_text()
PACKAGE = Path(nwbgate.__file__).parent
#: Packages without a page of their own: the command line has one of another kind.
APART = {"cli"}


@pytest.mark.parametrize("name", nwbgate.__all__)
def test_a_public_name_is_in_the_table(name):
    assert f"| `nwbgate.{name}` |" in PAGE


def test_the_table_holds_nothing_else():
    assert set(re.findall(r"^\| `nwbgate\.(\w+)` \|", PAGE, re.MULTILINE)) == set(nwbgate.__all__)


def test_each_is_described():
    described = set(re.findall(r"^\.\. auto(?:function|class|module):: (\S+)", PAGE, re.MULTILINE))
    modules = {"check": "gate.run.run", "NwbgateError": "errors"}
    whole = set(nwbgate.__all__) - {"dandi", "plots", "qc", "__version__"}
    assert described == {f"nwbgate.{modules.get(name, name)}" for name in whole} | {
        *dandi.__all__,
        *plots.__all__,
        *qc.__all__,
    }


def test_every_package_has_its_page():
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - APART
    assert set(re.findall(r"^generated/(\w+)$", PAGE, re.MULTILINE)) == packages
