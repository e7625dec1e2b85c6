"""Written rules about microscopes, projects and groups of planes.

Bounds were checked on the public release-candidate tables (704 ophys sessions of 107 mice).
"""

from typing import TYPE_CHECKING

from nwbgate.manifest.derive import PROJECTS
from nwbgate.rules.manifest.mice import unlike_the_others
from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Project under which mice are trained that are imaged on a microscope with one plane.
_TRAINING = PROJECTS["CAM2P", "A"]
#: Planes that the microscope with several planes scans at one instant.
_AT_ONE_INSTANT = 2
#: Sessions with several planes from which a release has planes of the first group.
_ENOUGH = 4


@check(
    severity="warning",
    column="equipment_name",
    needs=["ophys_sessions.equipment_name", "ophys_sessions.mouse_id", "ophys_sessions.project_code"],
)
def mouse_has_one_microscope(ophys_sessions: "pd.DataFrame") -> "Rows":
    """A mouse is imaged with one microscope.

    Why: planes are found again on the microscope on which they were defined; all 107 mice of the release have one.

    Example: a mouse on CAM2P.4 in six sessions and on CAM2P.3 in one.

    Fix: correct equipment_name of the session that differs, or its mouse_id.
    """
    return unlike_the_others(ophys_sessions, "mouse_id", ophys_sessions["equipment_name"])


@check(
    column="project_code",
    needs=[
        "behavior_sessions.project_code",
        "behavior_sessions.mouse_id",
        "ophys_sessions.project_code.present",
        "ophys_sessions.mouse_id.present",
    ],
)
def project_is_that_of_the_mouse(behavior_sessions: "pd.DataFrame", ophys_sessions: "pd.DataFrame") -> "Rows":
    """A session without imaging has the project of its mouse.

    Why: projects differ in microscope and image set; a session is selected by its project. Sessions of development
    projects, and VisualBehavior in the training of mice that are imaged in VisualBehaviorTask1B, are as they are
    released.

    Example: VisualBehaviorMultiscope for a training session of a mouse that is imaged on CAM2P.4.

    Fix: correct project_code, or mouse_id.
    """
    of_mouse = ophys_sessions.groupby("mouse_id")["project_code"].agg(set)
    imaged = behavior_sessions["mouse_id"].map(of_mouse)
    released = {*PROJECTS.values()} - {_TRAINING}
    odd = [
        isinstance(projects, set) and project not in projects
        and (project in released or (project == _TRAINING and not _on_one_plane(projects)))
        for project, projects in zip(behavior_sessions["project_code"], imaged, strict=True)
    ]  # fmt: skip
    if not any(odd):
        return None
    words = [", ".join(sorted(projects)) for projects in imaged[odd]]
    return behavior_sessions[odd].assign(got=behavior_sessions["project_code"][odd], expected=words)


def _on_one_plane(projects: set[str]) -> bool:
    single = {project for (microscope, _), project in PROJECTS.items() if microscope == "CAM2P"}
    return not projects.isdisjoint(single)


@check(
    column="imaging_plane_group",
    needs=[
        "ophys_experiments.imaging_plane_group",
        "ophys_experiments.ophys_session_id",
        "ophys_sessions.at_most_eight_experiments",
        "ophys_sessions.depths_bound_the_planes",
        "ophys_sessions.structures_bound_the_planes",
        "ophys_experiments.container_once_in_a_session",
    ],
)
def group_has_two_planes_at_most(ophys_experiments: "pd.DataFrame") -> "Rows":
    """At most two planes of a session were imaged at one instant.

    Why: the microscope scans two planes at once; planes of a group share their frame times and their crosstalk.

    Example: three planes of group 0 in one session.

    Fix: correct imaging_plane_group of the plane that does not belong.
    """
    pair = ["ophys_session_id", "imaging_plane_group"]
    number = ophys_experiments.dropna(subset=pair).groupby(pair).cumcount()
    odd = number.index[number >= _AT_ONE_INSTANT]
    if not len(odd):
        return None
    rows = ophys_experiments.loc[odd]
    words = "a third plane of group " + rows["imaging_plane_group"].astype(str)
    return rows.assign(got=words, expected=f"at most {_AT_ONE_INSTANT} planes in a group")


@check(
    severity="warning",
    column="imaging_plane_group",
    needs=["ophys_experiments.imaging_plane_group", "ophys_experiments.ophys_session_id"],
)
def groups_begin_at_zero(ophys_experiments: "pd.DataFrame") -> "Rows":
    """Groups of planes are numbered from 0.

    Why: frame times and crosstalk are looked up by the number of the group.

    Example: groups 1 to 4 in every session.

    Fix: count the groups from 0.
    """
    grouped = ophys_experiments[ophys_experiments["imaging_plane_group"].notna()]
    if grouped["ophys_session_id"].nunique() < _ENOUGH or (grouped["imaging_plane_group"] == 0).any():
        return None
    first = grouped["imaging_plane_group"].min()
    return grouped.iloc[:1].assign(got=f"no group below {first} in any session", expected="groups from 0")


RULES: tuple[Rule, ...] = (
    mouse_has_one_microscope,
    project_is_that_of_the_mouse,
    group_has_two_planes_at_most,
    groups_begin_at_zero,
)
