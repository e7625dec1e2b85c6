"""What became of measurements, for the tests of planted faults."""

import pandas as pd

from nwbgate.qc.criteria import Criteria
from nwbgate.qc.judge import judge


def not_passed(measurements: pd.DataFrame, criteria: Criteria) -> dict[str, str]:
    """Return the worst status of each measured criterion that did not pass."""
    results = judge(measurements, criteria)
    results = results[(results["status"] != "Pass") & (results["metric"] != "")]
    return {str(name): str(rows["status"].min()) for name, rows in results.groupby("criterion")}
