"""Written rules about fields of view: containers, depths, structures, and planes of a session."""

from typing import TYPE_CHECKING, Any

from nwbgate.manifest.derive import PROJECTS
from nwbgate.rules.manifest.mice import unlike_the_others
from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Largest distance between the depth of a plane and the depth its container was targeted at; 27 in the real tables.
DEPTH_TOLERANCE_UM = 50
#: Areas of the planes of a project, in all 1,941 rows of the real tables; that of four areas has each of them.
_AREAS = {project: "VISp" for (microscope, _), project in PROJECTS.items() if microscope == "CAM2P"}
_AREAS[PROJECTS["MESO", "A"]] = "VISp or VISl"


@check(
    severity="warning",
    column="ophys_container_id",
    needs=["ophys_experiments.ophys_container_id", "ophys_experiments.ophys_session_id"],
)
def container_has_3_to_11_sessions(ophys_experiments: "pd.DataFrame") -> "Rows":
    """A container has 3 to 11 sessions.

    Why: a field of view is followed over several days; the release holds 3 to 11 sessions of each, and 2 of two
    containers. Fewer or more usually means a wrong ophys_container_id.

    Example: a container with a single session.

    Fix: see whether the other sessions failed quality control, or carry another container's id.
    """
    sessions = ophys_experiments.groupby("ophys_container_id")["ophys_session_id"].nunique()
    number = ophys_experiments["ophys_container_id"].map(sessions)
    first = ~ophys_experiments["ophys_container_id"].duplicated()
    odd = first & ((number < 3) | (number > 11))
    if not odd.any():
        return None
    words = number[odd].astype(str) + " of container " + ophys_experiments["ophys_container_id"][odd].astype(str)
    return ophys_experiments[odd].assign(got=words, expected="3 to 11")


@check(
    column="targeted_structure",
    needs=["ophys_experiments.ophys_container_id", "ophys_experiments.targeted_structure"],
)
def container_has_one_structure(ophys_experiments: "pd.DataFrame") -> "Rows":
    """A container lies in one targeted structure.

    Why: a container is one field of view found again; it cannot move to another visual area.

    Example: a container in VISp in five sessions and in VISl in one.

    Fix: correct targeted_structure, or the ophys_container_id of the experiment.
    """
    return unlike_the_others(ophys_experiments, "ophys_container_id", ophys_experiments["targeted_structure"])


@check(
    severity="warning",
    column="imaging_plane_group",
    needs=[
        "ophys_experiments.imaging_plane_group",
        "ophys_experiments.container_once_in_a_session",
        "ophys_experiments.group_has_two_planes_at_most",
        "ophys_experiments.groups_begin_at_zero",
        "ophys_experiments.container_has_one_structure",
        "ophys_experiments.container_has_one_mouse",
    ],
)
def container_has_one_group(ophys_experiments: "pd.DataFrame") -> "Rows":
    """A container is imaged in one group of planes.

    Why: the order of the planes is set up once for a mouse; group decides on frame times and crosstalk. All 260
    containers of several planes of the release have one.

    Example: a container in group 0 in five sessions and in group 2 in one.

    Fix: correct imaging_plane_group of the row that differs, or its ophys_container_id.
    """
    return unlike_the_others(ophys_experiments, "ophys_container_id", ophys_experiments["imaging_plane_group"])


@check(
    severity="warning",
    column="targeted_structure",
    needs=[
        "ophys_experiments.targeted_structure",
        "ophys_experiments.project_code",
        "ophys_sessions.project_code.derived",
        "ophys_experiments.container_has_one_structure",
        "ophys_sessions.structures_bound_the_planes",
    ],
)
def structure_is_of_the_project(ophys_experiments: "pd.DataFrame") -> "Rows":
    """A plane lies in an area that its project images.

    Why: areas are compared across projects; single planes were placed in VISp, two areas are VISp and VISl.

    Example: VISam in a session of VisualBehavior.

    Fix: correct targeted_structure of the container, or its project.
    """
    areas = ophys_experiments["project_code"].map(lambda project: _AREAS.get(project, ""))
    pairs = zip(ophys_experiments["targeted_structure"], areas, strict=True)
    odd = [bool(known) and str(area) not in known.split(" or ") for area, known in pairs]
    if not any(odd):
        return None
    return ophys_experiments[odd].assign(got=ophys_experiments["targeted_structure"][odd], expected=areas[odd])


@check(
    column="mouse_id",
    needs=["ophys_experiments.ophys_container_id", "ophys_experiments.mouse_id"],
)
def container_has_one_mouse(ophys_experiments: "pd.DataFrame") -> "Rows":
    """All planes of a container belong to one mouse.

    Why: a container is one field of view found again in later sessions.

    Example: a container with five sessions of mouse 457841 and one of mouse 412366.

    Fix: correct the ophys_container_id of the plane that differs.
    """
    return unlike_the_others(ophys_experiments, "ophys_container_id", ophys_experiments["mouse_id"])


@check(
    needs=[
        "ophys_experiments.ophys_container_id",
        "ophys_experiments.ophys_session_id",
        "ophys_sessions.at_most_eight_experiments",
        "ophys_sessions.depths_bound_the_planes",
    ],
)
def container_once_in_a_session(ophys_experiments: "pd.DataFrame") -> "Rows":
    """A session has at most one plane of a container.

    Why: a container is one field of view, which is imaged once in a session.

    Example: experiments 775614751 and 775614753 of one session are both of container 1018028300.

    Fix: correct the ophys_container_id of one of the planes.
    """
    pair = ["ophys_container_id", "ophys_session_id"]
    again = ophys_experiments.duplicated(pair) & ophys_experiments[pair].notna().all(axis=1)
    if not again.any():
        return None
    container = ophys_experiments["ophys_container_id"][again]
    return ophys_experiments[again].assign(got=container, expected="a container of no other plane in the session")


@check(
    severity="warning",
    column="imaging_depth",
    needs=["ophys_experiments.imaging_depth", "ophys_experiments.targeted_imaging_depth"],
)
def depth_is_near_target(ophys_experiments: "pd.DataFrame") -> "Rows":
    """The depth of a plane is within 50 um of the depth its container was targeted at.

    Why: cells are matched across sessions only in the same plane; the release stays within 27 um.

    Example: imaging_depth 300 in a container targeted at 150.

    Fix: see whether imaging_depth is mistyped or the experiment belongs to another container.
    """
    target = ophys_experiments["targeted_imaging_depth"]
    far = ((ophys_experiments["imaging_depth"] - target).abs() > DEPTH_TOLERANCE_UM).fillna(False).astype(bool)
    if not far.any():
        return None
    words = target[far].astype(str) + f" +- {DEPTH_TOLERANCE_UM}"
    return ophys_experiments[far].assign(got=ophys_experiments["imaging_depth"][far], expected=words)


@check(
    needs=[
        "ophys_sessions.at_most_eight_experiments",
        "ophys_sessions.ophys_session_id",
        "ophys_sessions.num_targeted_structures",
        "ophys_experiments.ophys_session_id",
        "ophys_experiments.targeted_structure",
    ],
)
def structures_bound_the_planes(ophys_sessions: "pd.DataFrame", ophys_experiments: "pd.DataFrame") -> "Rows":
    """The released planes of a session lie in at most as many structures as targeted.

    Why: planes can fail quality control but not be added; a structure too many belongs to another session.

    Example: planes in VISp, VISl and VISal in a session with 2 targeted structures.

    Fix: correct targeted_structure or ophys_session_id of the plane that does not belong.
    """
    released = ophys_experiments.groupby("ophys_session_id")["targeted_structure"].nunique()
    return _more_than(ophys_sessions, released, "num_targeted_structures")


@check(
    needs=[
        "ophys_sessions.at_most_eight_experiments",
        "ophys_sessions.ophys_session_id",
        "ophys_sessions.num_depths_per_area",
        "ophys_experiments.ophys_session_id",
        "ophys_experiments.targeted_structure",
    ],
)
def depths_bound_the_planes(ophys_sessions: "pd.DataFrame", ophys_experiments: "pd.DataFrame") -> "Rows":
    """No structure of a session has more released planes than depths per structure.

    Why: planes can fail quality control but not be added; a plane too many belongs to another structure or session.

    Example: three planes in VISp in a session with 2 depths per area.

    Fix: correct targeted_structure or ophys_session_id of the plane that does not belong.
    """
    planes = ophys_experiments.groupby(["ophys_session_id", "targeted_structure"]).size()
    return _more_than(ophys_sessions, planes.groupby(level=0).max(), "num_depths_per_area")


def _more_than(sessions: "pd.DataFrame", released: "pd.Series[Any]", column: str) -> "Rows":
    number = sessions["ophys_session_id"].map(released)
    bound = sessions[column].astype("float64")
    odd = number > bound
    words = "at most " + bound[odd].astype("int64").astype(str)
    return sessions[odd].assign(got=number[odd].astype("int64"), expected=words) if odd.any() else None


RULES: tuple[Rule, ...] = (
    container_has_3_to_11_sessions,
    container_has_one_structure,
    container_has_one_mouse,
    container_has_one_group,
    structure_is_of_the_project,
    container_once_in_a_session,
    depth_is_near_target,
    structures_bound_the_planes,
    depths_bound_the_planes,
)
