"""Pages of quality control fetch nothing, run nothing, and show no text of the data as markup."""

from dataclasses import dataclass, replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from nwbgate.report.qc_overview import overview_page
from nwbgate.report.qc_page import Page, session_page

HOSTILE = "<script>alert(1)</script>&\"'<img src=x onerror=y>"
RESULTS = ("criterion", "status", "object", "metric", "value", "unit", "threshold", "window", "reason", "decided_by")
MEASURED = ("metric", "value", "unit", "object", "window", "reason")


class Tags(HTMLParser):
    """Tags with their attributes, and the text outside of styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@dataclass(frozen=True)
class Drawn:
    title: str = HOSTILE
    caption: str = HOSTILE
    svg: str = "<svg></svg>"


def results(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Results of criterion, status, object and value; every text is hostile."""
    filled = [
        (name, status, where, HOSTILE, value, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
        for name, status, where, value in rows
    ]
    return pd.DataFrame(filled, columns=list(RESULTS))


def page(*rows: tuple[str, str, str, float], **more) -> Page:
    numbers = [(HOSTILE, 1.5, HOSTILE, HOSTILE, HOSTILE, HOSTILE)]
    given = {
        "measurements": pd.DataFrame(numbers, columns=list(MEASURED)),
        "about": {HOSTILE: HOSTILE},
        "pictures": [Drawn()],
        "titles": {"lag": HOSTILE},
    }
    return Page(HOSTILE, "session", "a.html", (HOSTILE,), results(*rows), **{**given, **more})


FULL = (("lag", "Fail", HOSTILE, 0.5), ("lag", "Pass", "b", 0.1), ("off", "Not measured", HOSTILE, float("nan")))


@pytest.mark.parametrize(
    "written",
    [
        session_page(page(*FULL, problems=(HOSTILE,)), "1"),
        overview_page([page(*FULL, problems=(HOSTILE,))], HOSTILE, "1"),
    ],
)
def test_hostile_text_stays_text(written):
    found = Tags(written)
    assert "<script>alert(1)</script>" in found.text
    assert not [tag for tag, _ in found.tags if tag in {"script", "img", "link", "iframe", "object"}]
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("written", [session_page(page(*FULL), "1"), overview_page([page(*FULL)], "x", "1")])
def test_nothing_is_fetched_or_run(written):
    found = Tags(written)
    policy = next(attributes["content"] for _, attributes in found.tags if "http-equiv" in attributes)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert {attributes["href"] for _, attributes in found.tags if "href" in attributes} <= {
        "index.html",
        "a.html",
        "across.html",
    }
    assert "prefers-color-scheme: dark" in written


def test_what_did_not_pass_comes_before_what_did():
    text = Tags(session_page(page(*FULL), "1")).text
    assert text.index("✕ Fail") < text.index("qc.off") < text.index("Passed (")


def test_the_gravest_object_decides_a_criterion():
    shown = page(*FULL)
    assert shown.by_criterion == {"lag": "Fail", "off": "Not measured"}
    assert shown.counts == {"Fail": 1, "Warning": 0, "Not measured": 1, "Pass": 0, "Not applicable": 0}


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (FULL, "Fail"),
        ([("lag", "Warning", "a", 1.0), ("off", "Not measured", "a", 1.0)], "Warning"),
        ([("lag", "Pass", "a", 1.0), ("off", "Not measured", "a", 1.0)], "Not measured"),
        ([("lag", "Pass", "a", 1.0)], "Pass"),
        ([], "Not measured"),
    ],
)
def test_a_session_is_as_good_as_its_worst_criterion(rows, status):
    assert page(*rows).status == status


def test_a_session_of_which_some_passed_is_not_headed_not_measured():
    text = Tags(session_page(page(("lag", "Pass", "a", 1.0), ("off", "Not measured", "a", 1.0)), "1")).text
    assert "✓ Pass, 1 not measured" in text
    nothing = Tags(session_page(page(("off", "Not measured", "a", 1.0)), "1")).text
    assert "Pass," not in nothing


def test_a_session_that_could_not_be_measured_failed():
    assert page(("lag", "Pass", "a", 1.0), problems=("unreadable",)).status == "Fail"


def test_many_objects_are_unfolded_and_cut():
    rows = [("lag", "Warning", f"cell {number}", float(number)) for number in range(80)]
    text = Tags(session_page(page(*rows), "1")).text
    assert "80 objects, 0 to 79" in text
    assert "cell 49" in text
    assert "cell 50" not in text
    assert "and 30 more" in text


def test_many_measurements_of_one_metric_are_summed_up():
    numbers = [("spikes.lag", float(value), "s", f"cell {value}", "", "") for value in range(20)]
    numbers.append(("spikes.lag", float("nan"), "s", "cell 99", "", "too few"))
    shown = page(measurements=pd.DataFrame(numbers, columns=list(MEASURED)))
    text = Tags(session_page(shown, "1")).text
    assert "9.5 (0 to 19)" in text
    assert "median and range of 21 objects" in text
    assert "1 not measured" in text


def test_a_page_without_anything_says_so():
    bare = page(measurements=pd.DataFrame(columns=list(MEASURED)), pictures=())
    text = Tags(session_page(bare, "1")).text
    assert "No criterion was judged." in text
    assert "Pictures" not in text


def test_all_passed_is_said():
    assert "Every criterion passed." in session_page(page(("lag", "Pass", "a", 1.0)), "1")


def test_the_overview_lists_the_gravest_first_and_links_each():
    sound = replace(page(("lag", "Pass", "a", 1.0)), name="sound", file="sound.html")
    failed = replace(page(*FULL), name="failed", file="failed.html")
    container = replace(page(("match", "Pass", "a", 1.0)), name="c1", scope="container", file="container-c1.html")
    found = Tags(overview_page([sound, failed, container], "all", "1"))
    links = [attributes["href"] for tag, attributes in found.tags if tag == "a"]
    assert links[:2] == ["failed.html", "sound.html"]
    assert "container-c1.html" in links
    assert found.text.index("Sessions") < found.text.index("Containers")


def test_a_status_is_told_without_its_colour():
    cells = [a["aria-label"] for _, a in Tags(overview_page([page(*FULL)], "all", "1")).tags if "aria-label" in a]
    assert [cell.partition(":")[0] for cell in cells] == ["Fail", "Not measured"]
