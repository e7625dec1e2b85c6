"""In-file rules, judged per file, merged into one outcome per rule."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import NotRun
from nwbgate.gate.files import FileResult
from nwbgate.gate.judge import NO_FILE
from nwbgate.rules.rule import Rule

#: Why a rule about files is not run when none of them is sound enough.
UNREAD = "no readable file"


def merge_outcomes(outcome: Outcome, results: Sequence[FileResult], rules: Sequence[Rule]) -> Outcome:
    """Merge the findings of all files into `outcome`, with one state per session rule.

    A session rule fired when it fired in any file. It was not run when it waited for another rule in some file, or had
    nothing to judge in any; else it passed.

    Parameters
    ----------
    outcome : Outcome
        That of the rules about tables.
    results : sequence of FileResult
        One per file.
    rules : sequence of Rule
        The session rules that were judged.
    """
    not_run = [_without_facts(gap) if results else gap for gap in outcome.not_run]
    whole = Outcome(list(outcome.findings), list(outcome.passed), not_run, list(outcome.broken))
    for result in results:
        whole.findings += [*result.findings, *result.outcome.findings]
        whole.broken += result.outcome.broken
    known = _Known.of(results, whole)
    for rule in rules:
        _add(rule.code, known, whole)
    whole.not_run += _of_validators(results)
    return whole


def _of_validators(results: Sequence[FileResult]) -> list[NotRun]:
    """Return the codes of validators that are not judged for some files, each once."""
    gaps = [gap for result in results for gap in result.not_run]
    counts = Counter(gap.code for gap in gaps)
    first = {gap.code: gap for gap in reversed(gaps)}
    return [
        replace(first[code], reason=f"in {count} of {len(results)} files: {first[code].reason}")
        for code, count in counts.items()
    ]


@dataclass
class _Known:
    """The states of the session rules in each file, by code."""

    n_files: int
    fired: set[str]
    passed: set[str]
    gaps: dict[str, list[NotRun]]

    @classmethod
    def of(cls, results: Sequence[FileResult], whole: Outcome) -> Self:
        """Collect the states; a rule that broke counts as fired."""
        fired = {finding.code for result in results for finding in result.outcome.findings}
        known = cls(len(results), fired | {rule.code for rule in whole.broken}, set(), {})
        for result in results:
            known.passed.update(result.outcome.passed)
            for gap in result.outcome.not_run:
                known.gaps.setdefault(gap.code, []).append(gap)
        return known


def _add(code: str, known: _Known, whole: Outcome) -> None:
    """Add the state of one session rule over all files."""
    if code in known.fired:
        return
    gaps = known.gaps.get(code, [])
    waiting = [gap for gap in gaps if gap.cause]
    if waiting:
        reason = f"in {len(waiting)} of {known.n_files} files {waiting[0].reason}"
        whole.not_run.append(replace(waiting[0], reason=reason))
    elif code in known.passed:
        whole.passed.append(code)
    elif gaps:
        whole.not_run.append(_nowhere(code, gaps))
    else:
        whole.not_run.append(NotRun(code, UNREAD if known.n_files else NO_FILE))


def _without_facts(gap: NotRun) -> NotRun:
    """Return `gap` with the true reason if no given file was readable."""
    return replace(gap, reason=UNREAD) if gap.reason == NO_FILE else gap


def _nowhere(code: str, gaps: Sequence[NotRun]) -> NotRun:
    """Return why a rule had nothing to judge in any file."""
    absent = tuple(name for name in gaps[0].absent if all(name in gap.absent for gap in gaps))
    if absent:
        return NotRun(code, f"no file has the table {' and '.join(absent)}", objected=False, absent=absent)
    reasons = dict.fromkeys(gap.reason for gap in gaps)
    return NotRun(code, f"no file has everything it judges: {'; '.join(reasons)}", objected=False)
