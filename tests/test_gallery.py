"""The gallery is what its first page says; the pages themselves are run by the docs build, where an error fails it."""

import re
import sys

import pytest

from support.places import ROOT

DOCS = ROOT / "docs"
GALLERY = DOCS / "gallery"
PAGES = sorted(path for path in GALLERY.glob("*.md") if path.name != "index.md")
FENCE = re.compile(r"^```(\S+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_commands_shown_are_those_that_make_the_data(monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    monkeypatch.delitem(sys.modules, "make_gallery_data", raising=False)
    from make_gallery_data import COMMANDS

    shown = FENCE.search((GALLERY / "index.md").read_text())[2]
    assert shown.splitlines() == [f"nwbgate {command}" for command in COMMANDS]


def test_the_first_page_leads_to_every_other():
    first = (GALLERY / "index.md").read_text()
    linked = set(re.findall(r"\]\((\w+\.md)\)", first))
    listed = {f"{name}.md" for name in FENCE.findall(first)[-1][1].split() if not name.startswith(":")}
    assert linked == listed == {path.name for path in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_a_notebook_without_outputs(page):
    text = page.read_text()
    assert text.startswith("---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n")
    kinds = {kind for kind, _ in FENCE.findall(text)}
    assert "{code-cell}" in kinds
    assert kinds <= {"{code-cell}", "text"}, "code that is not run"
