"""Files are judged one by one, and a library that crashes on one of them harms no other."""

import os
import time
from pathlib import Path

import pytest

from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import NotRun
from nwbgate.gate.files import FileChecks, FileResult, check_file, check_files
from nwbgate.gate.merged_outcomes import MergedOutcomes
from nwbgate.processes.limits import WorkLimits
from nwbgate.rules.rule import check
from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release"
GRATINGS, FLASHED = RELEASED / "behavior_session_1900011401.nwb", RELEASED / "behavior_session_1900011501.nwb"


@check(scope="session")
def process_survives(session):
    """A library does not crash.

    Why: a test.

    Example: a segmentation fault.

    Fix: none.
    """
    if "1900011401" in set(session["identifier"]):
        os._exit(1)


@check(scope="session")
def gratings_are_flashed(session):
    """A session is not one of static gratings.

    Why: a test.

    Example: TRAINING_1.

    Fix: none.
    """
    return session[session["session_type"] == "TRAINING_1_gratings"]


@check(scope="session", needs=["session.gratings_are_flashed"])
def gratings_are_short(session):
    """Flashes are short.

    Why: a test.

    Example: none.

    Fix: none.
    """


@check(scope="session")
def spikes_are_there(spikes):
    """There are spikes.

    Why: a test.

    Example: none.

    Fix: none.
    """


@check(scope="session")
def rules_end(session):
    """A rule comes to its end.

    Why: a test.

    Example: an endless loop.

    Fix: none.
    """
    if "1900011401" in set(session["identifier"]):
        time.sleep(60)


RULES = (gratings_are_flashed, gratings_are_short, spikes_are_there)
QUICK = FileChecks(rules=RULES, validators=False)


def test_a_file_that_takes_too_long_is_a_finding_and_the_others_are_judged():
    checks = FileChecks(rules=(rules_end,), validators=False)
    late, judged = check_files([GRATINGS, FLASHED], checks, jobs=1, limits=WorkLimits(seconds=10))
    assert [(finding.code, finding.path) for finding in late.findings] == [("file.over_limit", str(GRATINGS))]
    assert "given up: it took over 10 s" in late.findings[0].message
    assert judged.outcome.passed == ["session.rules_end"]


def test_a_file_that_kills_its_process_is_a_finding_and_the_others_are_judged():
    checks = FileChecks(rules=(process_survives,), validators=False)
    dead, alive = check_files([GRATINGS, FLASHED], checks, jobs=2)
    assert [finding.code for finding in dead.findings] == ["file.unreadable"]
    assert "killed its process" in dead.findings[0].message
    assert alive.outcome.passed == ["session.process_survives"]


def test_results_come_in_the_order_of_the_files():
    results = list(check_files([FLASHED, GRATINGS, FLASHED], QUICK, jobs=2))
    assert [result.path for result in results] == [FLASHED, GRATINGS, FLASHED]


def test_facts_come_with_the_file():
    result = check_file(FLASHED, QUICK)
    assert {name: len(columns["path"]) for name, columns in result.facts.items()} == {
        "nwb_files": 1,
        "nwb_planes": 0,
        "nwb_rois": 0,
    }


def merged(results) -> Outcome:
    outcomes = MergedOutcomes(RULES)
    for result in results:
        outcomes.add(result)
    return outcomes.outcome(Outcome())


def states(paths: list[Path]) -> Outcome:
    return merged(check_files(paths, QUICK, jobs=1))


def test_a_rule_fires_when_it_fires_in_any_file():
    whole = states([FLASHED, GRATINGS])
    assert [(finding.code, finding.path) for finding in whole.findings] == [
        ("session.gratings_are_flashed", str(GRATINGS))
    ]
    assert "session.gratings_are_flashed" not in whole.passed


def test_a_rule_that_waited_in_some_file_is_not_run():
    whole = states([FLASHED, GRATINGS])
    reasons = {rule.code: rule for rule in whole.not_run}
    waited = reasons["session.gratings_are_short"]
    assert waited.reason == "in 1 of 2 files because session.gratings_are_flashed fired"
    assert waited.objected


def test_a_rule_passes_when_it_passes_where_it_can_be_judged():
    assert states([FLASHED]).passed == ["session.gratings_are_flashed", "session.gratings_are_short"]


def test_a_rule_with_nothing_to_judge_in_any_file_is_not_run_and_nobody_objects():
    (unjudged,) = states([FLASHED]).not_run
    assert (unjudged.code, unjudged.reason) == ("spikes.spikes_are_there", "no file has the table spikes")
    assert not unjudged.objected


def test_a_table_that_some_file_has_is_not_said_to_be_in_none():
    def lacking(*tables):
        reason = f"table {' and '.join(tables)} not given"
        outcome = Outcome(not_run=[NotRun(rule.code, reason, absent=tables) for rule in RULES])
        return FileResult(FLASHED, outcome=outcome)

    shared = merged([lacking("licks", "trials"), lacking("trials")]).not_run[0]
    assert (shared.reason, shared.absent) == ("no file has the table trials", ("trials",))
    torn = merged([lacking("licks"), lacking("trials")]).not_run[0]
    assert torn.reason == "no file has all that is needed: table licks not given; table trials not given"
    assert not torn.objected


@pytest.mark.parametrize(("results", "reason"), [([], "no NWB file given")])
def test_without_files_no_session_rule_is_run(results, reason):
    assert {rule.reason for rule in merged(results).not_run} == {reason}
