"""Judgement of measurements by criteria, without reading any recording.

pandas is imported inside of functions, so that criteria can be listed without it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from math import nan
from typing import TYPE_CHECKING

from nwbgate.errors import SpecError, nearest
from nwbgate.qc.criteria import Criteria, Criterion, Status
from nwbgate.qc.criteria_files import load_criteria, recognise_criteria

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from nwbgate.qc.manual_decisions import Decision
    from nwbgate.qc.measurement import Measurement

#: Reason of a manual criterion without a decision.
UNDECIDED = "needs a manual decision (--manual FILE.csv)"


@dataclass(frozen=True)
class Result:
    """Result of one criterion for one object.

    Attributes
    ----------
    criterion : str
        Name of the criterion.
    status : Status
        Pass, Fail, Warning, Not measured or Not applicable.
    object : str
        What was judged; empty where nothing was measured.
    metric : str
        The metric judged; empty for a manual criterion.
    value : float
        The number, in `unit`. NaN: not measured, or decided by a person.
    unit, threshold, window : str
        Unit of the number, the limits in words, and the time that it is about.
    reason : str
        Why it is not measured, what the person said, or why the limit that was crossed lies there.
    decided_by : str
        The source of the limits, or the person and the date.
    """

    criterion: str
    status: Status
    object: str = ""
    metric: str = ""
    value: float = nan
    unit: str = "1"
    threshold: str = ""
    window: str = ""
    reason: str = ""
    decided_by: str = ""


#: The columns of a table of results, in their order.
RESULT_COLUMNS = tuple(Result.__dataclass_fields__)


def judge(
    measurements: "pd.DataFrame",
    criteria: "Criteria | str | Path | None" = None,
    manual: "Sequence[Decision]" = (),
    *,
    scope: str = "session",
) -> "pd.DataFrame":
    """Judge the measurements of one session (or of one container) by criteria.

    Parameters
    ----------
    measurements : DataFrame
        As `nwbgate.qc.measure` returns it: columns metric, value, unit, object, window, reason.
    criteria : Criteria, str or Path, optional
        Criteria, the name of shipped ones, or a folder with a ``qc.yaml``. By default the shipped criteria that know
        the metrics.
    manual : sequence of Decision
        What a person decided about this session or container.
    scope : {"session", "container"}
        Which criteria are judged.

    Returns
    -------
    DataFrame
        Columns `RESULT_COLUMNS`, one row per criterion and measured object, in the order of the criteria. A number at
        its limit passes. A number that is missing is Not measured, with the reason, and never a pass.

    Raises
    ------
    SpecError
        If there are no such criteria, or none that know any of the metrics.
    """
    import pandas as pd

    chosen = _criteria(criteria, measurements)
    rows = [*_judge_criterion(measurements, chosen, scope), *_decided_result(manual, chosen, scope)]
    frame = pd.DataFrame([astuple(row) for row in rows], columns=list(RESULT_COLUMNS))
    frame = frame.astype({name: "float64" if name == "value" else "object" for name in RESULT_COLUMNS})
    return frame.assign(status=[str(status) for status in frame["status"]])


def _criteria(criteria: "Criteria | str | Path | None", measurements: "pd.DataFrame") -> Criteria:
    if isinstance(criteria, Criteria):
        return criteria
    if criteria is not None:
        return load_criteria(criteria)
    metrics = sorted(set(measurements["metric"]))
    found = recognise_criteria(metrics)
    if found is None:
        raise SpecError(
            "no shipped criteria fit any of the metrics",
            where="the measurements",
            got=", ".join(metrics[:5]) or "no measurements",
            fix="name criteria, or a folder with a qc.yaml",
        )
    return found


def _judge_criterion(measurements: "pd.DataFrame", criteria: Criteria, scope: str) -> Iterator[Result]:
    from nwbgate.qc.measurement import rows_of

    by_metric: dict[str, list[Measurement]] = {}
    for row in rows_of(measurements):
        by_metric.setdefault(row.metric, []).append(row)
    for name, criterion in criteria.criteria.items():
        if criterion.scope != scope:
            continue
        rows = by_metric.get(criterion.metric)
        results = [_absent(name, criterion, by_metric)] if rows is None else _judge_measurement(name, criterion, rows)
        reports = criterion.unmeasured == "report"
        yield from (result for result in results if reports or result.status is not Status.NOT_MEASURED)


def _absent(name: str, criterion: Criterion, known: Iterable[str]) -> Result:
    """Return the result of a criterion without any measurement."""
    advice = nearest(criterion.metric, known)
    reason = f"no measurement of {criterion.metric}" + (f"; {advice}" if advice else "")
    return Result(
        name,
        Status.NOT_MEASURED,
        metric=criterion.metric,
        threshold=criterion.threshold(),
        reason=reason,
        decided_by=criterion.source,
    )


def _judge_measurement(name: str, criterion: Criterion, rows: "Sequence[Measurement]") -> Iterator[Result]:
    from nwbgate.qc.measurement import NOT_APPLICABLE

    for row in rows:
        absent = row.reason.startswith(NOT_APPLICABLE)
        status = Status.NOT_APPLICABLE if absent else criterion.status(row.value)
        yield Result(
            criterion=name,
            status=status,
            object=row.object,
            metric=criterion.metric,
            value=row.value,
            unit=row.unit,
            threshold=criterion.threshold(row.unit),
            window=row.window,
            reason=row.reason.removeprefix(NOT_APPLICABLE)
            if status in (Status.NOT_MEASURED, Status.NOT_APPLICABLE)
            else ("" if status is Status.PASS else criterion.reason),
            decided_by=criterion.source,
        )


def _decided_result(manual: "Sequence[Decision]", criteria: Criteria, scope: str) -> Iterator[Result]:
    decisions = {decision.criterion: decision for decision in manual}
    for name, criterion in criteria.manual.items():
        if criterion.scope != scope:
            continue
        decision = decisions.get(name)
        if decision is None:
            yield Result(name, Status.NOT_MEASURED, reason=UNDECIDED, decided_by=criterion.source)
            continue
        by = f"{decision.reviewer}, {decision.date:%Y-%m-%d}"
        yield Result(name, decision.status, object=scope, reason=decision.reason, decided_by=by)
