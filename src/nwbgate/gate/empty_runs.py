"""Reject option combinations that would check nothing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nwbgate.errors import UsageError
from nwbgate.rules import FACTS
from nwbgate.rules.rule import Rule

if TYPE_CHECKING:
    import pandas as pd


def refuse_idle(
    *,
    files: bool,
    tables: bool,
    spec: bool,
    complete: bool,
    integrity: bool,
    changed: bool,
    qc: bool,
    manual: bool,
) -> None:
    """Reject options that have no effect on the given input.

    Parameters
    ----------
    files, tables, spec : bool
        Whether NWB files, a manifest and a specification are given.
    complete, integrity, changed, qc, manual : bool
        Whether the options of these names are.

    Raises
    ------
    UsageError
        If nothing is given, or an option needs what is not.
    """
    if not (files or tables):
        fix = "give NWB files or folders, --manifest DIR, or both"
        raise UsageError("nothing to check", where="the command line", fix=fix)
    asked_of_files = {"--integrity": integrity, "--changed": changed, "--qc": qc}
    of_files = [name for name, asked in asked_of_files.items() if asked and not files]
    if of_files:
        what, fix = "this option needs NWB files, but none were given", "give NWB files or folders"
        raise UsageError(what, where=" and ".join(of_files), fix=fix)
    if manual and not qc:
        raise UsageError("manual quality decisions need --qc", where="--manual", fix="add --qc")
    if complete and not (tables or spec or qc):
        raise UsageError(
            "the content of a complete release is not specified",
            where="--complete",
            expected="the tables of a release, or a specification",
            fix="add --manifest or --spec",
        )


def refuse_nothing_left(
    rules: Sequence[Rule], select: Sequence[str], ignore: Sequence[str], *, validators: bool
) -> None:
    """Reject a selection of rules that judges nothing.

    Parameters
    ----------
    rules : sequence of Rule
        Rules that are reported and can be judged, see `can_be_judged`.
    select, ignore : sequence of str
        Codes that were asked for, and left out.
    validators : bool
        Whether something else than rules looks at the files.

    Raises
    ------
    UsageError
        If nothing is left.
    """
    if rules or validators:
        return
    raise UsageError(
        "--select and --ignore leave nothing to check",
        where="the command line",
        got=f"--select {','.join(select) or 'everything'} --ignore {','.join(ignore) or 'nothing'}",
        fix="select codes that fit the input (NWB files, tables, a complete release), and ignore fewer",
    )


def can_be_judged(rule: Rule, frames: "Mapping[str, pd.DataFrame]", *, files: bool, complete: bool) -> bool:
    """Return whether the input of a rule is given: files or tables."""
    if rule.scope == "session":
        return files
    given = all(name in frames or (files and name in FACTS) for name in rule.tables if name not in rule.optional)
    return given and not rule.unpromised and (complete or not rule.complete)
