"""In-file rules, judged per file, merged into one outcome per rule."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import BrokenRule, NotRun
from nwbgate.gate.files import FileResult
from nwbgate.gate.judge import NO_FILE
from nwbgate.rules.rule import Finding, Rule

#: Why a rule about files is not run when none of them is sound enough.
UNREAD = "no readable file"


@dataclass
class _State:
    """One session rule over the files so far."""

    stopped: bool = False
    passed: bool = False
    waiting: int = 0
    first_waiting: NotRun | None = None
    absent: tuple[str, ...] | None = None
    reasons: dict[str, None] = field(default_factory=dict)

    def add(self, gap: NotRun) -> None:
        """Add a file in which the rule was not run."""
        if gap.cause:
            self.waiting += 1
            self.first_waiting = self.first_waiting or gap
        self.reasons[gap.reason] = None
        self.absent = gap.absent if self.absent is None else tuple(n for n in self.absent if n in gap.absent)


class MergedOutcomes:
    """Outcomes of files, merged one by one to keep memory flat.

    A session rule fired when it fired in any file. It was not run when it waited for another rule in some file, or had
    nothing to judge in any; else it passed.

    Parameters
    ----------
    rules : sequence of Rule
        The session rules that are judged.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._states = {rule.code: _State() for rule in rules}
        self._files = 0
        self._findings: list[Finding] = []
        self._broken: list[BrokenRule] = []
        self._of_validators: dict[str, NotRun] = {}
        self._without_validator = Counter[str]()

    def add(self, result: FileResult) -> None:
        """Add the result of a file."""
        self._files += 1
        self._findings += [*result.findings, *result.outcome.findings]
        self._broken += result.outcome.broken
        stopped = [finding.code for finding in result.outcome.findings] + [rule.code for rule in result.outcome.broken]
        for code in stopped:
            self._states[code].stopped = True
        for gap in result.not_run:
            self._of_validators.setdefault(gap.code, gap)
            self._without_validator[gap.code] += 1
        for code in result.outcome.passed:
            self._states[code].passed = True
        for gap in result.outcome.not_run:
            self._states[gap.code].add(gap)

    def outcome(self, of_tables: Outcome) -> Outcome:
        """Return the outcome of all rules.

        Parameters
        ----------
        of_tables : Outcome
            That of the rules about tables.
        """
        not_run = [_without_facts(gap) if self._files else gap for gap in of_tables.not_run]
        whole = Outcome(
            of_tables.findings + self._findings, list(of_tables.passed), not_run, of_tables.broken + self._broken
        )
        for code, state in self._states.items():
            if state.stopped:
                continue
            if state.passed and not state.waiting:
                whole.passed.append(code)
            else:
                whole.not_run.append(self._not_run(code, state))
        whole.not_run += [
            replace(gap, reason=f"in {self._without_validator[code]} of {self._files} files: {gap.reason}")
            for code, gap in self._of_validators.items()
        ]
        return whole

    def _not_run(self, code: str, state: _State) -> NotRun:
        """Return why a rule was not run, over all files."""
        if state.first_waiting is not None:
            reason = f"in {state.waiting} of {self._files} files {state.first_waiting.reason}"
            return replace(state.first_waiting, reason=reason)
        if state.absent is None:
            return NotRun(code, UNREAD if self._files else NO_FILE)
        if state.absent:
            tables = " and ".join(state.absent)
            return NotRun(code, f"no file has the table {tables}", objected=False, absent=state.absent)
        reasons = "; ".join(state.reasons)
        return NotRun(code, f"no file has all that is needed: {reasons}", objected=False)


def _without_facts(gap: NotRun) -> NotRun:
    """Return `gap` with the true reason if no given file was readable."""
    return replace(gap, reason=UNREAD) if gap.reason == NO_FILE else gap
