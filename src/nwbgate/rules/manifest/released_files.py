"""Written rules about the files of a release: numbers and publication dates."""

from typing import TYPE_CHECKING, Any

from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Number that stands for no file.
NO_FILE = -999


@check(
    column="file_id",
    needs=[
        "behavior_sessions.file_id",
        "behavior_sessions.ophys_session_id",
        "ophys_experiments.file_id",
    ],
)
def own_file_unless_imaged(behavior_sessions: "pd.DataFrame", ophys_experiments: "pd.DataFrame") -> "Rows":
    """A behavior session has its own file exactly if it was not imaged.

    Why: the behavior of an imaged session is in the files of its planes; downloads go by this number. Tables in which
    no plane has a file either are not judged.

    Example: file_id -999 of a training session, which is then in no file.

    Fix: write the number of the session's file, or -999 where it was imaged.
    """
    if not (ophys_experiments["file_id"] != NO_FILE).fillna(False).any():
        return None
    imaged = behavior_sessions["ophys_session_id"].notna()
    own = (behavior_sessions["file_id"] != NO_FILE).fillna(False)
    odd = own == imaged
    if not odd.any():
        return None
    words = imaged[odd].map({True: "-999, the session was imaged", False: "the number of the session's file"})
    return behavior_sessions[odd].assign(got=behavior_sessions["file_id"][odd], expected=words)


@check(
    column="file_id",
    needs=[
        "behavior_sessions.file_id",
        "behavior_sessions.own_file_unless_imaged",
        "ophys_experiments.file_id",
    ],
)
def file_of_one_row(behavior_sessions: "pd.DataFrame", ophys_experiments: "pd.DataFrame") -> "Rows":
    """No file belongs to two behavior sessions, or to a session and a plane.

    Why: one of the two would be downloaded in place of the other.

    Example: sessions 870987812 and 872436745 both have file_id 1120142077.

    Fix: take the file_id from the list of files of the release.
    """
    own = behavior_sessions["file_id"].where(behavior_sessions["file_id"] != NO_FILE)
    of_planes = ophys_experiments["file_id"][ophys_experiments["file_id"] != NO_FILE]
    odd = own.notna() & (own.duplicated() | own.isin(of_planes.dropna()))
    if not odd.any():
        return None
    return behavior_sessions[odd].assign(got=own[odd], expected="a file of no other session or plane")


@check(
    column="published_at",
    needs=["ophys_experiments.published_at", "ophys_experiments.date_of_acquisition"],
)
def published_after_acquisition(ophys_experiments: "pd.DataFrame") -> "Rows":
    """A plane was published after the day of its acquisition.

    Why: the day of a release is known; a session after it has a wrong date.

    Example: published on 2021-03-25, acquired on 2021-09-20.

    Fix: correct date_of_acquisition or published_at.
    """
    import pandas as pd

    acquired = ophys_experiments["date_of_acquisition"]
    # text in a version of the specification that does not describe the column
    published = pd.to_datetime(ophys_experiments["published_at"], format="ISO8601", utc=True, errors="coerce")
    odd = (published.dt.normalize() < acquired.dt.normalize()).fillna(False).to_numpy(dtype=bool)
    if not odd.any():
        return None
    rows: pd.DataFrame = ophys_experiments[odd]
    words = "after it was acquired, on " + acquired[odd].dt.strftime("%Y-%m-%d")
    return rows.assign(got=published[odd].dt.strftime("%Y-%m-%d"), expected=words)


@check(
    column="file_id",
    needs=[
        "behavior_sessions.file_id",
        "behavior_sessions.own_file_unless_imaged",
        "behavior_sessions.file_of_one_row",
    ],
)
def session_file_is_listed(behavior_sessions: "pd.DataFrame", release_files: "pd.DataFrame | None" = None) -> "Rows":
    """The file of a behavior session is listed under its number, by its id.

    Why: downloads take the file of that number from the list of the release; another name is another session.

    Example: file_id 1120142077 of session 870987812, listed as behavior_session_872436745.nwb.

    Fix: take file_id from the list of files of the release.
    """
    own = behavior_sessions["file_id"] != NO_FILE
    return _listed_otherwise(behavior_sessions[own], "behavior_session_id", release_files)


@check(column="file_id", needs=[f"ophys_experiments.file_id.{kind}" for kind in ("type", "required", "unique")])
def plane_file_is_listed(ophys_experiments: "pd.DataFrame", release_files: "pd.DataFrame | None" = None) -> "Rows":
    """The file of a plane is listed under its number, by its id.

    Why: downloads take the file of that number from the list of the release; another name is another plane.

    Example: file_id 1085839960 of experiment 951980471, listed as behavior_ophys_experiment_951980473.nwb.

    Fix: take file_id from the list of files of the release.
    """
    return _listed_otherwise(ophys_experiments, "ophys_experiment_id", release_files)


def _listed_otherwise(rows: "pd.DataFrame", key: str, listed: "pd.DataFrame | None") -> "Rows":
    """Return the rows whose file is listed by another id, or not at all."""
    if listed is None:
        return None
    names = dict(zip(listed["file_id"], listed["name"], strict=True))
    found = rows["file_id"].map(lambda number: names.get(number, "no file"))
    odd = rows["file_id"].notna() & (_id_in(found) != rows[key].astype("Int64")).fillna(True).astype(bool)
    if not odd.any():
        return None
    return rows[odd].assign(
        got=rows["file_id"][odd].astype(str) + ", listed as " + found[odd],
        expected="the file of " + rows[key][odd].astype(str),
    )


@check(column="file_path", needs=["behavior_sessions.file_path", "behavior_sessions.behavior_session_id"])
def path_is_of_the_session(behavior_sessions: "pd.DataFrame") -> "Rows":
    """The path of a session's file has the id of the session.

    Why: the file is opened by this path, and is taken for this session.

    Example: behavior_session_872953842.nwb in the row of session 870987812.

    Fix: write the path of the session's own file.
    """
    return _path_of_another(behavior_sessions, "behavior_session_id")


@check(column="file_path", needs=["ophys_experiments.file_path", "ophys_experiments.ophys_experiment_id"])
def path_is_of_the_plane(ophys_experiments: "pd.DataFrame") -> "Rows":
    """The path of a plane's file has the id of the experiment.

    Why: the file is opened by this path, and is taken for this plane.

    Example: behavior_ophys_experiment_951980473.nwb in the row of experiment 951980471.

    Fix: write the path of the plane's own file.
    """
    return _path_of_another(ophys_experiments, "ophys_experiment_id")


def _path_of_another(rows: "pd.DataFrame", key: str) -> "Rows":
    odd = (_id_in(rows["file_path"]) != rows[key]).fillna(False).astype(bool)
    if not odd.any():
        return None
    names = rows["file_path"][odd].astype(str).str.rpartition("/")[2]
    return rows[odd].assign(got=names, expected="the file of " + rows[key][odd].astype(str))


def _id_in(names: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the number at the end of each file name, before its ending."""
    return names.astype(object).astype("string").str.extract(r"_(\d+)\.nwb$", expand=False).astype("Int64")


RULES: tuple[Rule, ...] = (
    own_file_unless_imaged,
    file_of_one_row,
    published_after_acquisition,
    session_file_is_listed,
    plane_file_is_listed,
    path_is_of_the_session,
    path_is_of_the_plane,
)
