"""Rules about the animal of any file."""

import re
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: A weight with its unit, and grams in that unit.
_WEIGHT = re.compile(r"(\d+(?:\.\d+)?)\s*(kilograms?|kgs?|grams?|g|milligrams?|mg)")
_GRAMS = {"k": 1000.0, "g": 1.0, "m": 1e-3}
#: Least and largest weight in grams by a part of the name of the species, newborn to obese.
_WEIGHTS = {"Mus musculus": (1.0, 120.0), "NCBITaxon_10090": (1.0, 120.0), "Rattus norvegicus": (4.0, 1500.0)}


@check(scope="session", severity="warning", column="weight", where={"session.weight": []})
def weight_is_possible(session: "pd.DataFrame") -> "Rows":
    """A mouse weighs 1 to 120 g, a rat 4 g to 1.5 kg.

    Why: doses are computed from it; other numbers are in another unit.

    Example: a mouse of 25 kg, or of 0.025 g.

    Fix: write the weight with its unit, such as 0.025 kg or 25 g.
    """
    grams = np.array([_grams(str(text)) for text in session["weight"]])
    species = session["species"].fillna("").astype(str)
    limits = [next((each for name, each in _WEIGHTS.items() if name in text), (0.0, np.inf)) for text in species]
    low, high = np.array(limits, dtype=np.float64).reshape(-1, 2).T
    with np.errstate(invalid="ignore"):
        wrong = (grams < low) | (grams > high)
    expected = as_column(session, [f"{least:g} to {most:g} g" for least, most in limits])
    return offending(session, wrong, "weight", expected)


def _grams(text: str) -> float:
    """Return a weight in grams, NaN without a unit that is known."""
    found = _WEIGHT.fullmatch(text.strip().lower())
    return float(found[1]) * _GRAMS[found[2][0]] if found else float("nan")


RULES: tuple[Rule, ...] = (weight_is_possible,)
