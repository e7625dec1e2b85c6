"""First criteria pass what they were made of."""

import numpy as np
import pandas as pd

from nwbgate.qc.criteria import Criteria, Status
from nwbgate.qc_runs.new_criteria import infer_criteria


def measurements(metric, values):
    about = {"unit": "1", "session": "s", "object": "o", "file": "f"}
    return pd.DataFrame({"metric": metric, "value": values, **about})


def test_every_value_passes_and_one_far_away_warns():
    values = np.random.default_rng(0).normal(10, 1, 30)
    table = pd.DataFrame(
        {"metric": "a.noise", "value": values, "unit": "V", "session": "s", "object": "o", "file": "f"}
    )
    content = infer_criteria(table, "Ours")
    criterion = Criteria.model_validate(content).criteria["a_noise"]
    assert {criterion.status(value) for value in values} == {Status.PASS}
    assert criterion.status(25.0) is Status.WARNING


def test_a_fraction_of_zero_may_not_become_negative():
    table = pd.DataFrame(
        {"metric": "a.b", "value": [0.0, 0.0], "unit": "1", "session": "s", "object": "o", "file": "f"}
    )
    limits = Criteria.model_validate(infer_criteria(table, "Ours")).criteria["a_b"].warn
    assert (limits.minimum, limits.maximum) == (0.0, 0.0)
