"""Crosstalk between the imaging planes of one session, in one file or several."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from nwbgate.errors import NwbgateError
from nwbgate.qc.measurement import Measurement, MeasurementFault, not_measured, raise_faults
from nwbgate.qc.metrics.imaging.crosstalk import (
    PlaneSummary,
    detail_correlation,
    leaked_share,
    summary,
    trace_correlation,
)
from nwbgate.qc.streams import Streams
from nwbgate.qc.unmeasurable import UnmeasurableError, guard_rows, measure_row

#: The metrics of crosstalk that are judged.
EXCESSES = ("crosstalk.traces_excess", "crosstalk.projections_excess")
_NONE_TOGETHER = "no two planes of the session were recorded together"
Pair = tuple[PlaneSummary, PlaneSummary]


class PlanesTogether:
    """The planes of a session, added one by one, for comparing those recorded together."""

    def __init__(self) -> None:
        self._groups: dict[str, int | None] = {}
        self._reasons: dict[str, str] = {}
        self._faults: dict[str, MeasurementFault] = {}
        self._summaries: list[PlaneSummary] = []
        self._recorded = 0

    def add(self, plane: Streams, name: str) -> None:
        """Keep a plane's summary, or the reason it has none.

        Parameters
        ----------
        plane : Streams
            Its traces are read; whoever gives it has them forgotten.
        name : str
            What its rows call it.
        """
        self._groups[name] = None
        try:
            facts = plane.plane.metadata
            self._groups[name] = group_of(facts)
            self._recorded = max(self._recorded, int(facts.get("imaging_plane_group_count") or 0))
            self._summaries += _summaries(plane, name, self._groups[name])
        except UnmeasurableError as error:
            self._reasons[name] = error.what
        except NwbgateError:
            raise
        except Exception as error:  # else its pair would be missing, and the other pairs a pass
            self._faults[name] = MeasurementFault("crosstalk", error)
            self._reasons[name] = self._faults[name].reason

    def add_unreadable(self, name: str, group: int, error: NwbgateError) -> None:
        """Record an unreadable plane of a group."""
        self._groups[name], self._reasons[name] = group, error.what

    def measure(self) -> Iterator[Measurement]:
        """Yield the rows ``crosstalk.*`` of each pair, or the reason for none."""
        rows = [row for name in self._reasons for row in self._unmeasured_rows(name) if len(self._groups) > 1]
        rows += guard_rows("crosstalk", partial(measure_crosstalk, self._summaries), _no_crosstalk)
        if not rows and len(self._groups) == 1:
            rows = self._not_measured(*self._groups)
        yield from rows or [not_measured(metric, _NONE_TOGETHER) for metric in EXCESSES]

    def measure_each(self) -> dict[str, list[Measurement]]:
        """Return the rows ``crosstalk.*`` of each plane's pairs, or the reason for none."""
        found = {name: self._of_partners(name) for name in self._groups}
        yardsticks = _yardsticks(self._summaries)
        for pair in _pairs(self._summaries, together=True):
            rows = list(guard_rows("crosstalk", partial(_measure_pair, pair, yardsticks), _no_crosstalk))
            for plane in pair:
                found[plane.name] += rows
        return {name: rows or self._not_measured(name) for name, rows in found.items()}

    def _not_measured(self, name: str) -> list[Measurement]:
        return self._rows_without_numbers(name, self._without_partner(name))

    def _unmeasured_rows(self, name: str) -> list[Measurement]:
        return self._rows_without_numbers(name, self._reasons[name], name)

    def _rows_without_numbers(self, name: str, reason: str, of: str = "session") -> list[Measurement]:
        rows = (not_measured(metric, reason, object=of) for metric in EXCESSES)
        return [replace(row, fault=self._faults.get(name)) for row in rows]

    def _of_partners(self, name: str) -> list[Measurement]:
        """Return the rows of planes that cannot be compared with this one."""
        own = self._groups[name]
        alike = (each for each in self._reasons if each == name or (own is not None and self._groups[each] == own))
        return [row for each in alike for row in self._unmeasured_rows(each)]

    def _without_partner(self, name: str) -> str:
        """Return why a plane has no partner, with the number of missing planes."""
        group, given = self._groups[name], len(self._groups)
        if group is None:
            return "the plane was recorded together with no other"
        planes = "1 plane of the session is" if given == 1 else f"{given} planes of the session are"
        reason = f"{planes} given, and none that was recorded together with this one (group {group})"
        missing = self._recorded - len({each for each in self._groups.values() if each is not None})
        return f"{reason}; at least {missing} missing, for it has {self._recorded} groups" if missing > 0 else reason


def group_of(metadata: Mapping[str, Any]) -> int | None:
    """Return the recording group in a plane's metadata, or None if recorded alone."""
    group = metadata.get("imaging_plane_group")
    return None if group is None or group < 0 else int(group)


def measure_crosstalk(planes: Sequence[PlaneSummary]) -> Iterator[Measurement]:
    """Yield the rows ``crosstalk.*`` of each pair of simultaneously recorded planes.

    The excess is the correlation minus the median correlation of the pairs of planes that are not recorded together.

    Parameters
    ----------
    planes : sequence of PlaneSummary
        The planes of one session.
    """
    yardsticks = _yardsticks(planes)
    for pair in _pairs(planes, together=True):
        yield from _measure_pair(pair, yardsticks)


def _measure_pair(pair: Pair, yardsticks: Mapping[str, Sequence[float]]) -> Iterator[Measurement]:
    first, second = pair
    both = f"{first.name} with {second.name}"
    for kind, compare in _KINDS.items():
        row = measure_row(f"crosstalk.{kind}", partial(compare, first, second), "1", both)
        yield row
        yield measure_row(f"crosstalk.{kind}_excess", partial(_excess, row, yardsticks[kind]), "1", both)
    for source, target in (pair, pair[::-1]):
        into = f"{source.name} into {target.name}"
        yield measure_row("crosstalk.leaked_share", partial(leaked_share, source, target), "1", into)


def _projections(first: PlaneSummary, second: PlaneSummary) -> float:
    return detail_correlation(first.detail, second.detail)


_KINDS: dict[str, Callable[[PlaneSummary, PlaneSummary], float]] = {
    "traces": trace_correlation,
    "projections": _projections,
}


def _pairs(planes: Sequence[PlaneSummary], *, together: bool) -> list[Pair]:
    pairs = combinations(planes, 2)
    return [pair for pair in pairs if together == (pair[0].group is not None and pair[0].group == pair[1].group)]


def _yardsticks(planes: Sequence[PlaneSummary]) -> dict[str, list[float]]:
    """Return the correlations of separately recorded planes, by kind."""
    apart = _pairs(planes, together=False)
    rows = {kind: [measure_row(kind, partial(compare, *pair)) for pair in apart] for kind, compare in _KINDS.items()}
    return {kind: [row.value for row in raise_faults(found) if row.measured] for kind, found in rows.items()}


def _excess(row: Measurement, yardstick: Sequence[float]) -> float:
    if not row.measured:
        raise UnmeasurableError(row.reason)
    if not yardstick:
        raise UnmeasurableError("no planes of the session are recorded apart, to compare with")
    return row.value - float(np.median(yardstick))


def _no_crosstalk() -> Iterator[Measurement]:
    return (not_measured(metric, "") for metric in EXCESSES)


def _summaries(plane: Streams, name: str, group: int | None) -> Iterator[PlaneSummary]:
    """Yield the summary of a plane recorded together with others.

    Raises
    ------
    UnmeasurableError
        If the plane lacks what it would be compared by.
    """
    if group is None:
        return
    times, projection = plane.get("ophys_timestamps"), plane.get("average_projection")
    if times is None or projection is None:
        raise UnmeasurableError(f"the plane has no {'timestamps' if times is None else 'average projection'}")
    traces, images = plane.fluorescence(), plane.masks()
    yield summary(name, group, fluorescence=traces, times=times, masks=images, projection=projection)
