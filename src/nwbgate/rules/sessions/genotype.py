"""Rules about the genotype, the lines and indicators of it, and the session type."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.manifest.derive import alleles
from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Reporter line -> the indicator it makes cells express (Madisen 2015, Daigle 2018; AllenSDK reads the same).
_INDICATORS = {
    "Ai93": "GCaMP6f",
    "Ai94": "GCaMP6s",
    "Ai95": "GCaMP6f",
    "Ai96": "GCaMP6s",
    "Ai148": "GCaMP6f",
    "Ai162": "GCaMP6s",
}
#: A genotype that names every allele: driver lines and then the reporter line, each over wild type.
_WHOLE = re.compile(r"[^;]+/wt(;[^;]+/wt)+")
#: Columns of lines, and which alleles of a genotype each has.
_ALLELES_OF = {"cre_line": slice(0, 1), "driver_line": slice(0, -1), "reporter_line": slice(-1, None)}
_SEPARATOR = re.compile(r";\s*")


@check(scope="session", column="session_type")
def session_type_is_one(session: "pd.DataFrame", task_parameters: "pd.DataFrame") -> "Rows":
    """The session and its task parameters name one session type.

    Why: task parameters of another session type are another session's.

    Example: the session is OPHYS_1_images_A, its task parameters are of OPHYS_3_images_A.

    Fix: correct the one that is wrong.
    """
    if task_parameters.empty:
        return None
    said, task = session["session_type"], str(task_parameters["session_type"].iloc[0])
    return offending(session, said.notna() & (said != task), "session_type", task)


@check(scope="session", column="genotype", where={"session.genotype": []})
def lines_are_in_genotype(session: "pd.DataFrame") -> "Rows":
    """Driver and reporter lines are those of the genotype.

    Why: they are the genotype told again, and selections are made by either.

    Example: driver line Vip-IRES-Cre of a mouse that is Sst-IRES-Cre/wt;Ai148(TIT2L-GC6f-ICL-tTA2)/wt.

    Fix: correct the lines from the genotype, or the genotype from the colony database.
    """
    rows = zip(session["genotype"], *(session[column] for column in _ALLELES_OF), strict=True)
    wrong = np.array([_contradict(*row) for row in rows], dtype=bool)
    return offending(session, wrong, lambda: _lines(session), session["genotype"])


def _contradict(genotype: object, *columns: object) -> bool:
    """Return whether a file's driver lines differ from its genotype's."""
    if not isinstance(genotype, str):
        return False
    is_whole = _WHOLE.fullmatch(genotype) is not None
    for lines, of_column in zip(columns, _ALLELES_OF.values(), strict=True):
        named = _SEPARATOR.split(lines) if isinstance(lines, str) else []
        if any(line not in genotype for line in named):
            return True
        if named and is_whole and {*named} != {*alleles(genotype)[of_column]}:
            return True
    return False


def _lines(session: "pd.DataFrame") -> "pd.Series[Any]":
    """Return the lines that a file names."""
    named = session[list(_ALLELES_OF)].to_dict("records")
    return as_column(
        session, [", ".join(f"{name} {line}" for name, line in row.items() if isinstance(line, str)) for row in named]
    )


@check(scope="session", column="indicator", needs=["session.lines_are_in_genotype"])
def indicator_is_of_genotype(planes: "pd.DataFrame", session: "pd.DataFrame") -> "Rows":
    """The indicator of every plane matches the animal's reporter line.

    Why: kinetics and calibration depend on it. Genotypes with a reporter that is not known here are not judged.

    Example: indicator GCaMP6s in a mouse with Ai148, which expresses GCaMP6f.

    Fix: correct the indicator, or the genotype.
    """
    lines = [line for genotype in session["genotype"] for line in re.findall(r"Ai\d+", str(genotype))]
    expressed = {_INDICATORS[line] for line in lines if line in _INDICATORS}
    if not expressed:
        return None
    wrong = planes["indicator"].notna() & ~planes["indicator"].isin(expressed)
    return offending(planes, wrong, "indicator", " or ".join(sorted(expressed)))


RULES: tuple[Rule, ...] = (
    session_type_is_one,
    lines_are_in_genotype,
    indicator_is_of_genotype,
)
