"""The outcome of judging: rules that fired, passed, were not run, or broke."""

import traceback
from dataclasses import dataclass, field

from nwbgate.findings.report import BrokenRule, NotRun
from nwbgate.rules.rule import Finding


@dataclass
class Outcome:
    """The outcome of judging, with every rule in exactly one of four lists."""

    findings: list[Finding] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    not_run: list[NotRun] = field(default_factory=list)
    broken: list[BrokenRule] = field(default_factory=list)


def where_it_broke(error: Exception) -> str:
    """Return type and text of `error` with the innermost line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    line = f" (line {frames[-1].lineno} of {frames[-1].filename.rsplit('/', 1)[-1]})" if frames else ""
    return f"{type(error).__name__}: {error}{line}"
