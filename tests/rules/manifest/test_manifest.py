"""Every written rule about tables fires on its case, alone, and is silent on the valid manifest."""

import pytest

from nwbgate.gate.judge import judge
from nwbgate.rules import FACTS, all_rules
from support.manifest_cases import CASES
from support.manifests import KEYS, RULES, SPEC, fired, good, outcome

#: Rules about paths, which only the release candidate has; tests/faults plants their faults.
PATHS = {"behavior_sessions.path_is_of_the_session", "ophys_experiments.path_is_of_the_plane"}
WRITTEN = {rule.code for rule in RULES if rule.kind == "written" and not FACTS & {*rule.tables}}


def test_the_valid_manifest_passes_every_rule_that_can_run():
    found = outcome(good())
    assert not found.findings
    assert {rule.reason for rule in found.not_run} == {
        "no NWB file given", "needs a complete release (--complete)",
        "column behavior_sessions.file_path not given", "column ophys_experiments.file_path not given",
    }  # fmt: skip


def test_every_written_rule_has_a_case():
    assert set(CASES) == WRITTEN - PATHS


@pytest.mark.parametrize("code", CASES)
def test_it_fires_alone_and_names_the_rows(code):
    edit, keys = CASES[code]
    frames = good()
    edit(frames)
    assert fired(frames) == {code: keys}


def test_without_the_whole_history_nothing_is_recomputed_from_it():
    short = SPEC.model_copy(update={"complete_history": False})
    rules = [rule for rule in all_rules(short) if rule.history]
    assert len(rules) == 4
    unjudged = judge(rules, good(), KEYS).not_run
    assert {rule.reason for rule in unjudged} == {
        "visual_behavior@1.1.0 does not promise the complete history of every mouse"
    }
    assert not any(rule.objected for rule in unjudged)


def test_all_trials_may_be_go_and_catch_trials_and_all_may_be_engaged():
    frames = good()
    sessions = frames["behavior_sessions"]
    sessions.loc[5, ["trial_count", "engaged_trial_count"]] = sessions["go_trial_count"][5] + 10
    assert fired(frames) == {}


def test_a_plane_may_be_published_on_the_day_it_was_acquired():
    frames = good()
    frames["ophys_experiments"].loc[0, "published_at"] = (
        frames["ophys_experiments"].loc[0, "date_of_acquisition"].normalize()
    )
    assert fired(frames) == {}


def test_the_day_of_publication_is_judged_where_the_specification_does_not_describe_it():
    frames = good()
    planes = frames["ophys_experiments"]
    planes["published_at"] = planes["published_at"].astype(str).astype(object)
    assert fired(frames) == {}
    planes.loc[0, "published_at"] = "2001-01-01"
    planes.loc[1, "published_at"] = "unknown"
    (finding,) = outcome(frames).findings
    assert finding.code == "ophys_experiments.published_after_acquisition"
    assert finding.keys == (planes.loc[0, "ophys_experiment_id"],)
    assert "got 2001-01-01, expected after it was acquired, on" in finding.message


@pytest.mark.parametrize("number", [1, -1])
def test_one_exposure_to_omissions_too_many_or_too_few_is_found_in_its_session(number):
    frames = good()
    sessions = frames["behavior_sessions"]
    rows = sessions["behavior_session_id"] == 2000101600
    sessions.loc[rows, "prior_exposures_to_omissions"] += number
    assert fired(frames) == {"behavior_sessions.omissions_seen_are_possible": (2000101600,)}


def test_habituation_with_omissions_adds_one_to_every_later_session():
    frames = good()
    for table in ("behavior_sessions", "ophys_sessions", "ophys_experiments"):
        later = (frames[table]["mouse_id"] == "400000") & (frames[table]["behavior_session_id"] > 2000000800)
        frames[table].loc[later, "prior_exposures_to_omissions"] += 1
    assert fired(frames) == {}


def test_tables_of_planes_without_files_do_not_say_where_sessions_have_theirs():
    frames = good()
    for table in ("behavior_sessions", "ophys_experiments"):
        frames[table]["file_id"] = -999
    assert "behavior_sessions.own_file_unless_imaged" not in fired(frames)
