"""Weights that are possible, in the units that files give."""

import pandas as pd
import pytest

from nwbgate.rules.any_file.subjects import weight_is_possible


@pytest.mark.parametrize(
    ("species", "weight", "wrong"),
    [
        ("Mus musculus", "0.025 kg", False),
        ("Mus musculus", "25g", False),
        ("Mus musculus", "25 grams", False),
        ("Mus musculus", "1.2", False),  # without a unit, which NWB Inspector says
        ("Homo sapiens", "70 kg", False),
        (None, "70 kg", False),
        ("Mus musculus", "25 kg", True),
        ("Mus musculus", "0.025 g", True),
        ("Rattus norvegicus", "300 g", False),
        ("Rattus norvegicus", "300 kg", True),
    ],
)
def test_weight(species, weight, wrong):
    session = pd.DataFrame({"species": [species], "weight": [weight]}, dtype=object)
    assert (weight_is_possible.function(session) is not None) == wrong
