"""Every code stands in the ledger, explains itself, and never vanishes without being retired."""

import subprocess
import sys
from pathlib import Path

from nwbgate.gate.shipped_codes import explained_codes, shipped_rules
from nwbgate.rules import WRITTEN

ROOT = Path(__file__).parents[1]
LEDGER = ROOT / "schemas" / "codes.txt"
RETIRED = "# retired"


def ledger() -> tuple[list[str], list[str]]:
    """The codes in use, and the retired ones."""
    used, _, retired = LEDGER.read_text().partition(f"{RETIRED}\n")
    return [line for line in used.splitlines() if not line.startswith("#")], retired.split()


def test_the_ledger_has_every_code_and_no_other():
    """Add new codes with: nwbgate rules | cut -d' ' -f1 (a code that is gone moves below `# retired`)."""
    assert ledger()[0] == sorted(entry.code for entry in explained_codes())


def test_no_code_comes_back_from_retirement():
    assert not {*ledger()[1]} & {*ledger()[0]}


def test_every_need_is_a_code_or_a_column_of_some_specification():
    rules = shipped_rules()
    known = {rule.code for rule in rules} | {f"{rule.table}.{rule.column}" for rule in rules}
    unknown = {(rule.code, need) for rule in WRITTEN for need in rule.needs if need not in known}
    assert not unknown


def test_each_rule_has_a_reason_of_its_own_and_a_remedy():
    for entry in explained_codes():
        assert entry.why, entry.code
        assert entry.fix, entry.code
        assert entry.about not in entry.why or not entry.about, entry.code
        assert "as the message says" not in entry.fix, entry.code


def test_each_check_of_the_inspector_has_its_page():
    checks = [entry for entry in explained_codes() if entry.code.startswith("inspector.check_")]
    assert len(checks) > 80
    assert all(entry.url.startswith("https://nwbinspector.readthedocs.io/") for entry in checks)
    assert len({entry.fix for entry in checks}) > 60


def test_explaining_rules_imports_nothing_heavy():
    probe = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "nwbgate", "rules"], capture_output=True, text=True, check=True
    )
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in probe.stderr.splitlines()}
    assert not imported & {"pandas", "pynwb", "neuroconv", "nwbinspector"}
