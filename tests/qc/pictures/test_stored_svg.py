"""Stored pictures: what draws stays, what runs or loads goes."""

import pytest

from nwbgate.qc.pictures.picture import picture
from nwbgate.qc.pictures.stored_svg import clean_svg

SPACE = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def test_our_own_picture_stays_as_it_is():
    drawn = picture("p", "Title", "Caption.", lambda figure: figure.subplots().plot([1, 2], [3, 4]), height=2.0)
    assert clean_svg(drawn.svg) == drawn.svg


@pytest.mark.parametrize(
    ("inside", "gone"),
    [
        ("<script>alert(1)</script>", "alert"),
        ('<path d="M0 0" onclick="alert(1)"/>', "alert"),
        ("<foreignObject><body/></foreignObject>", "foreignObject"),
        ('<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>', "alert"),
        ('<image xlink:href="http://example.org/a.png"/>', "example.org"),
        ('<use href="javascript:alert(1)"/>', "alert"),
        ('<image xlink:href="data:image/svg+xml;base64,AAAA"/>', "svg+xml"),
        ('<path style="fill: url(http://example.org)"/>', "example.org"),
        ("<style>@import 'http://example.org';</style>", "example.org"),
        ("<a href='#x'><path d='M1 1'/></a>", "M1 1"),
        ('<animate attributeName="href" to="javascript:alert(1)"/>', "alert"),
    ],
)
def test_what_runs_or_loads_is_left_out(inside, gone):
    cleaned = clean_svg(f'<svg {SPACE}><g><path d="M9 9"/>{inside}</g></svg>')
    assert gone not in cleaned
    assert "M9 9" in cleaned


@pytest.mark.parametrize("text", ["", "<svg>", "<html/>", "<!DOCTYPE svg><svg/>", "no picture"])
def test_what_is_no_picture_is_refused(text):
    with pytest.raises(ValueError):
        clean_svg(text)
