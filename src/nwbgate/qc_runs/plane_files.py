"""Crosstalk between single-plane files of one session."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pandas as pd

from nwbgate.errors import NwbgateError
from nwbgate.findings.outcome import where_it_broke
from nwbgate.findings.report import BrokenRule
from nwbgate.findings.validator_codes import over_limit
from nwbgate.processes.limits import NO_LIMITS, OverLimitError, WorkLimits
from nwbgate.processes.pool import results
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.qc.measurement import Measurement, join_tables, not_measured, table
from nwbgate.qc.metrics.imaging.planes_together import EXCESSES, PlanesTogether
from nwbgate.qc.streams import Streams
from nwbgate.qc_runs.codes import MEASURABLE
from nwbgate.qc_runs.tasks import PRELOAD, LonePlane, Quality, broken_rules
from nwbgate.rules.rule import Finding

_METRICS = "crosstalk."


@dataclass(frozen=True)
class Crosstalk:
    """Crosstalk measured between the planes of a session.

    Attributes
    ----------
    rows : dict of str to DataFrame
        Measurements of each plane, by its experiment.
    broken : list
        Faults of ours.
    findings : list
        Why nothing was measured, where that is no fault of ours.
    """

    rows: dict[str, pd.DataFrame]
    broken: list[BrokenRule] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class CrosstalkTask:
    """The planes of one session to be compared, loaded one at a time."""

    session: str
    planes: tuple[tuple[Path, LonePlane], ...]
    follow_links: bool = False

    def run(self) -> Crosstalk:
        """Compare the planes without raising."""
        try:
            rows = self._compare_planes()
            tables = {experiment: table(own) for experiment, own in rows.items()}
            return Crosstalk(tables, broken_rules(chain.from_iterable(rows.values()), self._where()))
        except Exception as error:  # a fault of a measurement is ours, and the others are to be measured
            return self._refused_result(where_it_broke(error))

    def lost(self, error: Exception) -> Crosstalk:
        """Return what is reported of planes whose process died."""
        if not isinstance(error, WorkerDiedError):
            raise error
        if isinstance(error, OverLimitError):
            return Crosstalk(self._without_numbers(error.what), findings=[over_limit(error, self.planes[0][0])])
        return self._refused_result("the process that measured it died")

    def _compare_planes(self) -> dict[str, list[Measurement]]:
        together = PlanesTogether()
        names = self._names()
        for path, plane in self.planes:
            _add(together, path, plane, names[plane.experiment], self.follow_links)
        rows = together.measure_each()
        return {experiment: rows[name] for experiment, name in names.items()}

    def _names(self) -> dict[str, str]:
        """Return each plane's name by experiment, as in a file of all planes."""
        names = [plane.name for _, plane in self.planes]
        return {
            plane.experiment: plane.name if names.count(plane.name) == 1 else f"{plane.name}_{plane.experiment}"
            for _, plane in self.planes
        }

    def _refused_result(self, error: str) -> Crosstalk:
        return Crosstalk(
            self._without_numbers(error), [BrokenRule(MEASURABLE.code, f"crosstalk: {error}", self._where())]
        )

    def _without_numbers(self, reason: str) -> dict[str, pd.DataFrame]:
        rows: list[Measurement] = [not_measured(metric, reason) for metric in EXCESSES]
        return {plane.experiment: table(rows) for _, plane in self.planes}

    def _where(self) -> str:
        return f"session {self.session}"


def add_crosstalk(
    sessions: Sequence[Quality], jobs: int, *, follow_links: bool = False, limits: WorkLimits = NO_LIMITS
) -> None:
    """Measure crosstalk between single-plane files and add it to their measurements.

    Parameters
    ----------
    sessions : sequence of Quality
        What was measured of each file. Those without others of their session keep what they have.
    jobs : int
        Processes to use.
    follow_links : bool
        Read also what files link to in files beside them.
    limits : WorkLimits
        Time and memory for the planes of each session.
    """
    groups = _sessions(sessions)
    tasks = [CrosstalkTask(session, _in_order(planes), follow_links) for session, planes in groups.items()]
    measured = results(tasks, jobs, preload=PRELOAD, ordered=True, limits=limits)
    for task, found in zip(tasks, measured, strict=True):
        files = [quality for quality in sessions if quality.plane is not None and quality.plane.session == task.session]
        files[0].broken += found.broken
        files[0].findings += found.findings
        for quality in files:
            if quality.plane is not None:
                quality.measurements = _replace_rows(quality.measurements, found.rows[quality.plane.experiment])


def _sessions(sessions: Sequence[Quality]) -> dict[str, dict[str, tuple[Path, LonePlane]]]:
    """Return the planes by session and experiment, for sessions with several."""
    found: dict[str, dict[str, tuple[Path, LonePlane]]] = {}
    for quality in sessions:
        if quality.plane is not None:
            found.setdefault(quality.plane.session, {}).setdefault(
                quality.plane.experiment, (quality.files[0], quality.plane)
            )
    return {session: planes for session, planes in found.items() if len(planes) > 1}


def _in_order(planes: dict[str, tuple[Path, LonePlane]]) -> tuple[tuple[Path, LonePlane], ...]:
    """Return planes by experiment number, as in a file of all planes."""
    return tuple(planes[experiment] for experiment in sorted(planes, key=lambda each: (len(each), each)))


def _add(together: PlanesTogether, path: Path, plane: LonePlane, name: str, follow_links: bool) -> None:
    from nwbgate.reading.opening import open_nwb

    try:
        with open_nwb(path, follow_links=follow_links) as data:
            together.add(Streams(data.planes[plane.name]), name)
    except NwbgateError as error:  # the file is gone, or damaged, which is a finding of its own
        together.add_unreadable(name, plane.group, error)


def _replace_rows(measurements: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return measurements with rows replaced where crosstalk was missing."""
    old = measurements["metric"].str.startswith(_METRICS)
    begin = int(old.to_numpy().argmax()) if old.any() else len(measurements)
    return join_tables([measurements[:begin], rows, measurements[begin:][~old[begin:]]])
