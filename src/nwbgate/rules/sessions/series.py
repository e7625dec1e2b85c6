"""Rules about the length and unit of series."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", column="n_samples")
def as_long_as_its_timestamps(series: "pd.DataFrame") -> "Rows":
    """Every series has as many samples as timestamps.

    Why: with one more or less, which sample belongs to which time is anyone's guess.

    Example: dF/F has 140,000 frames and 139,999 timestamps.

    Fix: cut the longer one where the recording says, at the start or at the end; do not guess.
    """
    wrong = numbers(series["n_samples"]) != numbers(series["n_timestamps"])
    return offending(
        series,
        wrong,
        "{n_samples} samples for {n_timestamps} timestamps",
        "as many samples as timestamps",
    )


@check(scope="session", column="unit", where={"series.table": []})
def unit_is_as_described(series: "pd.DataFrame") -> "Rows":
    """The unit of a series is the one in `session_tables.yaml`.

    Why: readers convert by this text. Files written by AllenSDK say meters for eye positions in camera pixels, cm for
    the wheel's angle in degrees, and mL for whether a reward was automatic.

    Example: pupil positions of 300 "meters".

    Fix: write the true unit; of data in another unit, convert the data.
    """
    wrong = [
        len(accepted) > 0 and unit not in accepted
        for unit, accepted in zip(series["unit"], series["accepted_units"], strict=True)
    ]
    return offending(series, np.array(wrong, dtype=bool), "unit", lambda: series["accepted_units"].map(" or ".join))


RULES: tuple[Rule, ...] = (as_long_as_its_timestamps, unit_is_as_described)
