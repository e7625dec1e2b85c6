"""Written rules about a session's numbers of trials."""

from typing import TYPE_CHECKING, Any

from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: How a session is named in which the lick spout is out of reach.
_PASSIVE = "passive_viewing"
#: Go and catch trials from which chance does not make more of the rarer kind (binomial, 1 in 8: 2e-6).
_ENOUGH = 20


def _numbers(column: "pd.Series[Any]") -> "pd.Series[Any]":
    import pandas as pd

    numbers: pd.Series[Any] = pd.to_numeric(column, errors="coerce").astype("float64")
    return numbers


@check(
    column="trial_count",
    needs=[
        "behavior_sessions.trial_count",
        "behavior_sessions.go_trial_count",
        "behavior_sessions.catch_trial_count",
    ],
)
def go_and_catch_trials_fit(behavior_sessions: "pd.DataFrame") -> "Rows":
    """Go and catch trials together do not outnumber all trials.

    Why: every trial is of one kind: go, catch, aborted or automatically rewarded.

    Example: 226 go and 32 catch trials of 250.

    Fix: count the trials of the session again from its file.
    """
    kinds = _numbers(behavior_sessions["go_trial_count"]) + _numbers(behavior_sessions["catch_trial_count"])
    odd = kinds > _numbers(behavior_sessions["trial_count"])
    if not odd.any():
        return None
    least = "at least " + kinds[odd].astype("int64").astype(str) + ", the go and catch trials together"
    return behavior_sessions[odd].assign(got=behavior_sessions["trial_count"][odd], expected=least)


@check(
    column="engaged_trial_count",
    needs=["behavior_sessions.trial_count", "behavior_sessions.engaged_trial_count"],
)
def engaged_trials_fit(behavior_sessions: "pd.DataFrame") -> "Rows":
    """Engaged trials do not outnumber all trials.

    Why: they are the trials at a reward rate above two rewards per minute.

    Example: 700 engaged trials of 680.

    Fix: count the trials of the session again from its file.
    """
    engaged, total = behavior_sessions["engaged_trial_count"], behavior_sessions["trial_count"]
    odd = _numbers(engaged) > _numbers(total)
    if not odd.any():
        return None
    most = "at most " + total[odd].astype(str) + ", the number of trials"
    return behavior_sessions[odd].assign(got=engaged[odd], expected=most)


@check(
    column="hit_trial_count",
    needs=[
        "behavior_sessions.behavior_type",
        "behavior_sessions.hit_trial_count",
        "behavior_sessions.false_alarm_trial_count",
        "behavior_sessions.miss_trial_count",
        "behavior_sessions.correct_reject_trial_count",
    ],
)
def passive_session_has_no_response(behavior_sessions: "pd.DataFrame") -> "Rows":
    """A passive session has neither hits nor false alarms.

    Why: the lick spout is out of reach, so no trial can have a lick.

    Example: 40 hits in OPHYS_2_images_A_passive.

    Fix: see whether session_type is right, or whether the counts are those of another session.
    """
    hits, alarms = (
        _numbers(behavior_sessions[name]).fillna(0) for name in ("hit_trial_count", "false_alarm_trial_count")
    )
    passive = (behavior_sessions["behavior_type"] == _PASSIVE).fillna(False).to_numpy(dtype=bool)
    odd = passive & ((hits + alarms) > 0).to_numpy()
    if not odd.any():
        return None
    words = [f"{hit:.0f} hits and {alarm:.0f} false alarms" for hit, alarm in zip(hits[odd], alarms[odd], strict=True)]
    return behavior_sessions[odd].assign(got=words, expected="none while the mouse cannot lick")


@check(
    severity="warning",
    column="catch_trial_count",
    needs=[
        "behavior_sessions.go_trial_count",
        "behavior_sessions.catch_trial_count",
        "behavior_sessions.go_and_catch_trials_fit",
    ],
)
def go_trials_outnumber_catch_trials(behavior_sessions: "pd.DataFrame") -> "Rows":
    """Go trials outnumber catch trials.

    Why: one trial in eight is a catch trial; with more of them, the two columns have probably changed places.

    Example: 32 go and 226 catch trials.

    Fix: count the trials of the session again from its file.
    """
    go, catch = _numbers(behavior_sessions["go_trial_count"]), _numbers(behavior_sessions["catch_trial_count"])
    odd = (catch > go) & (go + catch >= _ENOUGH)
    if not odd.any():
        return None
    words = catch[odd].astype("int64").astype(str) + " catch and " + go[odd].astype("int64").astype(str) + " go trials"
    return behavior_sessions[odd].assign(got=words, expected="more go than catch trials")


RULES: tuple[Rule, ...] = (
    go_and_catch_trials_fit,
    go_trials_outnumber_catch_trials,
    engaged_trials_fit,
    passive_session_has_no_response,
)
