"""The check of a newly written file, before it gets its name."""

import warnings
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from nwbgate.errors import SourceWarning
from nwbgate.findings.outcome import Outcome
from nwbgate.gate.files import FileChecks, check_file
from nwbgate.gate.judge import judge
from nwbgate.reading.facts.fact_frames import fact_frame
from nwbgate.rules import FACT_KEYS, all_rules
from nwbgate.rules.rule import Finding, Rule
from nwbgate.validators.file_findings import refuse_errors


@dataclass(frozen=True)
class WrittenCheck:
    """A check for `nwbgate.writing.writer.write_nwb`: what ``nwbgate check`` says of the file, names aside.

    Parameters
    ----------
    target : Path
        Final name of the file, for rules about names and for errors.
    rules : bool
        Judge by nwbgate's own rules, too; without them by the schema and NWB Inspector alone.
    """

    target: Path
    rules: bool = True

    def __call__(self, path: Path) -> None:
        """Judge the file at a temporary path.

        Raises
        ------
        CheckError
            If any finding is an error; it quotes the first three, and names the file by its final name.
        """
        refuse_errors(self.findings(path), self.target)

    def findings(self, path: Path) -> list[Finding]:
        """Return all findings on the temporary file; broken rules are warnings."""
        rules = _rules() if self.rules else ()
        result = check_file(path, FileChecks(tuple(rule for rule in rules if rule.scope == "session"), layout=False))
        facts = {
            name: fact_frame(name, [columns]).assign(path=str(self.target)) for name, columns in result.facts.items()
        }
        others = judge([rule for rule in rules if rule.scope == "manifest"], facts, FACT_KEYS)
        for outcome in (result.outcome, others):
            _tell_broken(outcome)
        found = [*result.findings, *result.outcome.findings, *others.findings]
        return [replace(finding, path=str(self.target)) for finding in found]


@cache
def _rules() -> tuple[Rule, ...]:
    """Return the rules that need no table of a manifest."""
    return tuple(all_rules())


def _tell_broken(outcome: Outcome) -> None:
    for broken in outcome.broken:
        warnings.warn(f"the rule {broken.code} broke and judged nothing: {broken.error}", SourceWarning, stacklevel=2)
