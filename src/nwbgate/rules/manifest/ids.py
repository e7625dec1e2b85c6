"""Written rules about ids: each names one thing, of one mouse."""

from typing import TYPE_CHECKING

from nwbgate.rules.manifest.mice import unlike_the_others
from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(
    needs=[
        "behavior_sessions.behavior_session_id",
        "ophys_experiments.behavior_session_id",
        "ophys_experiments.ophys_session_id",
        "ophys_experiments.ophys_experiment_id",
        "ophys_experiments.ophys_container_id",
    ],
)
def ids_are_of_different_things(ophys_experiments: "pd.DataFrame", behavior_sessions: "pd.DataFrame") -> "Rows":
    """No number is the id of two things: behavior session, imaging session, plane, container.

    Why: all come from one series of numbers. One that names two things was copied into the wrong column, and a file
    or a row looked up by it is another one.

    Example: 951520319 as behavior_session_id and as ophys_session_id of one experiment.

    Fix: take the ids from the database again.
    """
    known = {"behavior_session_id": set(behavior_sessions["behavior_session_id"].dropna())}
    words = dict.fromkeys(ophys_experiments.index, "")
    for column in ("ophys_session_id", "ophys_experiment_id", "ophys_container_id"):
        numbers = ophys_experiments[column].dropna()
        for other, ids in known.items():
            words |= {row: f"{column} {number}, also a {other}" for row, number in numbers.items() if number in ids}
        known[column] = set(numbers)
    got = ophys_experiments.index.map(words)
    odd = got != ""
    return ophys_experiments[odd].assign(got=got[odd], expected="an id of one thing") if odd.any() else None


@check(
    column="isi_experiment_id",
    needs=["ophys_experiments.isi_experiment_id", "ophys_experiments.mouse_id"],
)
def intrinsic_imaging_is_of_one_mouse(ophys_experiments: "pd.DataFrame") -> "Rows":
    """An intrinsic imaging experiment is of one mouse.

    Why: it maps the visual areas of one brain, by which the planes of that mouse were placed.

    Example: isi_experiment_id 848974841 in sessions of mice 457841 and 412366.

    Fix: correct isi_experiment_id of the rows that differ.
    """
    odd = unlike_the_others(ophys_experiments, "isi_experiment_id", ophys_experiments["mouse_id"])
    if odd is None:
        return None
    words = odd["isi_experiment_id"].astype(str) + " of mouse " + odd["expected"].astype(str)
    return odd.assign(got=words, expected="an experiment of mouse " + odd["got"].astype(str))


@check(
    column="isi_experiment_id",
    needs=[
        "ophys_experiments.isi_experiment_id",
        "ophys_experiments.ophys_session_id",
        "ophys_experiments.intrinsic_imaging_is_of_one_mouse",
    ],
)
def intrinsic_imaging_is_of_the_session(ophys_experiments: "pd.DataFrame") -> "Rows":
    """All planes of a session were placed by one intrinsic imaging experiment.

    Why: the map is chosen for a session, not for a plane.

    Example: seven planes of a session with 848974841, and one with 848974842.

    Fix: correct isi_experiment_id of the plane that differs.
    """
    return unlike_the_others(ophys_experiments, "ophys_session_id", ophys_experiments["isi_experiment_id"])


RULES: tuple[Rule, ...] = (
    ids_are_of_different_things,
    intrinsic_imaging_is_of_one_mouse,
    intrinsic_imaging_is_of_the_session,
)
