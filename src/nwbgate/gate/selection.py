"""The rules of a check: selected and needed ones, and validators."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nwbgate.findings.codes import Codes
from nwbgate.findings.validator_codes import catalogue
from nwbgate.findings.waivers import Waiver, read_waiver_files
from nwbgate.gate.empty_runs import can_be_judged, refuse_nothing_left
from nwbgate.gate.inputs import Inputs
from nwbgate.gate.rule_order import needed_codes, with_needed
from nwbgate.rules import all_rules
from nwbgate.rules.rule import Rule

if TYPE_CHECKING:
    from nwbgate.manifest.specification.declaration import Spec

#: First parts of the codes that come from the validators of whole files.
_VALIDATORS = ("file", "schema", "inspector", "dandi")


@dataclass(frozen=True)
class SelectedRules:
    """The rules that a check judges and reports.

    Attributes
    ----------
    known : dict of str to Rule
        All rules by code.
    judged : tuple of Rule
        Rules that are reported, and those they need.
    codes : Codes
        Codes that are reported.
    waivers : tuple of Waiver
        Accepted findings.
    """

    known: dict[str, Rule]
    judged: tuple[Rule, ...]
    codes: Codes
    waivers: tuple[Waiver, ...]

    @property
    def validators(self) -> bool:
        """Whether anything that validators find is reported."""
        return self.codes.any_of(_VALIDATORS)

    @property
    def inspector(self) -> bool:
        """Whether anything that NWB Inspector finds is reported."""
        return self.codes.any_of(["inspector"])

    @property
    def quality(self) -> bool:
        """Whether any criterion of quality is reported."""
        return self.codes.any_of(["qc"])

    def of_scope(self, scope: str) -> tuple[Rule, ...]:
        """Return the rules about the inside of files (``session``) or about tables (``manifest``)."""
        return tuple(rule for rule in self.judged if rule.scope == scope)

    def refuse_nothing_left(
        self, inputs: Inputs, select: Sequence[str], ignore: Sequence[str], *, complete: bool, qc: bool
    ) -> None:
        """Refuse a check that would pass whatever is given, because it judges nothing.

        Raises
        ------
        UsageError
            If nothing is left.
        """
        reported = [rule for rule in self.judged if self.codes.reports(rule.code)]
        files = bool(inputs.files)
        left = [rule for rule in reported if can_be_judged(rule, inputs.frames, files=files, complete=complete)]
        refuse_nothing_left(left, select, ignore, validators=files and (self.validators or (qc and self.quality)))


def select_rules(
    inputs: Inputs,
    spec: "str | Path | Spec | None",
    rules: Sequence[Rule],
    *,
    select: Sequence[str],
    ignore: Sequence[str],
    waivers: str | Path | Sequence[str | Path] | None,
    qc: bool,
) -> SelectedRules:
    """Return the rules to judge and the codes to report.

    Raises
    ------
    UsageError
        If a code is unknown, or the waivers cannot be read.
    """
    known = {rule.code: rule for rule in (*all_rules(inputs.spec), *rules)}
    accepted = read_waiver_files(waivers)
    others = _other_codes(spec, named=bool(select or ignore or accepted), files=bool(inputs.files), qc=qc)
    codes = Codes([*known, *others], select, ignore, waived=[waiver.code for waiver in accepted])
    needed = with_needed(filter(codes.reports, known), needed_codes(list(known.values())))
    return SelectedRules(known, tuple(rule for code, rule in known.items() if code in needed), codes, accepted)


def _other_codes(spec: "str | Path | Spec | None", *, named: bool, files: bool, qc: bool) -> tuple[str, ...]:
    """Return the codes of validators and quality, where needed."""
    others = tuple(catalogue()) if files or named else ()
    if not (named or qc):
        return others
    from nwbgate.qc_runs.codes import quality_codes

    return (*others, *quality_codes(spec))
