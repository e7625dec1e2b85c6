"""Boundaries of the rules about when sessions were."""

import pandas as pd

from support.manifest_cases import in_all
from support.manifests import fired, good


def at(time: str) -> dict[str, tuple[object, ...]]:
    frames = good()
    in_all(frames, 2000000900, date_of_acquisition=pd.Timestamp(f"2018-09-12 {time}", tz="UTC"))
    return fired(frames)


def test_a_session_may_begin_on_a_whole_minute():
    assert at("08:01:00") == {}


def test_whole_minutes_in_a_tenth_of_the_sessions_are_dates_cut_off():
    frames = good()
    for session in (2000000900, 2000001000, 2000001100, 2000001200):
        date = frames["behavior_sessions"].set_index("behavior_session_id").at[session, "date_of_acquisition"]
        in_all(frames, session, date_of_acquisition=date.floor("min"))
    assert fired(frames) == {
        "behavior_sessions.date_has_its_time": (2000000900, 2000001000, 2000001100, 2000001200)
    }  # fmt: skip


def test_a_session_may_begin_early_and_late():
    assert (at("05:00:01"), at("21:59:59")) == ({}, {})


def test_two_mice_may_begin_at_one_instant_on_two_rigs():
    frames = good()
    sessions = frames["behavior_sessions"]
    sessions.loc[20, "date_of_acquisition"] = sessions.loc[3, "date_of_acquisition"]
    assert sessions.loc[20, "equipment_name"] != sessions.loc[3, "equipment_name"]
    assert "behavior_sessions.session_is_listed_once" not in fired(frames)


def test_two_mice_cannot_begin_at_one_instant_on_one_rig():
    frames = good()
    sessions = frames["behavior_sessions"]
    for column in ("date_of_acquisition", "equipment_name"):
        sessions.loc[20, column] = sessions.loc[3, column]
    assert fired(frames)["behavior_sessions.session_is_listed_once"] == (sessions.loc[20, "behavior_session_id"],)


def test_a_table_in_another_zone_has_no_sessions_at_night():
    """Real clock times in UTC are 7 or 8 hours ahead of Seattle."""
    frames = good()
    frames["behavior_sessions"]["date_of_acquisition"] += pd.Timedelta(hours=10)
    assert "behavior_sessions.session_is_by_day" not in fired(frames)
