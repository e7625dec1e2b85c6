"""The report of a check: findings, passed rules, and rules not judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from nwbgate.rules.rule import Finding, Rule, Severity
from nwbgate.storage.safe_files.folder_contents import Contents

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class NotRun:
    """A rule that was not judged, and so never passed.

    Parameters
    ----------
    code : str
        Code of the rule.
    reason : str
        Why it was not judged ("table ophys_cells not given").
    objected : bool
        Whether ``--complete`` takes it for a failure; False where there was nothing to judge by the data's nature.
    absent : tuple of str
        Tables it judges that were not there: in no file, for a rule about the inside of files.
    cause : str
        Code of the rule that fired or broke and on which it waited; empty where nothing did.
    """

    code: str
    reason: str
    objected: bool = True
    absent: tuple[str, ...] = ()
    cause: str = ""


@dataclass(frozen=True)
class BrokenRule:
    """A rule whose function raised: a fault in the rule, not in the data."""

    code: str
    error: str
    path: str | None = None


@dataclass(frozen=True)
class Waived:
    """A finding, or some of its rows, accepted by a waiver with its reason."""

    finding: Finding
    reason: str


@dataclass(frozen=True, repr=False)
class Report:
    """The outcome of `nwbgate.check`.

    Parameters
    ----------
    records : tuple of Finding
        What was found and not waived, errors first.
    not_run : tuple of NotRun
        Rules that were not judged.
    passed : tuple of str
        Codes of the rules that were judged and did not fire.
    broken : tuple of BrokenRule
        Rules that raised.
    waived : tuple of Waived
        Findings that a waiver accepts.
    unused_waivers : tuple of str
        Waivers that accepted nothing, as ``code (reason)``.
    rules : mapping of str to Rule
        The rules of this run by code.
    files, tables : tuple of str, mapping of str to int
        Files checked, and the tables judged with their number of rows.
    not_judged, hidden : tuple of str
        Data beside the files that nwbgate does not read, and hidden files and folders, which were left out.
    unchanged : mapping of str to int
        Files that were not judged again, and when they were (seconds since 1970).
    fail_on : Severity
        Severity from which a finding fails the check.
    complete : bool
        Whether rules that were not run fail the gate.
    """

    records: tuple[Finding, ...] = ()
    not_run: tuple[NotRun, ...] = ()
    passed: tuple[str, ...] = ()
    broken: tuple[BrokenRule, ...] = ()
    waived: tuple[Waived, ...] = ()
    unused_waivers: tuple[str, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    tables: Mapping[str, int] = field(default_factory=dict)
    not_judged: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    unchanged: Mapping[str, int] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    complete: bool = False

    @classmethod
    def of(
        cls, contents: Contents, rules: Mapping[str, Rule], tables: Mapping[str, int], *, fail_on: Severity,
        complete: bool,
    ) -> Self:  # fmt: skip
        """Return a report without findings: its rules and inputs."""
        return cls(
            rules=rules,
            files=tuple(map(str, contents.files)),
            not_judged=tuple(str(other.path) for other in contents.not_judged),
            hidden=tuple(map(str, contents.hidden)),
            tables=tables,
            fail_on=fail_on,
            complete=complete,
        )

    @property
    def exit_code(self) -> int:
        """Exit code: 0 passed, 1 failed, 3 a rule broke."""
        if self.broken:
            return 3
        failed = any(finding.severity.rank >= self.fail_on.rank for finding in self.records)
        unjudged = self.complete and any(rule.objected for rule in self.not_run)
        return int(failed or unjudged)

    @property
    def findings(self) -> "pd.DataFrame":
        """One row per finding, with code, severity, place, message and fix."""
        import pandas as pd

        columns = ["code", "severity", "table", "column", "rows", "keys", "message", "path", "location", "fix"]
        rows = [
            {
                **{name: getattr(finding, name) for name in columns if name != "rows"},
                "severity": finding.severity.value,
                "rows": len(finding.keys),
                "validator": finding.validator,
            }
            for finding in self.records
        ]
        return pd.DataFrame(rows, columns=[*columns, "validator"])

    def count(self, severity: Severity) -> int:
        """Return the number of findings of one severity."""
        return sum(finding.severity is severity for finding in self.records)

    def __repr__(self) -> str:
        """Return the last line of the text report."""
        from nwbgate.findings.summary import summary

        return f"<Report: {summary(self)}>"

    def _repr_html_(self) -> str:
        """Show the report in a notebook."""
        from nwbgate.findings.html_fragment import fragment

        return fragment(self)
