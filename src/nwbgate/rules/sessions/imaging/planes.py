"""Rules about imaging planes: their group, and what their description says again."""

import re
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Columns of a plane that its description gives again: as AllenSDK words it, and as nwbgate does.
_AGAIN = ["field_of_view_width", "field_of_view_height", "targeted_structure", "imaging_depth"]
_DESCRIBED = (
    r"\((\d+), (\d+)\) field of view in (\S+) at depth (\d+) um",
    r"Field of view of (\d+) x (\d+) pixels .* in (\S+), (\d+) micrometers below the pia",
)
#: Share of a turn by which the first frame of a group may be early or late.
_TURN = 0.4
#: Size of a pixel in a description, in micrometers, and the relative difference that is rounding.
_PIXEL, _SAME_PIXEL = re.compile(r"pixels of ([\d.]+) micrometers"), 0.01


@check(scope="session", column="imaging_plane_group", where={"planes.imaging_plane_group": []})
def group_is_one_of_the_count(planes: "pd.DataFrame") -> "Rows":
    """Every plane's group is below the number of groups, which all planes of a session give alike.

    Why: groups count from 0; the microscope's frames are dealt out to as many groups.

    Example: group 2 of 2 groups, which are 0 and 1.

    Fix: correct imaging_plane_group or imaging_plane_group_count.
    """
    group, count = numbers(planes["imaging_plane_group"]), numbers(planes["imaging_plane_group_count"])
    with np.errstate(invalid="ignore"):
        beyond = (group >= count) | (group < 0)
        alone = np.isnan(group) != np.isnan(count)
        unlike = count != (count[~np.isnan(count)][0] if (~np.isnan(count)).any() else np.nan)
    wrong = beyond | alone | (unlike & ~np.isnan(count))
    words = "group {imaging_plane_group} of {imaging_plane_group_count}"
    return offending(planes, wrong, words, "a group from 0 to the number of groups less one, or neither")


@check(scope="session", column="imaging_depth")
def plane_is_as_described(planes: "pd.DataFrame", optics: "pd.DataFrame") -> "Rows":
    """A plane's description names its own field of view, structure and depth.

    Why: it is those told again, in the words that other programs show.

    Example: "in VISp at depth 175 um" of a plane at 225 um.

    Fix: correct the number that is wrong.
    """
    import pandas as pd

    texts = dict(zip(optics["plane"][::-1], optics["description"][::-1], strict=True))  # the first of a plane stays
    described = {plane: _described_values(str(text)) for plane, text in texts.items()}
    rows = zip(planes["plane"], *(planes[column] for column in _AGAIN), strict=True)
    wrong = [
        any(
            pd.notna(value) and again != str(value)
            for again, value in zip(described.get(plane, ()), values, strict=False)
        )
        for plane, *values in rows
    ]
    got = "{field_of_view_width} x {field_of_view_height} pixels in {targeted_structure} at {imaging_depth} um"
    return offending(
        planes, np.array(wrong, dtype=bool), got, lambda: "as described: " + planes["plane"].map(texts).astype(str)
    )


def _described_values(text: str) -> tuple[str, ...]:
    """Return the column values repeated in a description, if any."""
    first = next(filter(None, (re.search(form, text) for form in _DESCRIBED)), None)
    return first.groups() if first else ()


@check(scope="session", column="grid_spacing", needs=["optics.pixel_has_a_possible_size"])
def pixel_is_as_described(optics: "pd.DataFrame") -> "Rows":
    """The size of a pixel is the one in the description of its plane.

    Why: it is the same number told again, in the words that other programs show; masks and distances follow from it.

    Example: a grid spacing of 0.39 micrometers, and "96 x 96 pixels of 0.78125 micrometers".

    Fix: correct the number that is wrong.
    """
    texts = optics["description"].fillna("").astype(str)
    told = numbers(texts.str.extract(_PIXEL, expand=False))
    size = numbers(optics["pixel_size"]) * 1e6
    with np.errstate(invalid="ignore"):
        wrong = np.abs(size - told) > _SAME_PIXEL * told
    wrong &= ~optics.duplicated("plane").to_numpy()
    words = "as described: " + texts
    return offending(optics, wrong, "{grid_spacing:g} {grid_spacing_unit} a pixel", lambda: words)


@check(scope="session", column="ophys_experiment_id", where={"planes.ophys_experiment_id": []})
def plane_has_its_own_ids(planes: "pd.DataFrame") -> "Rows":
    """No two planes of a session have the same experiment or container.

    Why: an experiment is one plane of one session, and a container one plane across sessions; cells of two planes with
    one id are taken for cells of one plane.

    Example: experiment 951980484 twice in one session.

    Fix: give each plane the ids of its own experiment and container.
    """
    ids = [planes[name] for name in ("ophys_experiment_id", "ophys_container_id")]
    again = np.logical_or.reduce([(column.duplicated() & column.notna()).to_numpy() for column in ids])
    got = "experiment {ophys_experiment_id}, container {ophys_container_id}"
    return offending(planes, again, got, "ids that no other plane has")


@check(scope="session", column="targeted_structure", needs=["planes.plane_is_as_described"])
def plane_is_where_the_pipette_is(
    planes: "pd.DataFrame", electrodes: "pd.DataFrame", voltages: "pd.DataFrame"
) -> "Rows":
    """The area of a plane is that of the pipette whose neuron it images.

    Why: one neuron is imaged and recorded at once; it is in one area.

    Example: a plane in VISl, the pipette in VISp2/3.

    Fix: correct the area that is wrong.
    """
    areas = planes["targeted_structure"].astype(object)
    places = electrodes["location"].dropna().astype(str).tolist()
    wrong = [isinstance(area, str) and not any(place.startswith(area) for place in places) for area in areas]
    return offending(planes, np.array(wrong) & bool(places), "targeted_structure", f"the area of {', '.join(places)}")


@check(
    scope="session",
    severity="warning",
    column="imaging_plane_group",
    needs=["planes.groups_share_clocks", "planes.group_is_one_of_the_count"],
    where={"planes.imaging_plane_group": []},
)
def groups_take_turns(planes: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """Groups of planes follow each other in their order, a period apart by their count.

    Why: the frames of the microscope are dealt out to the groups in turn; with exchanged groups or clocks, events of a
    plane are dated by the frames of another, up to 0.1 s off.

    Example: group 1 of 2 starts 0.047 s before group 0, or with it.

    Fix: give each plane the timestamps frames[group::number of groups], and its own group.
    """
    imaging = series[series["stream"] == "imaging"].dropna(subset=["plane"]).drop_duplicates("plane")
    clock_of = dict(zip(imaging["plane"], imaging["clock"], strict=True))
    times = clocks.drop_duplicates("clock").set_index("clock").reindex(planes["plane"].map(clock_of))
    group, count = numbers(planes["imaging_plane_group"]), numbers(planes["imaging_plane_group_count"])
    if np.isnan(group).all():
        return None
    lead = int(np.nanargmin(group))
    first, period = numbers(times["first"]), numbers(times["period"])
    turn = group[lead] + (first - first[lead]) / period * count
    wrong = np.abs(turn - group) > _TURN
    got = [
        f"group {own:g} of {n:g} at the turn of group {each:.2f}"
        for own, n, each in zip(group, count, turn, strict=True)
    ]
    return offending(planes, wrong, lambda: as_column(planes, got), "each group in its turn")


RULES: tuple[Rule, ...] = (
    group_is_one_of_the_count,
    plane_is_as_described,
    pixel_is_as_described,
    plane_has_its_own_ids,
    plane_is_where_the_pipette_is,
    groups_take_turns,
)
