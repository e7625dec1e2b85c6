"""Written rules between the rows of a manifest: mice and their sessions.

Each returns the offending rows of its first table. Bounds were checked on the public release-candidate tables
(4,787 behavior sessions of 107 mice), where none of the errors fires.
"""

from typing import TYPE_CHECKING, Any

from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Sessions from which on a mouse surely is there with all of them; it has 21 to 87 in the real tables.
_WHOLE_HISTORY = 15


def unlike_the_others(frame: "pd.DataFrame", group: str, values: "pd.Series[Any]") -> "Rows":
    """Return the rows whose value differs from the most frequent one of their group.

    Parameters
    ----------
    frame : DataFrame
        The judged table.
    group : str
        Column whose equal values make a group.
    values : Series
        One value per row; a missing one is no value.
    """
    pairs = frame[[group]].assign(value=values).dropna()
    kinds = pairs.drop_duplicates()
    mixed = set(kinds.loc[kinds.duplicated(group), group])
    if not mixed:
        return None
    pairs = pairs[pairs[group].isin(mixed)]
    usual = pairs.groupby(group)["value"].agg(lambda column: column.value_counts(sort=True).index[0])
    expected = pairs[group].map(usual)
    odd = pairs.index[pairs["value"] != expected]
    return frame.loc[odd].assign(got=pairs.loc[odd, "value"], expected=expected[odd])


@check(column="full_genotype", needs=["behavior_sessions.full_genotype", "behavior_sessions.mouse_id"])
def mouse_has_one_genotype(behavior_sessions: "pd.DataFrame") -> "Rows":
    """All sessions of a mouse name the same genotype.

    Why: genotype decides which cells carry the indicator; a mouse with two of them is two mice, or one mislabelled
    session.

    Example: mouse 457841 is Sst-IRES-Cre in forty sessions and Vip-IRES-Cre in one.

    Fix: look the mouse up in the colony database and correct the session that differs, or its mouse_id.
    """
    return unlike_the_others(behavior_sessions, "mouse_id", behavior_sessions["full_genotype"])


@check(column="sex", needs=["behavior_sessions.sex", "behavior_sessions.mouse_id"])
def mouse_has_one_sex(behavior_sessions: "pd.DataFrame") -> "Rows":
    """All sessions of a mouse name the same sex.

    Why: a mouse with two sexes is two mice, or one mislabelled session.

    Example: mouse 457841 is F in forty sessions and M in one.

    Fix: correct the session that differs, or its mouse_id.
    """
    return unlike_the_others(behavior_sessions, "mouse_id", behavior_sessions["sex"])


@check(
    column="age_in_days",
    needs=[
        "behavior_sessions.age_in_days",
        "behavior_sessions.date_of_acquisition",
        "behavior_sessions.mouse_id",
    ],
)
def age_agrees_with_date(behavior_sessions: "pd.DataFrame") -> "Rows":
    """Age and date of all sessions of a mouse give one date of birth.

    Why: age is counted from one day of birth, so a session whose date minus age differs has a wrong age, date or mouse.

    Example: a session a week later is said to be at the age of the week before.

    Fix: recompute age_in_days from the day of birth, or correct the date.
    """
    days = behavior_sessions["date_of_acquisition"].dt.normalize().dt.as_unit("s").astype("int64") // 86400
    born = days - behavior_sessions["age_in_days"].astype("float64").fillna(0)
    born = born.where(behavior_sessions["age_in_days"].notna() & behavior_sessions["date_of_acquisition"].notna())
    odd = unlike_the_others(behavior_sessions, "mouse_id", born)
    if odd is None:
        return None
    age = (days[odd.index] - odd["expected"]).astype("int64")
    return odd.assign(got=odd["age_in_days"], expected=age)


def _several_a_day(frame: "pd.DataFrame") -> "Rows":
    day = frame["date_of_acquisition"].dt.strftime("%Y-%m-%d")
    keyed = frame[["mouse_id"]].assign(day=day)
    again = keyed.duplicated() & keyed.notna().all(axis=1)
    if not again.any():
        return None
    return frame[again].assign(got=day[again], expected="a date without an earlier session of this mouse")


@check(
    column="date_of_acquisition",
    needs=["ophys_sessions.date_of_acquisition", "ophys_sessions.mouse_id"],
)
def one_ophys_session_a_day(ophys_sessions: "pd.DataFrame") -> "Rows":
    """A mouse has at most one imaging session a day.

    Why: the protocol images a mouse once a day; two imaging sessions on one day are a session entered twice, or a
    wrong date or mouse.

    Example: two ophys sessions of mouse 457841 on 2019-09-20.

    Fix: correct date_of_acquisition or mouse_id, or take the row that is there twice out.
    """
    return _several_a_day(ophys_sessions)


@check(
    severity="warning",
    column="date_of_acquisition",
    needs=[
        "behavior_sessions.date_of_acquisition",
        "behavior_sessions.mouse_id",
        "ophys_sessions.one_ophys_session_a_day",
    ],
)
def one_behavior_session_a_day(behavior_sessions: "pd.DataFrame") -> "Rows":
    """A mouse has at most one behavior session a day.

    Why: the protocol trains a mouse once a day; a second session usually is one that was broken off and begun again. It
    happens (eight mice of the public release), so this is a warning.

    Example: two TRAINING_4 sessions of one mouse six minutes apart.

    Fix: see whether the earlier session was broken off and should be released at all.
    """
    return _several_a_day(behavior_sessions)


@check(needs=["ophys_experiments.ophys_session_id", "ophys_sessions.ophys_session_id"])
def at_most_eight_experiments(ophys_sessions: "pd.DataFrame", ophys_experiments: "pd.DataFrame") -> "Rows":
    """A session has at most eight imaging planes.

    Why: the multi-plane microscope records eight planes at once; a ninth belongs to another session.

    Example: a session with nine rows in the experiment table.

    Fix: correct ophys_session_id of the experiments that are not of this session.
    """
    planes = ophys_sessions["ophys_session_id"].map(ophys_experiments["ophys_session_id"].value_counts()).fillna(0)
    many = planes > 8
    return ophys_sessions[many].assign(got=planes[many].astype(int), expected="at most 8") if many.any() else None


@check(
    column="prior_exposures_to_omissions",
    needs=[
        "behavior_sessions.prior_exposures_to_omissions",
        "behavior_sessions.session_type",
        "behavior_sessions.date_of_acquisition",
        "behavior_sessions.mouse_id",
    ],
    history=True,
)
def omissions_seen_are_possible(behavior_sessions: "pd.DataFrame") -> "Rows":
    """Prior exposures to omissions grow by one per imaging session, and otherwise only in habituation.

    Why: every earlier imaging session but habituation had omitted flashes, training had none, and some habituation
    sessions had. (Which of those is not in the tables.)

    Example: 0 prior exposures in the third imaging session of a mouse.

    Fix: count the earlier sessions with omissions again.
    """
    ordered = behavior_sessions.sort_values("date_of_acquisition", kind="stable")
    imaging = ordered["session_type"].str.startswith("OPHYS_").fillna(False).astype(bool)
    habituation = imaging & ordered["session_type"].str.contains("habituation", regex=False).fillna(False).astype(bool)

    def before(sessions: "pd.Series[Any]") -> "pd.Series[Any]":
        number = sessions.astype("int64")
        return number.groupby(ordered["mouse_id"]).cumsum() - number

    fewest, most = before(imaging & ~habituation), before(habituation)
    counted = ordered["prior_exposures_to_omissions"].astype("float64")
    in_habituation = _omissions_in_habituation(counted - fewest, most, ordered["mouse_id"])
    odd = counted.notna() & (counted - fewest != in_habituation)
    if not odd.any():
        return None
    words = (fewest + in_habituation)[odd].astype("int64").astype(str)
    rows = behavior_sessions.loc[odd.index[odd].sort_values()]
    return rows.assign(got=counted[odd].astype("int64"), expected=words)


def _omissions_in_habituation(
    counted: "pd.Series[Any]", most: "pd.Series[Any]", mouse_id: "pd.Series[Any]"
) -> "pd.Series[Any]":
    """Return the habituation sessions with omissions before each session that best explain the counts.

    Between two habituation sessions it cannot change, so the most frequent number of possible ones is taken, the
    least of equals.
    """
    possible = counted.where((counted >= 0) & (counted <= most))
    groups = [mouse_id, most]
    often = possible.groupby([*groups, possible]).transform("size")
    usual = possible.where(often == often.groupby(groups).transform("max")).groupby(groups).transform("min")
    return usual.fillna(most.clip(upper=0)).groupby(mouse_id).cummax()


@check(
    severity="warning",
    column="session_type",
    needs=[
        "behavior_sessions.session_type",
        "behavior_sessions.date_of_acquisition.type",
        "behavior_sessions.mouse_id",
    ],
    history=True,
)
def history_begins_with_training(behavior_sessions: "pd.DataFrame") -> "Rows":
    """The first session of a mouse with a whole history is TRAINING_0.

    Why: all 107 mice of the real tables begin with it, and a mouse of 15 or more sessions is there as a whole. A first
    session that is lost is missed by nothing else, as only earlier sessions are counted.

    Example: the earliest of a mouse's 40 sessions is TRAINING_1_gratings.

    Fix: add the sessions that are missing before it, or correct dates of acquisition.
    """
    ordered = behavior_sessions.sort_values("date_of_acquisition", kind="stable")
    whole = ordered.groupby("mouse_id")["session_type"].transform("size") >= _WHOLE_HISTORY
    first = ordered[whole & ~ordered["mouse_id"].duplicated()]
    wrong = ~first["session_type"].str.startswith("TRAINING_0").fillna(False).astype(bool)
    if not wrong.any():
        return None
    words = first["session_type"].astype(str) + " first of mouse " + first["mouse_id"].astype(str)
    return first.assign(got=words, expected="TRAINING_0 first")[wrong].sort_index()


RULES: tuple[Rule, ...] = (
    mouse_has_one_genotype,
    mouse_has_one_sex,
    age_agrees_with_date,
    one_ophys_session_a_day,
    one_behavior_session_a_day,
    at_most_eight_experiments,
    omissions_seen_are_possible,
    history_begins_with_training,
)
