"""The explanation of one code: its title, reason, example and remedy."""

from dataclasses import dataclass

from nwbgate.rules.rule import Rule, Severity


@dataclass(frozen=True)
class Explained:
    """Explanation of one code.

    Parameters
    ----------
    code : str
        The code.
    severity : Severity
        Severity of its findings.
    title, why, example, fix : str
        What must hold, why it matters, what a finding looks like, what to do.
    notes : str
        When it is not run.
    about : str
        Meaning and unit of the column.
    url : str
        Address of the page that explains it further.
    """

    code: str
    severity: Severity
    title: str
    why: str
    example: str
    fix: str
    notes: str = ""
    about: str = ""
    url: str = ""


def explanation_of(rule: Rule) -> Explained:
    """Return the explanation of `rule`."""
    notes = "Runs only with `--complete`." if rule.complete else ""
    if rule.history:
        notes = "Runs only for a specification that promises the whole history of every mouse."
    return Explained(rule.code, rule.severity, rule.title, rule.explanation, rule.example, rule.fix, notes, rule.about)
