"""Every written rule about tables fires on its case, alone, and is silent on the valid manifest."""

import pytest

from nwbgate.gate.judge import judge
from nwbgate.rules import FACTS, all_rules
from support.manifest_cases import CASES
from support.manifests import KEYS, RULES, SPEC, fired, good, outcome

WRITTEN = {rule.code for rule in RULES if rule.kind == "written" and not FACTS & {*rule.tables}}


def test_the_valid_manifest_passes_every_rule_that_can_run():
    found = outcome(good())
    assert not found.findings
    assert {rule.reason for rule in found.not_run} == {
        "no NWB file given", "holds only for a whole release: give --complete"
    }  # fmt: skip


def test_every_written_rule_has_a_case():
    assert set(CASES) == WRITTEN


@pytest.mark.parametrize("code", CASES)
def test_it_fires_alone_and_names_the_rows(code):
    edit, keys = CASES[code]
    frames = good()
    edit(frames)
    assert fired(frames) == {code: keys}


def test_without_the_whole_history_nothing_is_recomputed_from_it():
    short = SPEC.model_copy(update={"complete_history": False})
    rules = [rule for rule in all_rules(short) if rule.history]
    assert len(rules) == 3
    unjudged = judge(rules, good(), KEYS).not_run
    assert {rule.reason for rule in unjudged} == {
        "visual_behavior@1.1.0 does not promise the whole history of every mouse"
    }
    assert not any(rule.objected for rule in unjudged)
