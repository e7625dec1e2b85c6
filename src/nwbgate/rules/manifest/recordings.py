"""Written rules about the table of recordings: ages that an animal can have."""

from typing import TYPE_CHECKING

from nwbgate.rules.ages import impossible, oldest
from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Species of the animals in the table.
_SPECIES = "Mus musculus"


@check(column="age", needs=["recordings.age"])
def age_is_possible(recordings: "pd.DataFrame") -> "Rows":
    """No mouse of the table is older than mice become, and no range of ages ends before it begins.

    Why: the age goes into the file and to DANDI as it is.

    Example: P147D/P63D, whose ends have changed places.

    Fix: correct the age.
    """
    words = recordings["age"].map(lambda age: impossible(str(age), oldest(_SPECIES)), na_action="ignore").fillna("")
    odd = (words != "").to_numpy(dtype=bool)
    if not odd.any():
        return None
    limit = f"an age up to {oldest(_SPECIES) / 365.25:.0f} years, the younger end first"
    return recordings[odd].assign(got=recordings["age"][odd] + words[odd], expected=limit)


RULES: tuple[Rule, ...] = (age_is_possible,)
