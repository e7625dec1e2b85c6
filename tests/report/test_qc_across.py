"""The page across sessions escapes every text, and shows outliers first."""

import pandas as pd

from nwbgate.qc_runs.across_sessions import distributions, outliers
from nwbgate.report.qc_across import across_page

HOSTILE = "<script>alert(1)</script>"


def test_outliers_come_first_and_nothing_runs():
    table = pd.DataFrame(
        {
            "session": [HOSTILE] * 6, "file": "f", "metric": "a.b", "value": [1, 2, 3, 2, 1, 40.0], "unit": HOSTILE,
            "object": HOSTILE,
        }
    )  # fmt: skip
    page = across_page(outliers(table), distributions(table), table, "1")
    assert page.index("Unlike the others") < page.index("+25.6") < page.index("Distributions")
    assert HOSTILE not in page
    assert page.count('<path d="M') == 4  # four different values


def test_no_outlier_is_said():
    table = pd.DataFrame({"session": ["s"], "file": "f", "metric": "a", "value": [1.0], "unit": "1", "object": "o"})
    assert "No value is 3.5" in across_page(outliers(table), distributions(table), table, "1")
