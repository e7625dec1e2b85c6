"""First criteria of quality, from measurements of good files."""

from typing import Any

import pandas as pd

from nwbgate.qc_runs.across_sessions import distributions

#: Robust standard deviations that a value may leave the range of those measured, before a warning.
_MARGIN = 3.0
#: Smallest margin as a fraction of the median, where there are too few values for a spread.
_LEAST = 0.1


def infer_criteria(measurements: pd.DataFrame, title: str) -> dict[str, Any]:
    """Return criteria that all measured files pass, as a ``qc.yaml`` has them.

    Parameters
    ----------
    measurements : DataFrame
        As `nwbgate.qc_runs.run.QualityRun.measurements`.
    title : str
        Name of the criteria.

    Returns
    -------
    dict
        One criterion for each metric that was measured: a warning outside of its range, widened by three robust
        standard deviations, or a tenth of the median. What was never negative must stay so.
    """
    criteria = {}
    for row in distributions(measurements).to_dict("records"):
        low, high = _range(row)
        criteria[str(row["metric"]).replace(".", "_").lower()] = {
            "title": f"{row['metric']} is like that of the sessions so far",
            "metric": row["metric"],
            "warn": {"minimum": low, "maximum": high},
            "reason": f"{row['n']} values so far: {row['minimum']:.4g} to {row['maximum']:.4g}.",
            "source": "Inferred by nwbgate init qc: say who decides",
        }
    return {"title": title, "criteria": criteria}


def _range(row: dict[Any, Any]) -> tuple[float, float]:
    """Return the allowed range of a metric, to four digits, outwards."""
    margin = max(_MARGIN * row["spread"], _LEAST * abs(row["median"]))
    low, high = row["minimum"] - margin, row["maximum"] + margin
    if row["minimum"] >= 0:
        low = max(low, 0.0)
    return min(_four_digits(low), row["minimum"]), max(_four_digits(high), row["maximum"])


def _four_digits(value: float) -> float:
    return float(f"{value:.4g}")
