"""The check of built pages names a link to no file and to no anchor, and nothing else; `make docs` runs it."""

import subprocess
import sys

import pytest

from support.places import ROOT

CHECK = [sys.executable, str(ROOT / "docs" / "check_links.py")]
PAGE = '<h1 id="top">a</h1><a href="#top">1</a><a href="https://a.org/b#c">2</a><a href="sub/b.html?q=1#there">3</a>'


@pytest.fixture
def built(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a b.html").write_text(PAGE)
    (tmp_path / "sub" / "b.html").write_text('<p id="there"><a href="../a%20b.html#top">4</a><img src="c.png">')
    (tmp_path / "sub" / "c.png").write_bytes(b"")
    return tmp_path


def check(folder):
    return subprocess.run([*CHECK, str(folder)], capture_output=True, text=True, check=False)


def test_links_that_lead_somewhere_pass(built):
    assert check(built).returncode == 0


@pytest.mark.parametrize(
    ("link", "wrong"), [("#bottom", "anchor"), ("b.html#top", "anchor"), ("../b.html", "file"), ("../sub", "file")]
)
def test_a_broken_link_is_named_with_its_page(built, link, wrong):
    (built / "sub" / "broken.html").write_text(f'<a href="{link}">x</a>')
    result = check(built)
    assert result.returncode == 1
    assert result.stdout == f"sub/broken.html: no {wrong} for {link}\n"
