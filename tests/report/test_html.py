"""The page is one file that fetches nothing, in which no text of the data is markup."""

from html.parser import HTMLParser

import pytest

from nwbgate.report.html import html


class Page(HTMLParser):
    """Tags with their attributes, and the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def test_hostile_text_stays_text(report):
    page = Page(html(report))
    assert len(page.named("script")) == 1
    assert "<script>alert(1)</script>" in page.text


def test_nothing_is_fetched(report):
    page = Page(html(report))
    assert not [tag for tag, attributes in page.tags if {"src", "href", "action"} & attributes.keys()]
    assert not page.named("link")
    assert "default-src 'none'" in str(page.named("meta"))


def test_rows_carry_what_the_filters_ask_for(report):
    rows = [attributes for attributes in Page(html(report)).named("tr") if "data-code" in attributes]
    assert [row["data-severity"] for row in rows] == ["error", "warning"]
    assert rows[1]["data-file"] == "a b/x.nwb"
    assert {field["id"] for field in Page(html(report)).named("select")} == {"severity", "file"}


def test_it_has_a_light_and_a_dark_dress(report):
    assert "prefers-color-scheme: dark" in html(report)


@pytest.mark.parametrize(
    ("name", "state"), [("report", "failed"), ("broken_report", "broken"), ("clean_report", "passed")]
)
def test_the_state_is_shown(name, state, request):
    assert f'class="summary {state}"' in html(request.getfixturevalue(name))


def test_what_was_not_run_and_what_was_waived_is_listed(report):
    text = Page(html(report)).text
    assert "mice.cage.reference: table cages not given" in text
    assert "old colony" in text
    assert "mice.z (never happened)" in text
