"""Measurements across sessions: distributions and outliers."""

import numpy as np
import pandas as pd

#: Columns of the two tables.
DISTRIBUTION = ("metric", "unit", "n", "median", "spread", "minimum", "maximum")
OUTLIERS = ("metric", "session", "object", "value", "unit", "median", "deviation", "file")
#: An outlier is so many robust standard deviations from the median; of fewer numbers none is told.
_FAR, _FEWEST = 3.5, 5


def distributions(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return the distribution of each metric over all sessions and objects.

    Parameters
    ----------
    measurements : DataFrame
        As `nwbgate.qc_runs.run.QualityRun.measurements`.

    Returns
    -------
    DataFrame
        Columns `DISTRIBUTION`: number of values, median, robust standard deviation (1.4826 times the median absolute
        deviation), smallest and largest, in the order in which the metrics were measured.
    """
    rows = [
        (metric, unit, len(values), np.median(values), _spread(values), values.min(), values.max())
        for (metric, unit), values in _groups(measurements)
    ]
    return pd.DataFrame(rows, columns=list(DISTRIBUTION))


def outliers(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return values far from their metric's median, farthest first.

    Parameters
    ----------
    measurements : DataFrame
        As for `distributions`.

    Returns
    -------
    DataFrame
        Columns `OUTLIERS`; ``deviation`` is the distance from the median in robust standard deviations, 3.5 or more.
        Metrics with fewer than five values, or of which more than half are equal, have none.
    """
    known = measurements[measurements["value"].notna()]
    found = []
    for (metric, unit), values in _groups(measurements):
        spread, median = _spread(values), float(np.median(values))
        if len(values) < _FEWEST or spread == 0:
            continue
        rows = known[(known["metric"] == metric) & (known["unit"] == unit)]
        deviation = (rows["value"] - median) / spread
        far = deviation.abs() >= _FAR
        found.append(rows[far].assign(median=median, deviation=deviation[far]))
    if not found:
        return pd.DataFrame(columns=list(OUTLIERS))
    table = pd.concat(found, ignore_index=True)
    order = table["deviation"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order, list(OUTLIERS)].reset_index(drop=True)


def _groups(measurements: pd.DataFrame) -> "list[tuple[tuple[str, str], np.ndarray[tuple[int], np.dtype[np.float64]]]]":
    """Return the values of each metric and unit."""
    known = measurements[measurements["value"].notna()]
    return [
        ((str(metric), str(unit)), rows["value"].to_numpy(np.float64))
        for (metric, unit), rows in known.groupby(["metric", "unit"], sort=False)
    ]


def _spread(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    return float(1.4826 * np.median(np.abs(values - np.median(values))))
