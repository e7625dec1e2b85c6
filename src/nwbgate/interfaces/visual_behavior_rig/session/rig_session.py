"""A rig session: facts, pickle, frame clock, and derived tables."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.interfaces.visual_behavior_rig.pickles.image_set import (
    KNOWN_ORDERS,
    ImageSet,
    find_image_set,
    read_image_set,
)
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import file_of, read_session_facts, session_folder
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.named_clock import NamedClock
from nwbgate.interfaces.visual_behavior_rig.sync.session_delay import MonitorDelay
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import shared_sync_file
from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import Agreement, CameraFrames, source_agreement
from nwbgate.interfaces.visual_behavior_rig.tables.camera_report import CameraReport, read_camera_report
from nwbgate.interfaces.visual_behavior_rig.tables.event_tables import licks_table, rewards_table
from nwbgate.interfaces.visual_behavior_rig.tables.eye_agreement import eye_contradictions
from nwbgate.interfaces.visual_behavior_rig.tables.eye_ellipses import read_ellipses
from nwbgate.interfaces.visual_behavior_rig.tables.eye_tracking_table import eye_tracking_table
from nwbgate.interfaces.visual_behavior_rig.tables.pickle_agreement import pickle_contradictions
from nwbgate.interfaces.visual_behavior_rig.tables.presentations_table import presentations_table
from nwbgate.interfaces.visual_behavior_rig.tables.running_table import running_table
from nwbgate.interfaces.visual_behavior_rig.tables.session_agreement import session_contradictions
from nwbgate.interfaces.visual_behavior_rig.tables.sync_agreement import sync_contradictions
from nwbgate.interfaces.visual_behavior_rig.tables.task_parameters_table import task_parameters_table
from nwbgate.interfaces.visual_behavior_rig.tables.trials_table import trials_table
from nwbgate.manifest.usual_delays import behavior_box_delay

FloatArray = npt.NDArray[np.float64]


class RigSession:
    """One session, whose files are read when their tables are asked for, and once.

    Parameters
    ----------
    path : path
        Session facts (``session.json``, or ``experiment.json`` of one of its planes), which name the files.
    image_sets : path, optional
        Folder with the sets of images; without it images are named and not shown.

    Attributes
    ----------
    path : Path
        As given.
    facts : SessionFacts
        Content of the JSON.
    image_sets : Path or None
        As given.

    Raises
    ------
    SourceError
        If the facts are unsound; later, if a file that is asked for is.
    """

    def __init__(self, path: Path | str, image_sets: Path | str | None = None) -> None:
        self.path = Path(path)
        self.facts = read_session_facts(self.path)
        self.image_sets = None if image_sets is None else Path(image_sets)

    @cached_property
    def pickle(self) -> StimulusPickle:
        """The stimulus pickle, which is of this session."""
        found = StimulusPickle(self.pickle_path)
        found.refuse_other_session(self.facts.foraging_id or "", str(self.path))
        return found

    @property
    def pickle_path(self) -> Path:
        """Path of the stimulus pickle."""
        return session_folder(self.path, self.facts) / self.facts.behavior_stimulus_file

    def file(self, fact: str) -> Path | None:
        """Return the path of a file named by the facts, or None."""
        return file_of(self.path, self.facts, fact)

    @cached_property
    def clocks(self) -> Clocks | None:
        """Clocks of the sync file; None for a session of behavior alone."""
        sync = self.file("sync_file")
        return None if sync is None else Clocks(shared_sync_file(sync))

    @cached_property
    def stimulus_clock(self) -> NamedClock:
        """Times of the stimulus frames, from the sync file or the pickle."""
        if self.clocks is not None:
            return self.clocks.stimulus(self.pickle.frames)
        source = f"{self.pickle.path}: intervalsms"
        return NamedClock("stimulus frames", self.pickle.frame_times, source)

    @cached_property
    def monitor_delay(self) -> MonitorDelay:
        """Delay of the monitor: as the facts give it, else measured or tabled."""
        if self.facts.monitor_delay is not None:
            return MonitorDelay(self.facts.monitor_delay, "given by the session facts")
        if self.clocks is None:
            return MonitorDelay(behavior_box_delay(), "that of behavior boxes: there is no sync file")
        return self.clocks.monitor_delay(self.facts.rig_name, self.stimulus_clock.times)

    @cached_property
    def image_set(self) -> ImageSet | None:
        """Images of the session; None for gratings, and without a folder of image sets."""
        stimulus = self.pickle.stimulus
        if self.image_sets is None or stimulus.kind != "images":
            return None
        return read_image_set(find_image_set(self.image_sets, stimulus.image_set))

    @cached_property
    def licks(self) -> pd.DataFrame:
        """Licks, columns as in `session_tables.yaml`."""
        return licks_table(self.pickle, self.stimulus_clock.times)[0]

    @cached_property
    def rewards(self) -> pd.DataFrame:
        """Rewards."""
        return rewards_table(self.pickle, self.stimulus_clock.times)

    @cached_property
    def running(self) -> pd.DataFrame:
        """Speeds and signals of the wheel, a row for each stimulus frame."""
        return running_table(self.pickle, self.stimulus_clock.times)

    @cached_property
    def trials(self) -> pd.DataFrame:
        """Trials."""
        return trials_table(self.pickle, self.stimulus_clock.times, self.monitor_delay.seconds)

    @cached_property
    def stimulus_presentations(self) -> pd.DataFrame:
        """Presentations."""
        return self._presentations[0]

    @cached_property
    def task_parameters(self) -> pd.DataFrame:
        """Settings of the task, one row."""
        return task_parameters_table(self.pickle)

    @cached_property
    def eye_tracking(self) -> pd.DataFrame | None:
        """Eye tracking; None where the facts name no ellipses."""
        return None if self._eye_tracking is None else self._eye_tracking[0]

    @cached_property
    def rig_geometry(self) -> pd.DataFrame | None:
        """Positions of camera, light and monitor, one row; None if unknown."""
        geometry = self.facts.eye_tracking_rig_geometry
        if geometry is None:
            return None
        row = {
            name: np.array(value) if isinstance(value, list) else value for name, value in geometry.model_dump().items()
        }
        return pd.DataFrame([row])

    def decisions(self) -> list[str]:
        """Return the decisions on ambiguous or contradictory files, one sentence each."""
        clocks = () if self.clocks is None else self.clocks.decisions
        parts: list[Callable[[], list[str]]] = [
            lambda: list(clocks),
            lambda: list(self.stimulus_clock.decisions),
            lambda: [self.monitor_delay.decision],
            lambda: licks_table(self.pickle, self.stimulus_clock.times)[1],
            lambda: self._presentations[1],
            lambda: [] if self._eye_tracking is None else self._eye_tracking[1],
            lambda: [] if len(self.pickle.encoder.v_sig) else ["no running: the encoder recorded no voltages"],
            self._other_pickles,
            lambda: [row.sentence for row in self.agreement if row.sentence],
        ]
        return list(dict.fromkeys(decision for part in parts for decision in part()))

    @cached_property
    def agreement(self) -> list[Agreement]:
        """Comparisons of the files with each other; without a sync file, contradictions only."""
        own = pickle_contradictions(self.pickle)
        if self.clocks is None:
            return [*session_contradictions(self.facts, self.pickle), *own]
        times, camera = self.stimulus_clock.times, self._camera_frames
        return [
            *source_agreement(self.pickle, self.clocks, times, camera),
            *session_contradictions(self.facts, self.pickle, self.clocks.sync.metadata.start),
            *own,
            *sync_contradictions(self.pickle, self.clocks, times, camera),
            *([] if self._ellipses is None else eye_contradictions(self._ellipses, self.file("eye_tracking_filepath"))),
        ]

    @cached_property
    def _camera_report(self) -> CameraReport | None:
        path = self.file("raw_eye_tracking_video_meta_data")
        return None if path is None else read_camera_report(path)

    @cached_property
    def _presentations(self) -> tuple[pd.DataFrame, list[str]]:
        name = self.pickle.stimulus.image_set
        order = KNOWN_ORDERS.get(name) if self.image_set is None else self.image_set.names
        seen = self.stimulus_clock.times + self.monitor_delay.seconds
        novel = self.facts.novel_images
        return presentations_table(self.pickle, seen, self.trials, image_order=order, novel_images=novel)

    @cached_property
    def _eye_tracking(self) -> tuple[pd.DataFrame, list[str]] | None:
        if self._ellipses is None or self.clocks is None:
            return None
        pulses, metadata = self.clocks.signal("eye").times, self._begins_with_metadata
        return eye_tracking_table(self._ellipses, pulses, begins_with_metadata=metadata)

    @cached_property
    def _ellipses(self) -> dict[str, dict[str, FloatArray]] | None:
        path = self.file("eye_tracking_filepath")
        return None if path is None else read_ellipses(path)

    @property
    def _begins_with_metadata(self) -> bool:
        return self._camera_report is not None and self._camera_report.begins_with_metadata

    @property
    def _camera_frames(self) -> CameraFrames:
        video = None if self._ellipses is None else len(self._ellipses["eye"]["phi"]) - self._begins_with_metadata
        return CameraFrames(video, None if self._camera_report is None else self._camera_report.lost_frames)

    def _other_pickles(self) -> list[str]:
        named = self.pickle_path
        others = [path.name for path in sorted(named.parent.glob("*.pkl*")) if path.name != named.name]
        return [f"not read, as the facts name {named.name}: {', '.join(others)}"] if others else []


def rig_session(path: Path, image_sets: Path | None = None) -> RigSession:
    """Return a session, shared by its interfaces until its facts change."""
    return _session(path.absolute(), image_sets, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _session(path: Path, image_sets: Path | None, changed: int) -> RigSession:
    return RigSession(path, image_sets)
