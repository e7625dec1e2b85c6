"""Rules about electrodes: their groups, places and impedances."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Share of the electrodes with the place of another one that is a mistake: four of a tetrode share theirs.
_FEW = 0.1
#: Impedance in ohms below which numbers are in kiloohms or megaohms: electrodes have 10 kiloohms to 20 megaohms. Small
#: whole numbers, such as -1, stand for impedances that were not measured.
_LEAST, _SMALL = 1000.0, 50.0
#: Fewest electrodes whose places and impedances tell anything.
_FEWEST = 4


@check(scope="session", severity="warning", column="group_name", where={"electrode_sites.group": ()})
def group_has_its_name(electrode_sites: "pd.DataFrame") -> "Rows":
    """An electrode's group_name is the name of its group.

    Why: it is told twice, as a reference and in words; spike sorters read the words, plots follow the reference.

    Example: group shank0, group_name shank1.

    Fix: correct the one that is wrong, in every row of the electrode's group.
    """
    names = electrode_sites["group"].astype(str).str.rsplit("/", n=1).str[-1]
    told = electrode_sites["group_name"].astype(str)
    known = (names != "") & (told != "") & told.isin({*names}).to_numpy(dtype=bool)
    return offending(electrode_sites, (known & (names != told)).to_numpy(dtype=bool), "group_name", names)


@check(scope="session", severity="warning", column="place", where={"electrode_sites.place": ()})
def electrode_has_its_own_place(electrode_sites: "pd.DataFrame") -> "Rows":
    """Few electrodes of a probe are exactly where another one is.

    Why: two contacts cannot be in one place; a row was copied. Where more than a tenth, and more than one, share
    their places, as those of tetrodes do, the table gives places of bundles, and is not judged.

    Example: electrodes 3 and 4 of 32 are both at 0, 60, 0.

    Fix: write the place of the electrode from the map of the probe.
    """
    known = (electrode_sites["place"] != "").to_numpy(dtype=bool)
    again = electrode_sites.duplicated(["group", "place"]).to_numpy() & known
    few = max(_FEW * known.sum(), 1)
    wrong = again if again.sum() <= few and known.sum() >= _FEWEST else np.zeros(len(again), dtype=bool)
    return offending(electrode_sites, wrong, "{place}, of an earlier electrode of {group}", "a place of its own")


@check(scope="session", severity="warning", column="location", where={"electrode_sites.group_location": ()})
def location_is_that_of_its_group(electrode_sites: "pd.DataFrame") -> "Rows":
    """No group has the location of another group's electrodes, where its own are elsewhere.

    Why: location is told for the group and for each electrode. The two may differ in detail; where they name each
    other's places, groups or rows were exchanged.

    Example: group shank0 is in CA1 and its electrodes are in VISp; group shank1 is in VISp and its electrodes in CA1.

    Fix: correct the location of the groups, or that of the electrodes.
    """
    places = electrode_sites.groupby("group")["location"].agg(set).to_dict()
    told = electrode_sites.groupby("group")["group_location"].first()
    exchanged = {
        group
        for group, place in told.items()
        if place != "" and place not in places[group] and any(place in of_other for of_other in places.values())
    }
    wrong = electrode_sites["group"].isin(exchanged).to_numpy(dtype=bool)
    return offending(electrode_sites, wrong, "location", electrode_sites["group_location"])


@check(scope="session", severity="warning", column="impedance", where={"electrode_sites.impedance": ()})
def impedance_is_in_ohms(electrode_sites: "pd.DataFrame") -> "Rows":
    """Impedances are in ohms: a thousand or more.

    Why: the schema fixes ohms; readers compare and average them so. Negative numbers, and small whole ones, are taken
    for impedances that were not measured.

    Example: 0.5, which is 0.5 megaohms.

    Fix: multiply megaohms by a million, kiloohms by a thousand; write NaN where it was not measured.
    """
    ohms = numbers(electrode_sites["impedance"])
    with np.errstate(invalid="ignore"):
        measured = np.isfinite(ohms) & (ohms > 0)
    usual = float(np.median(ohms[measured])) if measured.any() else _LEAST
    is_small = usual < _SMALL and bool((ohms[measured] % 1 == 0).all())
    wrong = measured & (usual < _LEAST) & (not is_small) & (measured.sum() >= _FEWEST)
    words = [f"{value:g}" for value in ohms]
    return offending(electrode_sites, wrong, lambda: as_column(electrode_sites, words), "ohms, such as 500000")


RULES: tuple[Rule, ...] = (
    group_has_its_name,
    electrode_has_its_own_place,
    location_is_that_of_its_group,
    impedance_is_in_ohms,
)
