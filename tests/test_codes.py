"""Every code there is stands in the ledger and on the page of rules, and none vanishes without being retired."""

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


def test_the_page_of_rules_is_what_the_command_prints():
    """Make it again with: nwbgate rules --markdown > docs/rules.md."""
    printed = subprocess.run(
        [sys.executable, "-m", "nwbgate", "rules", "--markdown"], capture_output=True, text=True, check=True
    )
    assert (ROOT / "docs" / "rules.md").read_text() == printed.stdout


def test_explaining_rules_imports_nothing_heavy():
    probe = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "nwbgate", "rules"], capture_output=True, text=True, check=True
    )
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in probe.stderr.splitlines()}
    assert not imported & {"pandas", "pynwb", "neuroconv", "nwbinspector"}
