"""Crosstalk between the imaging planes of one session, whether they are in one file or each in a file of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.errors import NwbgateError
from nwbgate.qc.measurement import Measurement, not_measured
from nwbgate.qc.metrics.crosstalk import PlaneSummary, detail_correlation, leaked_share, summary, trace_correlation
from nwbgate.qc.streams import fluorescence, masks, stream
from nwbgate.qc.unmeasurable import UnmeasurableError, guarded, measured, noted

if TYPE_CHECKING:
    from nwbgate.reading.planes.plane import Plane

#: The metrics of crosstalk that are judged.
EXCESSES = ("crosstalk.traces_excess", "crosstalk.projections_excess")
_NONE_TOGETHER = "no two planes of the session were recorded together"
Pair = tuple[PlaneSummary, PlaneSummary]


class PlanesTogether:
    """What is kept of the planes of a session, given one after the other, to compare those recorded together."""

    def __init__(self) -> None:
        self._groups: dict[str, int | None] = {}
        self._reasons: dict[str, str] = {}
        self._summaries: list[PlaneSummary] = []
        self._recorded = 0

    def add(self, plane: "Plane", name: str) -> None:
        """Keep what a plane is compared by, or the reason why there is nothing.

        Parameters
        ----------
        plane : Plane
            Its traces are read; whoever gives it has them forgotten.
        name : str
            What its rows call it.
        """
        self._groups[name] = None
        try:
            self._groups[name] = group_of(plane)
            self._recorded = max(self._recorded, int(plane.metadata.get("imaging_plane_group_count") or 0))
            self._summaries += _summaries(plane, name)
        except Exception as error:  # else its pair would be missing, and the other pairs a pass
            self._reasons[name] = error.what if isinstance(error, UnmeasurableError) else noted("crosstalk", error)

    def add_unreadable(self, name: str, group: int, error: NwbgateError) -> None:
        """Keep that a plane of a group cannot be read."""
        self._groups[name], self._reasons[name] = group, error.what

    def measure(self) -> Iterator[Measurement]:
        """Yield the rows ``crosstalk.*`` of planes in one file: of each pair, or the reason why there is none."""
        rows = [row for name in self._reasons for row in self._unmeasured(name) if len(self._groups) > 1]
        rows += guarded("crosstalk", partial(measure_crosstalk, self._summaries), _no_crosstalk)
        if not rows and len(self._groups) == 1:
            rows = self._not_measured(*self._groups)
        yield from rows or [not_measured(metric, _NONE_TOGETHER) for metric in EXCESSES]

    def measure_each(self) -> dict[str, list[Measurement]]:
        """Return the rows ``crosstalk.*`` of each plane: of the pairs that it is in, or why there is none."""
        found = {name: self._of_partners(name) for name in self._groups}
        yardsticks = _yardsticks(self._summaries)
        for pair in _pairs(self._summaries, together=True):
            rows = list(guarded("crosstalk", partial(_measure_pair, pair, yardsticks), _no_crosstalk))
            for plane in pair:
                found[plane.name] += rows
        return {name: rows or self._not_measured(name) for name, rows in found.items()}

    def _not_measured(self, name: str) -> list[Measurement]:
        return [not_measured(metric, self._without_partner(name)) for metric in EXCESSES]

    def _unmeasured(self, name: str) -> list[Measurement]:
        return [not_measured(metric, self._reasons[name], object=name) for metric in EXCESSES]

    def _of_partners(self, name: str) -> list[Measurement]:
        """Return the rows of planes that cannot be compared with this one, or this one with them."""
        own = self._groups[name]
        alike = (each for each in self._reasons if each == name or (own is not None and self._groups[each] == own))
        return [row for each in alike for row in self._unmeasured(each)]

    def _without_partner(self, name: str) -> str:
        """Return why a plane is compared with no other, and how many are missing of which the file knows."""
        group, given = self._groups[name], len(self._groups)
        if group is None:
            return "the plane was recorded together with no other"
        planes = "1 plane of the session is" if given == 1 else f"{given} planes of the session are"
        reason = f"{planes} given, and none that was recorded together with this one (group {group})"
        missing = self._recorded - len({each for each in self._groups.values() if each is not None})
        return f"{reason}; at least {missing} missing, for it has {self._recorded} groups" if missing > 0 else reason


def group_of(plane: "Plane") -> int | None:
    """Return the number of the group that a plane was recorded in; None where no other plane was recorded with it."""
    group = plane.metadata.get("imaging_plane_group")
    return None if group is None or group < 0 else int(group)


def measure_crosstalk(planes: Sequence[PlaneSummary]) -> Iterator[Measurement]:
    """Yield the rows ``crosstalk.*``, for each pair of planes that are recorded together.

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
        row = measured(f"crosstalk.{kind}", partial(compare, first, second), "1", both)
        yield row
        yield measured(f"crosstalk.{kind}_excess", partial(_excess, row, yardsticks[kind]), "1", both)
    for source, target in (pair, pair[::-1]):
        into = f"{source.name} into {target.name}"
        yield measured("crosstalk.leaked_share", partial(leaked_share, source, target), "1", into)


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
    """Return the correlations of planes that are not recorded together, by what is correlated."""
    apart = _pairs(planes, together=False)
    rows = {kind: [measured(kind, partial(compare, *pair)) for pair in apart] for kind, compare in _KINDS.items()}
    return {kind: [row.value for row in found if row.measured] for kind, found in rows.items()}


def _excess(row: Measurement, yardstick: Sequence[float]) -> float:
    if not row.measured:
        raise UnmeasurableError(row.reason)
    if not yardstick:
        raise UnmeasurableError("no planes of the session are recorded apart, to compare with")
    return row.value - float(np.median(yardstick))


def _no_crosstalk() -> Iterator[Measurement]:
    return (not_measured(metric, "") for metric in EXCESSES)


def _summaries(plane: Any, name: str) -> Iterator[PlaneSummary]:
    """Yield the summary of a plane; nothing where no other plane was recorded with it.

    Raises
    ------
    UnmeasurableError
        If the plane lacks what it would be compared by.
    """
    group = group_of(plane)
    if group is None:
        return
    times, projection = stream(plane, "ophys_timestamps"), stream(plane, "average_projection")
    if times is None or projection is None:
        raise UnmeasurableError(f"the plane has no {'timestamps' if times is None else 'average projection'}")
    traces, images = fluorescence(plane), masks(plane)
    yield summary(name, group, fluorescence=traces, times=times, masks=images, projection=projection)
