"""Quality results as rule outcomes: each criterion fires, passes or is not run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nwbgate.findings.outcome import Outcome
from nwbgate.findings.report import NotRun
from nwbgate.qc.criteria import PREFIX, Criteria, Status
from nwbgate.qc_runs.codes import TABLE, WEIGHTS, quality_rules
from nwbgate.qc_runs.tasks import Quality
from nwbgate.rules.rule import Finding, Rule

#: Why a criterion across sessions is not judged, where there is nothing to judge.
_NO_CONTAINER = "no container with more than one session among the files"


@dataclass(frozen=True)
class Judged:
    """Measurements and results of one session or container.

    Attributes
    ----------
    quality : Quality
        What was measured.
    results : DataFrame
        As `nwbgate.qc.judge` returns them.
    criteria : Criteria or None
        By what it was judged; None where nothing was measured.
    """

    quality: Quality
    results: pd.DataFrame
    criteria: Criteria | None

    @property
    def rules(self) -> dict[str, Rule]:
        """The criteria as rules, by code."""
        return quality_rules(self.criteria) if self.criteria else {}


def outcome_of(judged: Sequence[Judged]) -> Outcome:
    """Return the outcome of all sessions: findings, and one state per criterion.

    A criterion fired where it failed or warned for any object of any session. It was not run where, in some session,
    something was not measured: that is never a pass. A criterion that is not applicable anywhere was not run, without
    failing a complete check. Else it passed.
    """
    outcome = Outcome()
    gaps: dict[str, list[str]] = {}
    passed: dict[str, None] = {}
    idle: dict[str, str] = {}
    for each in judged:
        outcome.findings += each.quality.findings
        outcome.broken += each.quality.broken
        outcome.findings += _findings(each)
        for name, rows in each.results.groupby("criterion", sort=False):
            code = f"{PREFIX}{name}"
            if (rows["status"] == Status.NOT_APPLICABLE).all():
                idle.setdefault(code, str(rows["reason"].iloc[0]))
                continue
            unmeasured = rows.loc[rows["status"] == Status.NOT_MEASURED, "reason"]
            if len(unmeasured):
                gaps.setdefault(code, []).append(str(unmeasured.iloc[0]))
            else:
                passed[code] = None
    fired = {finding.code for finding in outcome.findings}
    outcome.not_run += [_not_run(code, reasons, len(judged)) for code, reasons in gaps.items() if code not in fired]
    outcome.passed += [code for code in passed if code not in fired and code not in gaps]
    settled = fired | {*gaps, *passed}
    outcome.not_run += [
        NotRun(code, f"not applicable: {reason}", objected=False)
        for code, reason in idle.items()
        if code not in settled
    ]
    return outcome


def quality_outcome(judged: Sequence[Judged]) -> Outcome:
    """Return the outcome of all criteria, for sessions and containers."""
    whole = Outcome()
    for scope in ("session", "container"):
        outcome = outcome_of([each for each in judged if each.quality.scope == scope])
        whole.findings += outcome.findings
        whole.passed += outcome.passed
        whole.not_run += outcome.not_run
        whole.broken += outcome.broken
    if not any(each.quality.scope == "container" for each in judged):
        whole.not_run += [NotRun(code, _NO_CONTAINER, objected=False) for code in _about_containers(judged)]
    return whole


def _about_containers(judged: Sequence[Judged]) -> dict[str, None]:
    return {f"{PREFIX}{name}": None for each in judged if each.criteria for name in each.criteria.of("container")}


def _not_run(code: str, reasons: Sequence[str], sessions: int) -> NotRun:
    """Return the reason a criterion did not pass, if it was not measured somewhere."""
    where = "" if sessions == 1 else f" in {len(reasons)} of {sessions} sessions"
    others = len(set(reasons)) - 1
    more = f"; {others} other reason{'s' * (others > 1)}" if others else ""
    return NotRun(code, f"not measured{where}: {reasons[0]}{more}")


def _findings(judged: Judged) -> list[Finding]:
    """Return one finding per criterion and severity, covering all its objects."""
    results = judged.results[judged.results["status"].isin([str(status) for status in WEIGHTS])]
    groups = results.groupby(["criterion", "status"], sort=False)
    return [_finding(judged, rows.reset_index(drop=True)) for _, rows in groups]


def _finding(judged: Judged, rows: pd.DataFrame) -> Finding:
    first = {str(name): rows[name].iloc[0] for name in rows}
    rule, quality = judged.rules[f"{PREFIX}{first['criterion']}"], judged.quality
    single = len(quality.files) == 1
    return Finding(
        code=rule.code,
        severity=WEIGHTS[Status(first["status"])],
        table=TABLE,
        column=None,
        keys=tuple(rows["object"]),
        message=f"{rule.title.rstrip('.')}: {_reason_words(first)}",
        path=str(quality.files[0]) if single else None,
        location=f"{quality.scope} {quality.name}, {first['object']}",
        fix=rule.fix,
    )


def _reason_words(row: dict[str, Any]) -> str:
    """Return the measured and expected values, or the reviewer's reason."""
    if not row["metric"]:
        return f"{row['reason']} ({row['decided_by']})"
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    return f"got {row['value']:.4g}{unit}; {row['threshold']}"
