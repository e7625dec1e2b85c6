"""Written rules about the files of a release: numbers and publication dates."""

from typing import TYPE_CHECKING

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


RULES: tuple[Rule, ...] = (own_file_unless_imaged, file_of_one_row, published_after_acquisition)
