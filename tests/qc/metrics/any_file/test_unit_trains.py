"""Refractory period, presence and rate of trains that are known."""

import numpy as np
import pandas as pd
import pytest

from nwbgate.qc.metrics.any_file.unit_trains import measure_units, presence, refractory
from nwbgate.qc.unmeasurable import UnmeasurableError

REGULAR = np.arange(100) * 0.1


def test_intervals_below_the_refractory_period_are_counted():
    assert refractory(REGULAR) == 0.0
    assert refractory(np.sort(np.concatenate([REGULAR, REGULAR[:25] + 0.001]))) == pytest.approx(25 / 124)
    with pytest.raises(UnmeasurableError, match="at least 21"):
        refractory(REGULAR[:20])


def test_presence_is_the_part_of_the_recording_with_spikes():
    assert presence(REGULAR, (0, 10)) == 1.0
    assert presence(REGULAR, (0, 20)) == 0.5


def test_stored_metrics_are_reported_as_they_are():
    units = pd.DataFrame({"spike_times": [REGULAR, REGULAR[:50]], "presence_ratio": [0.9, np.nan]}, index=[4, 7])
    rows = {(row.metric, row.object): row for row in measure_units(units, (0.0, 10.0))}
    assert rows["units.rate", "unit 7"].value == 5.0
    assert rows["units.stored_presence_ratio", "unit 4"].value == 0.9
    assert rows["units.stored_presence_ratio", "unit 7"].reason == "the stored value is missing"
