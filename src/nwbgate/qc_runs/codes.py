"""Quality criteria as rules and explained codes, without heavy imports."""

from dataclasses import replace
from typing import TYPE_CHECKING

from nwbgate.findings.explained import Explained, explanation_of
from nwbgate.findings.validator_codes import CodeEntry
from nwbgate.qc.criteria import PREFIX, Criteria, Criterion, ManualCriterion, Status
from nwbgate.qc.criteria_files import has_criteria, load_criteria, shipped_criteria
from nwbgate.rules.rule import Rule, Severity

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from nwbgate.manifest.specification.declaration import Spec

#: Name of the table that criteria judge: one row per criterion and measured object.
TABLE = "qc_results"
#: What a file is of which nothing can be measured.
MEASURABLE = CodeEntry(
    code=f"{PREFIX}measurable",
    severity=Severity.ERROR,
    title="The file has a session or a recording whose quality can be measured.",
    why="Without this rule, a file without measurements would look flawless.",
    fix="Check that this is the intended file and that it is complete.",
    example="an NWB file with nothing but an ElectricalSeries",
)
#: What a status of a result weighs as a finding.
WEIGHTS = {Status.FAIL: Severity.ERROR, Status.WARNING: Severity.WARNING}
_FIX = (
    "Look at the pictures of the session (nwbgate qc FILE --output DIR); leave the session out, or waive the "
    "finding with a reason."
)
_FIX_MANUAL = "Follow the reviewer's reason; the decision is in the table given with --manual."


def criteria_of(spec: "str | Path | Spec | None" = None) -> list[Criteria]:
    """Return the criteria of a specification, by default all shipped ones.

    Raises
    ------
    SpecError
        If its criteria are wrong.
    """
    if spec is None:
        return list(shipped_criteria().values())
    name = str(getattr(spec, "dataset", spec))
    return [load_criteria(name)] if has_criteria(name) else []


def quality_codes(spec: "str | Path | Spec | None" = None) -> list[str]:
    """Return every code of quality control."""
    sets = criteria_of(spec) or criteria_of()
    return [MEASURABLE.code, *(code for each in sets for code in quality_rules(each))]


def quality_rules(criteria: Criteria) -> dict[str, Rule]:
    """Return one rule per criterion, by its code."""
    rules = [_measured_by(name, criterion) for name, criterion in criteria.criteria.items()]
    rules += [_manual(name, criterion) for name, criterion in criteria.manual.items()]
    return {rule.code: rule for rule in rules}


def explained_criteria(criteria: list[Criteria]) -> list[Explained]:
    """Return the explanation of each criterion, each code once."""
    rules = {code: rule for each in criteria for code, rule in quality_rules(each).items()}
    whole = MEASURABLE
    return [
        *map(explanation_of, rules.values()),
        Explained(whole.code, whole.severity, whole.title, whole.why, whole.example, whole.fix),
    ]


def _measured_by(name: str, criterion: Criterion) -> Rule:
    severity = Severity.ERROR if criterion.fail else Severity.WARNING
    why = f"{_sentence(criterion.reason)} Source: {_sentence(criterion.source)}"
    return replace(
        _rule(name, criterion.title, why), severity=severity, example=f"{criterion.metric}: {criterion.threshold()}."
    )


def _manual(name: str, criterion: ManualCriterion) -> Rule:
    source = f" Source: {_sentence(criterion.source)}" if criterion.source else ""
    why = f"{_sentence(criterion.reason)}{source} Needs a manual decision."
    return replace(_rule(name, criterion.title, why), fix=_FIX_MANUAL)


def _sentence(text: str) -> str:
    return f"{' '.join(text.split()).rstrip('.')}."


def _rule(name: str, title: str, why: str) -> Rule:
    def offending(results: "pd.DataFrame") -> "pd.DataFrame":
        return results[(results["criterion"] == name) & results["status"].isin([str(status) for status in WEIGHTS])]

    return Rule(
        code=f"{PREFIX}{name}",
        severity=Severity.ERROR,
        table=TABLE,
        column=None,
        title=_sentence(title),
        explanation=why,
        tables=(TABLE,),
        needs=(),
        function=offending,
        scope="session",
        fix=_FIX,
        kind="criterion",
    )
