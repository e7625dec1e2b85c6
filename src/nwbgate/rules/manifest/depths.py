"""Written rules about the depths at which mice were imaged."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.manifest.derive import DESIGNS, LAYERS
from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Largest distance in um of a single plane from a layer of its line; 25 in the real tables.
_FROM_LAYER = 30
#: Distance in um at which two planes of one structure surely are two; in the real tables they are 32 or more apart.
_APART = 25


@check(
    severity="warning",
    column="imaging_depth",
    needs=[
        "ophys_experiments.imaging_depth",
        "ophys_experiments.project_code",
        "ophys_experiments.cre_line",
        "ophys_experiments.depth_is_near_target",
    ],
)
def depth_is_of_the_line(ophys_experiments: "pd.DataFrame") -> "Rows":
    """A single plane lies at a depth where the cells of its line were imaged.

    Why: single planes of Vip mice lie at 175 um, of Sst mice at 275 um, of excitatory lines at 175 or 375 um. A depth
    that is wrong in every session of a container agrees with all the others.

    Example: depth and target of a Vip mouse's container are 275 um.

    Fix: correct imaging_depth and targeted_imaging_depth in all sessions of the container, or its cre_line.
    """
    single = [project for project, design in DESIGNS.items() if design == (1, 1)]
    rows = ophys_experiments[ophys_experiments["project_code"].isin(single).to_numpy()]
    rows = rows[rows["imaging_depth"].notna() & rows["cre_line"].isin(list(LAYERS))]
    layers = [LAYERS[line] for line in rows["cre_line"]]
    depths = zip(rows["imaging_depth"], layers, strict=True)
    far = np.array([min(abs(depth - each) for each in known) > _FROM_LAYER for depth, known in depths], dtype=bool)
    if not far.any():
        return None
    expected = [" or ".join(map(str, known)) + f" +- {_FROM_LAYER}" for known in layers]
    words = rows["imaging_depth"].astype(str) + " um in a mouse of " + rows["cre_line"].astype(str)
    return rows.assign(got=words, expected=expected)[far]


@check(
    severity="warning",
    column="imaging_depth",
    needs=[
        "ophys_experiments.imaging_depth",
        "ophys_experiments.targeted_structure",
        "ophys_experiments.container_once_in_a_session",
        "ophys_experiments.depth_is_near_target",
        "ophys_sessions.structures_bound_the_planes",
    ],
)
def planes_are_apart(ophys_experiments: "pd.DataFrame") -> "Rows":
    """Planes of a session in one structure are at least 25 um apart in depth.

    Why: planes of a structure are stacked, and are 32 um or more apart in the real tables. Two at one depth are one
    plane with two names, or one of them has another plane's depth.

    Example: planes of VISp at 175 and at 177 um in one session.

    Fix: correct imaging_depth and targeted_imaging_depth of the plane that is elsewhere, or its structure.
    """
    place = ["ophys_session_id", "targeted_structure"]
    ordered = ophys_experiments.dropna(subset=[*place, "imaging_depth"]).sort_values([*place, "imaging_depth"])
    above: pd.Series[Any] = ordered.groupby(place)["imaging_depth"].shift()
    near = ((ordered["imaging_depth"] - above) < _APART).fillna(False).astype(bool)
    if not near.any():
        return None
    rows = ordered[near]
    words = rows["imaging_depth"].astype(str) + " um, and a plane of " + rows["targeted_structure"].astype(str)
    words += " at " + above[near].astype("int64").astype(str) + " um in one session"
    return rows.assign(got=words, expected=f"planes {_APART} um or more apart").sort_index()


RULES: tuple[Rule, ...] = (
    depth_is_of_the_line,
    planes_are_apart,
)
