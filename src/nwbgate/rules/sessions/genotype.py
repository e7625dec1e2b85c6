"""Rules about the genotype, the lines and indicators of it, and the session type."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.manifest.derive import cre_line, driver_line, reporter_line
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
_ALLELES = r"[^;]+/wt(;[^;]+/wt)+"


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
    if session["genotype"].isna().all():
        return None
    genotype = session["genotype"].fillna("").astype(str)
    wrong = np.zeros(len(session), dtype=bool)
    for column, of_genotype in (("cre_line", cre_line), ("driver_line", driver_line), ("reporter_line", reporter_line)):
        lines = session[column].where(session["genotype"].notna()).fillna("").astype(str).str.split(r";\s*", regex=True)
        odd = [any(line not in full for line in named) for named, full in zip(lines, genotype, strict=True)]
        wrong |= np.array(odd, dtype=bool)
        whole = genotype.str.fullmatch(_ALLELES) & session[column].notna()
        expected = of_genotype(genotype.where(whole)).map(lambda value: {value} if isinstance(value, str) else value)
        pairs = zip(lines, expected, whole, strict=True)
        wrong |= np.array([known and set(named) != set(meant) for named, meant, known in pairs], dtype=bool)
    return offending(session, wrong, lambda: _lines(session), genotype)


def _lines(session: "pd.DataFrame") -> "pd.Series[Any]":
    """Return the lines that a file names."""
    named = session[["cre_line", "driver_line", "reporter_line"]].to_dict("records")
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
