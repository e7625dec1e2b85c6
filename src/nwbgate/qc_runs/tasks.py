"""Independent measuring tasks: single files, and comparisons across files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nwbgate.errors import NwbgateError, SourceError, UsageError
from nwbgate.findings.outcome import where_it_broke
from nwbgate.findings.report import BrokenRule
from nwbgate.findings.validator_codes import crash_finding, file_finding, over_limit
from nwbgate.findings.validator_codes import unread as unread_finding
from nwbgate.processes.limits import OverLimitError
from nwbgate.processes.termination import raise_stop
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.qc.measure import NothingToMeasureError, measured_rows
from nwbgate.qc.measurement import Measurement, table
from nwbgate.qc.metrics.imaging.planes_together import group_of
from nwbgate.qc.streams import Streams
from nwbgate.qc_runs.codes import MEASURABLE
from nwbgate.rules.rule import Finding
from nwbgate.storage.hdf5 import dataset_at, readable
from nwbgate.storage.values import one_text

if TYPE_CHECKING:
    import h5py

    from nwbgate.qc.pictures.picture import Picture
    from nwbgate.reading.nwb_data import NWBData
    from nwbgate.reading.planes.plane import Plane

#: Imported once for all worker processes.
PRELOAD = ("nwbgate.qc_runs.tasks", "nwbgate.reading.opening", "nwbgate.qc.recording", "nwbgate.qc.session")
#: Longest text of the metadata that is shown on a page.
_LONGEST = 200


@dataclass(frozen=True)
class LonePlane:
    """The only imaging plane of a file, recorded together with planes in other files.

    Attributes
    ----------
    session, experiment : str
        Ids of the session and of the plane in it.
    name : str
        What its file calls it.
    group : int
        Planes with one group are recorded at the same time.
    """

    session: str
    experiment: str
    name: str
    group: int


@dataclass
class Quality:
    """Measurements of one file, or of the sessions of one container.

    Attributes
    ----------
    name : str
        Id of the session, or of the container.
    files : tuple of Path
        What was read.
    scope : {"session", "container"}
        Which of the two it is.
    measurements : DataFrame
        As `nwbgate.qc.measure` returns them; no row where nothing could be measured.
    about : mapping of str to str
        What the file says of itself, for the head of a page.
    containers : mapping of str to str
        Name of each imaging plane to the id of its container.
    plane : LonePlane, optional
        The only plane of the file, where others were recorded together with it.
    pictures : iterable of Picture
        What a person needs to see; read from a disk where they are kept there.
    findings, broken : list
        Why nothing could be measured: for the file's fault, or for ours.
    """

    name: str
    files: tuple[Path, ...]
    scope: str = "session"
    measurements: pd.DataFrame = field(default_factory=lambda: table([]))
    about: Mapping[str, str] = field(default_factory=dict)
    containers: Mapping[str, str] = field(default_factory=dict)
    plane: LonePlane | None = None
    pictures: "Iterable[Picture]" = ()
    findings: list[Finding] = field(default_factory=list)
    broken: list[BrokenRule] = field(default_factory=list)


@dataclass(frozen=True)
class FileTask:
    """A file to be measured, optionally with pictures."""

    path: Path
    pictures: bool = False
    follow_links: bool = False

    def run(self) -> Quality:
        """Measure the file without raising."""
        quality = Quality(self.path.stem, (self.path,))
        try:
            self._measure(quality)
        except (SourceError, UsageError) as error:  # UsageError: the file is gone, or a link to nowhere
            if isinstance(error, NothingToMeasureError):
                quality.findings.append(file_finding(MEASURABLE, self.path, _on_one_line(error)))
            else:
                quality.findings.append(unread_finding(error, self.path))
        except Exception as error:  # a fault of a measurement is ours, and the other files are to be measured
            raise_stop(error)
            quality.broken.append(BrokenRule(MEASURABLE.code, where_it_broke(error), str(self.path)))
        return quality

    def _measure(self, quality: Quality) -> None:
        from nwbgate.reading.opening import open_nwb

        problems: dict[str, SourceError] = {}
        with open_nwb(self.path, follow_links=self.follow_links) as data:
            streams = Streams(data, problems)
            quality.name = session_id(data.file, self.path)
            rows = measured_rows(streams)
            quality.measurements = table(rows)
            quality.broken += broken_rules(rows, str(self.path))
            with readable(str(self.path)):
                quality.about = _about(data)
                quality.containers = _containers(data)
                quality.plane = _lone_plane(data)
            if self.pictures:
                self._draw(streams, quality)
        distinct = {str(problem): problem for problem in problems.values()}
        quality.findings += [unread_finding(problem, self.path) for problem in distinct.values()]

    def _draw(self, streams: Streams, quality: Quality) -> None:
        """Draw the pictures; failure leaves the numbers."""
        from nwbgate.qc.pictures.drawn import pictures

        try:
            quality.pictures = pictures(streams)
        except NwbgateError:
            raise
        except Exception as error:  # a fault of a picture is ours, and the numbers stand
            raise_stop(error)
            quality.broken.append(BrokenRule("qc.pictures", where_it_broke(error), str(self.path)))

    def lost(self, error: Exception) -> Quality:
        """Return what is reported of a file on which a process died."""
        return Quality(self.path.stem, (self.path,), findings=[crash_finding(error, self.path)])


@dataclass(frozen=True)
class ContainerTask:
    """The imaging planes of one container, to be measured across sessions."""

    name: str
    planes: tuple[tuple[Path, str], ...]
    follow_links: bool = False

    def run(self) -> Quality:
        """Measure the planes together without raising."""
        from contextlib import ExitStack

        from nwbgate.qc.container import container_rows
        from nwbgate.reading.opening import open_nwb

        quality = self._quality()
        try:
            with ExitStack() as stack:
                opened: list[tuple[NWBData, str]] = [
                    (stack.enter_context(open_nwb(path, follow_links=self.follow_links)), name)
                    for path, name in self.planes
                ]
                with readable(str(self.planes[0][0])):
                    planes = [session.planes[plane] for session, plane in opened]
                rows = container_rows(planes)
                quality.measurements = table(rows)
                quality.broken += broken_rules(rows, self._where())
        except (SourceError, UsageError) as error:  # UsageError: the file is gone, or a link to nowhere
            quality.findings.append(unread_finding(error, self.planes[0][0]))
        except Exception as error:  # a fault of a measurement is ours, and the others are to be measured
            raise_stop(error)
            quality.broken.append(BrokenRule(MEASURABLE.code, where_it_broke(error), self._where()))
        return quality

    def lost(self, error: Exception) -> Quality:
        """Return what is reported of a container whose process died."""
        if not isinstance(error, WorkerDiedError):
            raise error
        quality = self._quality()
        if isinstance(error, OverLimitError):
            quality.findings.append(over_limit(error, self.planes[0][0]))
            return quality
        quality.broken.append(BrokenRule(MEASURABLE.code, "the process that measured it died", self._where()))
        return quality

    def _quality(self) -> Quality:
        return Quality(self.name, tuple(path for path, _ in self.planes), "container")

    def _where(self) -> str:
        return f"container {self.name}"


def _on_one_line(error: NwbgateError) -> str:
    return "; ".join(line.strip() for line in str(error).splitlines())


def containers(measured: Sequence[Quality], *, follow_links: bool = False) -> list[ContainerTask]:
    """Return the containers with several measured sessions, in order."""
    found: dict[str, list[tuple[Path, str]]] = {}
    for quality in measured:
        for plane, container in quality.containers.items():
            found.setdefault(container, []).append((quality.files[0], plane))
    return [
        ContainerTask(name, tuple(planes), follow_links)
        for name, planes in found.items()
        if len({path for path, _ in planes}) > 1
    ]


def session_id(file: "h5py.File", path: Path) -> str:
    """Return the session's id, or the file's name without its ending."""
    given = dataset_at(file, "/general/session_id")
    return (one_text(given) if given is not None else "") or path.stem


def broken_rules(rows: Iterable[Measurement], where: str) -> list[BrokenRule]:
    """Return the faults of measurements without repeats.

    Parameters
    ----------
    rows : iterable of Measurement
        What was measured.
    where : str
        The file, or what was measured across files.
    """
    faults = (row.fault for row in rows if row.fault is not None)
    errors = dict.fromkeys(f"{fault.metric}: {where_it_broke(fault.error)}" for fault in faults)
    return [BrokenRule(MEASURABLE.code, error, where) for error in errors]


def _about(data: "NWBData") -> dict[str, str]:
    """Return the short scalar metadata for the head of a page."""
    shown = {
        key: value for key, value in data.metadata.items() if isinstance(value, str | int | float) or key == "date"
    }
    return {key: str(value) for key, value in shown.items() if str(value) and len(str(value)) <= _LONGEST}


def _planes(data: "NWBData") -> "Mapping[str, Plane]":
    from nwbgate.reading.sessions.session import Session

    return data.planes if isinstance(data, Session) else {}


def _containers(data: "NWBData") -> dict[str, str]:
    ids = {name: plane.metadata.get("ophys_container_id") for name, plane in _planes(data).items()}
    return {name: str(container) for name, container in ids.items() if container is not None}


def _lone_plane(data: "NWBData") -> LonePlane | None:
    planes = _planes(data)
    if len(planes) != 1:
        return None
    ((name, plane),) = planes.items()
    group, session = group_of(plane.metadata), plane.ophys_session_id or plane.behavior_session_id
    if group is None or session is None:
        return None
    return LonePlane(str(session), str(plane.ophys_experiment_id or data.path), name, group)
