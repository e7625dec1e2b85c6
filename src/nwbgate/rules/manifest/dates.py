"""Written rules about dates of sessions and of publication.

Bounds were checked on the public release-candidate tables (4,787 behavior sessions), where none of them fires.
"""

from typing import TYPE_CHECKING, Any

from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

_DATE = "behavior_sessions.date_of_acquisition"
#: Share of dates on a whole minute from which seconds were cut off: one in 60,000 is so by chance.
_CUT = 0.1
#: Whole minutes below this number may be chance in a small table.
_FEWEST_CUT = 3
#: First and last hour in which a session may begin; the release has 8 to 17.
_HOURS = (5, 21)
#: Share of sessions at night from which the table is in another zone, as one in true UTC is.
_OTHER_ZONE = 0.2


@check(column="date_of_acquisition", needs=[_DATE])
def date_has_its_time(behavior_sessions: "pd.DataFrame") -> "Rows":
    """Dates of sessions have a time of day, to the second.

    Why: spreadsheets show dates without seconds and write what they show; the order of sessions and the start of
    their files then disagree.

    Example: 2019-09-20 00:00:00 for a session at 09:59:38.837.

    Fix: take the dates from the database again, or from the files.
    """
    dates = behavior_sessions["date_of_acquisition"]
    whole = (dates == dates.dt.floor("min")).to_numpy(dtype=bool)
    odd = (dates == dates.dt.normalize()).to_numpy(dtype=bool)
    if whole.sum() >= max(_FEWEST_CUT, _CUT * len(dates)):
        odd = odd | whole
    if not odd.any():
        return None
    written = dates[odd].dt.strftime("%Y-%m-%d %H:%M:%S")
    rows: pd.DataFrame = behavior_sessions[odd]
    return rows.assign(got=written, expected="a date with its time, such as 2019-09-20 09:59:38.837")


@check(severity="warning", column="date_of_acquisition", needs=["behavior_sessions.date_has_its_time"])
def session_is_by_day(behavior_sessions: "pd.DataFrame") -> "Rows":
    """Single sessions do not begin at night.

    Why: the clock times are those of Seattle, and the release has sessions from 8 to 18 h. Few sessions at night are
    often times that were moved to another zone; a fifth of all is a table in another zone, which may be right.

    Example: 02:59 for a session at 09:59, seven hours too early.

    Fix: see whether the times were converted from UTC to local time, or from it, once too often.
    """
    dates = behavior_sessions["date_of_acquisition"]
    odd = ((dates.dt.hour < _HOURS[0]) | (dates.dt.hour > _HOURS[1])).to_numpy(dtype=bool)
    if not odd.any() or odd.mean() >= _OTHER_ZONE:
        return None
    rows: pd.DataFrame = behavior_sessions[odd]
    return rows.assign(got=dates[odd].dt.strftime("%Y-%m-%d %H:%M"), expected="a time from 5 to 22 h")


@check(column="date_of_acquisition", needs=[_DATE])
def session_is_past(behavior_sessions: "pd.DataFrame") -> "Rows":
    """No session is in the future.

    Why: it has been recorded.

    Example: 2081-09-20 for 2018-09-20.

    Fix: correct date_of_acquisition.
    """
    return _after_now(behavior_sessions, "date_of_acquisition", behavior_sessions["date_of_acquisition"])


@check(column="published_at", needs=["ophys_experiments.published_at"])
def publication_is_past(ophys_experiments: "pd.DataFrame") -> "Rows":
    """No plane is published in the future.

    Why: the table lists what has been released.

    Example: 2091-03-25 for 2021-03-25.

    Fix: correct published_at.
    """
    import pandas as pd

    published = pd.to_datetime(ophys_experiments["published_at"], format="ISO8601", utc=True, errors="coerce")
    return _after_now(ophys_experiments, "published_at", published)


def _after_now(frame: "pd.DataFrame", column: str, dates: "pd.Series[Any]") -> "Rows":
    import pandas as pd

    # a day more, for tables that are written in local time and called UTC
    latest = pd.Timestamp.now(tz="UTC") + pd.Timedelta(days=1)
    odd = (dates > latest).to_numpy(dtype=bool)
    if not odd.any():
        return None
    return frame[odd].assign(got=dates[odd].dt.strftime("%Y-%m-%d"), expected=f"a date up to {latest:%Y-%m-%d}")


@check(
    column="date_of_acquisition",
    needs=[
        _DATE,
        "behavior_sessions.mouse_id",
        "behavior_sessions.equipment_name",
        "behavior_sessions.date_has_its_time",
    ],
)
def session_is_listed_once(behavior_sessions: "pd.DataFrame") -> "Rows":
    """No mouse and no rig begins two sessions at one instant.

    Why: two ids for one session count it twice, in exposures and in every average.

    Example: sessions 2000000500 and 2000009999 of mouse 400000, both at 2018-09-08 13:00:00.837.

    Fix: take out the row whose id has no file.
    """
    date = behavior_sessions["date_of_acquisition"]
    again = date.isna()
    for column in ("mouse_id", "equipment_name"):
        keyed = behavior_sessions[[column]].assign(date=date)
        again |= keyed.duplicated() & keyed.notna().all(axis=1)
    odd = again & date.notna()
    if not odd.any():
        return None
    rows = behavior_sessions[odd]
    first = behavior_sessions.drop_duplicates("date_of_acquisition").set_index("date_of_acquisition")
    earlier = rows["date_of_acquisition"].map(first["behavior_session_id"]).astype(str)
    return rows.assign(
        got=date[odd].dt.strftime("%Y-%m-%d %H:%M:%S.%f"), expected="another instant than that of session " + earlier
    )


RULES: tuple[Rule, ...] = (
    date_has_its_time,
    session_is_by_day,
    session_is_past,
    publication_is_past,
    session_is_listed_once,
)
