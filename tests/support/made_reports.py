"""One report with everything in it, a hostile text in every place that a file or a table fills."""

import pytest

from nwbgate.report import BrokenRule, NotRun, Report, Waived
from nwbgate.rules.rule import Finding, Rule, Severity

HOSTILE = "<script>alert(1)</script>&\"']]>\x00\x1b[31m\r\n::error::x,y%"

RULE = Rule(
    code="mice.age.maximum",
    severity=Severity.ERROR,
    table="mice",
    column="age",
    title="A mouse is at most 400 days old.",
    explanation="older ones are mistyped",
    tables=("mice",),
    needs=(),
    function=lambda mice: None,
    fix="count again",
)
FINDINGS = (
    Finding(
        code="mice.age.maximum",
        severity=Severity.ERROR,
        table="mice",
        column="age",
        keys=(HOSTILE, 13),
        message=f"too old: got {HOSTILE}",
        fix="count again",
    ),
    Finding(
        code="schema.dtype",
        severity=Severity.WARNING,
        table="nwb_files",
        column=None,
        keys=(),
        message="no float",
        path="a b/x.nwb",
        location="/units",
        validator="pynwb",
    ),
)


@pytest.fixture
def report() -> Report:
    return Report(
        records=FINDINGS,
        not_run=(NotRun("mice.cage.reference", "table cages not given"), NotRun("mice.x", "table cages not given")),
        passed=("mice.sex.enum",),
        waived=(Waived(FINDINGS[0], "old colony"),),
        unused_waivers=("mice.z (never happened)",),
        rules={RULE.code: RULE},
        files=("a b/x.nwb",),
        tables={"mice": 1200},
    )


@pytest.fixture
def broken_report() -> Report:
    return Report(broken=(BrokenRule("mice.z", f"KeyError: {HOSTILE}", "x.nwb"),), rules={RULE.code: RULE})


@pytest.fixture
def clean_report() -> Report:
    return Report(passed=("mice.sex.enum",), rules={RULE.code: RULE}, tables={"mice": 1})
