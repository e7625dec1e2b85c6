"""Outcomes of check and quality control, file by file, for the browser."""

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nwbgate.browser.tracks.marks import FileJudgement, Mark

if TYPE_CHECKING:
    from nwbgate.rules.rule import Finding

#: Columns of a result that the page shows.
_RESULT = ("object", "metric", "value", "unit", "status", "reason")


def judgements(files: Sequence[Path], *, checked: bool, measured: bool) -> dict[str, FileJudgement]:
    """Return findings and results of quality control by the name of the file.

    Parameters
    ----------
    files : sequence of Path
        NWB files.
    checked, measured : bool
        Whether to run the rules, and whether to measure quality.
    """
    marks: dict[str, list[Mark]] = {str(file): [] for file in files}
    quality: dict[str, list[dict[str, Any]]] = {str(file): [] for file in files}
    if checked:
        from nwbgate.gate.run import run

        for finding in run(files).records:
            marks.setdefault(str(finding.path), []).append(_mark(finding))
    if measured:
        from nwbgate.qc_runs.run import run_quality

        for row in run_quality(files).results.to_dict("records"):
            for file in str(row.get("file", "")).split(";"):
                quality.setdefault(file, []).append({name: _cell(row.get(name)) for name in _RESULT})
    return {file: FileJudgement(checked, measured, marks[file], quality[file]) for file in map(str, files)}


def _mark(finding: "Finding") -> Mark:
    return Mark(
        finding.code, finding.severity.value, finding.message, finding.fix, finding.table, finding.keys, finding.rows
    )


def _cell(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and isnan(value)) else value
