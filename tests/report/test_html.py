"""The page is one file that fetches nothing, in which no text of the data is markup."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

import nwbgate
from nwbgate.report.html import html
from support.made_reports import HOSTILE


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
    assert {tag for tag, attributes in page.tags if {"src", "href", "action"} & attributes.keys()} == {"a"}
    assert not page.named("link")
    assert "default-src 'none'" in str(page.named("meta"))


def test_rows_carry_what_the_filters_ask_for(report):
    page = Page(html(report))
    rules = [attributes for attributes in page.named("details") if "data-code" in attributes]
    assert [(rule["data-code"], rule["data-severity"]) for rule in rules] == [
        ("mice.age.maximum", "error"), ("schema.dtype", "warning"),
    ]  # fmt: skip
    assert [row["data-file"] for row in page.named("tr") if "data-file" in row] == ["", "a b/x.nwb"]
    assert {field["id"] for field in [*page.named("select"), *page.named("input")]} == {"code", "severity", "file"}


def test_findings_are_grouped_by_rule_with_their_number_and_a_link_to_its_page(report):
    many = replace(report, records=report.records[1:] * 3 + report.records[:1])
    page = Page(html(many))
    assert "3 findings in 1 file" in page.text
    assert [rule["data-code"] for rule in page.named("details") if "data-code" in rule] == [
        "mice.age.maximum", "schema.dtype",
    ]  # fmt: skip
    links = [link["href"] for link in page.named("a")]
    assert links[0].endswith("/rules/mice.html#mice-age-maximum")


def test_a_page_of_a_whole_release_lists_the_first_thousand_findings_of_a_rule_and_says_so(report):
    one = report.records[1]
    many = tuple(replace(one, path=f"{number}.nwb", keys=(number,)) for number in range(5000))
    page = html(replace(report, records=many, files=tuple(finding.path for finding in many)))
    text = Page(page).text
    assert "5,000 findings in 5,000 files" in text
    assert "and 4,000 more findings; --format jsonl lists all." in text
    assert "Files judged (5,000)" in text
    assert len(page) < 1_000_000


def test_version_command_and_files_are_shown(report, monkeypatch):
    monkeypatch.setattr("sys.argv", ["/bin/nwbgate", "check", "a b", HOSTILE])
    text = Page(html(replace(report, not_judged=("old.nwb.zarr: a Zarr store",)))).text
    assert f"nwbgate {nwbgate.__version__}" in text
    assert "nwbgate check 'a b'" in text
    assert "1 finding a b/x.nwb" in text
    assert "old.nwb.zarr: a Zarr store" in text


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
