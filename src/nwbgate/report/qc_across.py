"""The view across sessions: outliers first, then distributions."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from nwbgate.report.qc_page import document

if TYPE_CHECKING:
    import pandas as pd

#: Outliers that are shown; all are in the table beside the page.
_MOST = 200
#: Width and height of a strip of values, and values that are drawn of one metric.
_WIDTH, _HEIGHT, _MOST_MARKS = 260, 16, 500


def across_page(
    outliers: "pd.DataFrame", distributions: "pd.DataFrame", measurements: "pd.DataFrame", version: str
) -> str:
    """Return the page as static HTML without external resources.

    Parameters
    ----------
    outliers, distributions : DataFrame
        As `nwbgate.qc_runs.across_sessions` makes them.
    measurements : DataFrame
        All measurements.
    version : str
        Version of nwbgate.
    """
    known = measurements[measurements["value"].notna()]
    values = {key: group["value"].tolist() for key, group in known.groupby(["metric", "unit"], sort=False)}
    body = (
        '<nav><a href="index.html">all sessions</a></nav>\n<h1>Across sessions</h1>\n'
        f"<h2>Unlike the others</h2>\n{_outliers(outliers)}"
        f"<h2>Distributions</h2>\n{_distributions(distributions, values)}"
    )
    return document("Across sessions", body, version)


def _outliers(table: "pd.DataFrame") -> str:
    if table.empty:
        return "<p>No value is 3.5 robust standard deviations or more from the median of its metric.</p>\n"
    more = f"<p>{len(table) - _MOST} more are in outliers.csv.</p>\n" if len(table) > _MOST else ""
    rows = [
        (row["metric"], row["session"], row["object"], _number(row["value"], row["unit"]), f"{row['deviation']:+.1f}")
        for row in table.head(_MOST).to_dict("records")
    ]
    cells = [[escape(cell) for cell in row] for row in rows]
    return _table(("metric", "session", "object", "value", "deviation"), cells) + more


def _distributions(table: "pd.DataFrame", values: dict[Any, list[float]]) -> str:
    rows = [
        [
            escape(row["metric"]),
            str(row["n"]),
            escape(_number(row["median"], row["unit"])),
            escape(f"{row['minimum']:.4g} to {row['maximum']:.4g}"),
            _strip(values[row["metric"], row["unit"]]),
        ]
        for row in table.to_dict("records")
    ]
    return _table(("metric", "n", "median", "range", "values"), rows)


def _number(value: float, unit: str) -> str:
    return f"{value:.4g}" if unit == "1" else f"{value:.4g} {unit}"


def _strip(values: list[float]) -> str:
    """Return the values as marks on a line."""
    low, high = min(values), max(values)
    step = max(1, len(values) // _MOST_MARKS)
    parts = [(value - low) / (high - low) if high > low else 0.5 for value in sorted(values)[::step]]
    places = [4 + (_WIDTH - 8) * part for part in parts]
    marks = "".join(f'<path d="M{place:.1f} 2v{_HEIGHT - 4}"/>' for place in dict.fromkeys(places))
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{len(values)} values" '
        f'stroke="currentColor" stroke-opacity="0.6">{marks}</svg>'
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    titles = "".join(f'<th scope="col">{name}</th>' for name in head)
    lines = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="criteria"><thead><tr>{titles}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>\n'
