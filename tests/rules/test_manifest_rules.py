"""Every written rule about tables fires on its case, alone, and is silent on the valid manifest."""

import pytest
from manifest_cases import CASES
from manifests import RULES, fired, good, outcome

from nwbgate.rules import FACTS

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
