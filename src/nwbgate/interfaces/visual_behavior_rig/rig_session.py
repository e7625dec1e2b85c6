"""A session of a rig: its facts, its pickle, its clock, and the tables made of them, each computed once."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.camera_report import read_camera_report
from nwbgate.interfaces.visual_behavior_rig.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.event_tables import licks_table, rewards_table
from nwbgate.interfaces.visual_behavior_rig.eye_ellipses import read_ellipses
from nwbgate.interfaces.visual_behavior_rig.eye_tracking_table import eye_tracking_table
from nwbgate.interfaces.visual_behavior_rig.image_set import (
    KNOWN_ORDERS,
    ImageSet,
    find_image_set,
    read_image_set,
)
from nwbgate.interfaces.visual_behavior_rig.monitor_delays import BEHAVIOR_BOX, MonitorDelay
from nwbgate.interfaces.visual_behavior_rig.named_clock import NamedClock
from nwbgate.interfaces.visual_behavior_rig.presentations_table import presentations_table
from nwbgate.interfaces.visual_behavior_rig.running_table import running_table
from nwbgate.interfaces.visual_behavior_rig.session_facts import file_of, read_session_facts
from nwbgate.interfaces.visual_behavior_rig.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.sync_file import SyncFile
from nwbgate.interfaces.visual_behavior_rig.trials_table import trials_table

FloatArray = npt.NDArray[np.float64]


class RigSession:
    """One session of a rig.

    Parameters
    ----------
    path : path
        ``session.json``, or ``experiment.json`` of any of its planes.
    image_sets : path, optional
        Folder with the image sets that pickles name.
    novel_images : sequence of str, optional
        Images that the mouse had not seen before; those of the facts by default.
    project_code : str, optional
        Project of the session; that of the facts by default.

    Attributes
    ----------
    path : Path
        As given.
    facts : SessionFacts
        Content of the JSON.

    Raises
    ------
    SourceError
        If the JSON is unsound.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        image_sets: Path | str | None = None,
        novel_images: Sequence[str] | None = None,
        project_code: str | None = None,
    ) -> None:
        self.path = Path(path)
        self.facts = read_session_facts(self.path)
        self.image_sets = None if image_sets is None else Path(image_sets)
        self.novel_images = self.facts.novel_images if novel_images is None else list(novel_images)
        self.project_code = project_code or self.facts.project_code

    @cached_property
    def pickle(self) -> StimulusPickle:
        """The stimulus pickle, refused where it is of another session than the facts."""
        found = StimulusPickle(self._needed("behavior_stimulus_file"))
        found.refuse_other_session(self.facts.foraging_id or "", str(self.path))
        return found

    @cached_property
    def clocks(self) -> Clocks | None:
        """The clocks of the sync file; None for a session without one."""
        path = file_of(self.path, self.facts, "sync_file")
        return None if path is None else Clocks(SyncFile(path))

    @cached_property
    def stimulus_clock(self) -> NamedClock:
        """When each stimulus frame was sent to the monitor: by the sync file, else by the pickle itself."""
        if self.clocks is None:
            return NamedClock("stimulus frames", self.pickle.frame_times, f"{self.pickle.path}: intervalsms")
        return self.clocks.stimulus(self.pickle.frames)

    @property
    def frame_times(self) -> FloatArray:
        """Times of the stimulus frames without the monitor's delay, in seconds, shape (frames,)."""
        return self.stimulus_clock.times

    @cached_property
    def monitor_delay(self) -> MonitorDelay:
        """Delay of the monitor: as the facts give it, measured, or tabled."""
        if self.facts.monitor_delay is not None:
            return MonitorDelay(self.facts.monitor_delay, "given by the session facts")
        if self.clocks is None:
            return MonitorDelay(BEHAVIOR_BOX, "the session has no sync file")
        return self.clocks.monitor_delay(self.facts.rig_name, self.frame_times)

    @cached_property
    def _licks(self) -> tuple[pd.DataFrame, list[str]]:
        return licks_table(self.pickle, self.frame_times)

    @property
    def licks(self) -> pd.DataFrame:
        """Licks, a row for each."""
        return self._licks[0]

    @cached_property
    def rewards(self) -> pd.DataFrame:
        """Rewards, a row for each."""
        return rewards_table(self.pickle, self.frame_times)

    @cached_property
    def running(self) -> pd.DataFrame:
        """Speed and signals of the wheel, a row for each stimulus frame."""
        return running_table(self.pickle, self.frame_times)

    @cached_property
    def trials(self) -> pd.DataFrame:
        """Trials, a row for each."""
        return trials_table(self.pickle, self.frame_times, self.monitor_delay.seconds)

    @cached_property
    def _presentations(self) -> tuple[pd.DataFrame, list[str]]:
        return presentations_table(
            self.pickle,
            self.frame_times + self.monitor_delay.seconds,
            self.trials,
            image_order=self.image_order,
            novel_images=self.novel_images,
        )

    @property
    def presentations(self) -> pd.DataFrame:
        """Everything that was shown, by ascending onset."""
        table = self._presentations[0]
        return table.sort_values("start_time", kind="stable", ignore_index=True)

    @cached_property
    def image_set(self) -> ImageSet | None:
        """The images that were shown; None for gratings, and where no folder with image sets is given."""
        stimulus = self.pickle.stimulus
        if stimulus.kind != "images" or self.image_sets is None:
            return None
        return read_image_set(find_image_set(self.image_sets, stimulus.image_set))

    @property
    def image_order(self) -> Sequence[str] | None:
        """Names of the images in the order of their set; None where it is unknown."""
        if self.image_set is not None:
            return self.image_set.names
        return KNOWN_ORDERS.get(self.pickle.stimulus.image_set)

    @cached_property
    def _eye_tracking(self) -> tuple[pd.DataFrame | None, list[str]]:
        path = file_of(self.path, self.facts, "eye_tracking_filepath")
        if path is None or self.clocks is None:
            return None, []
        report = file_of(self.path, self.facts, "raw_eye_tracking_video_meta_data")
        metadata = report is not None and read_camera_report(report).begins_with_metadata
        return eye_tracking_table(read_ellipses(path), self.clocks.signal("eye").times, begins_with_metadata=metadata)

    @property
    def eye_tracking(self) -> pd.DataFrame | None:
        """Ellipses, areas and blinks, a row for each frame of the camera; None where there are none."""
        table = self._eye_tracking[0]
        return None if table is None or table.empty else table

    @property
    def decisions(self) -> list[str]:
        """What was dropped, cut or assumed, one sentence each."""
        clocks = [] if self.clocks is None else [*self.clocks.decisions]
        found = [*clocks, *self.stimulus_clock.decisions, self.monitor_delay.decision]
        return [*found, *self._licks[1], *self._presentations[1], *self._eye_tracking[1]]

    def source_paths(self) -> list[Path]:
        """Return the files of the session that all planes share."""
        facts = ("behavior_stimulus_file", "sync_file", "eye_tracking_filepath", "raw_eye_tracking_video_meta_data")
        found = [file_of(self.path, self.facts, fact) for fact in facts]
        return [self.path, *(path for path in found if path is not None)]

    def _needed(self, fact: str) -> Path:
        found = file_of(self.path, self.facts, fact)
        if found is None:
            raise SourceError("the session lacks a file", where=f"{self.path}: {fact}", fix="add it to the JSON")
        return found


def rig_session(
    path: Path | str,
    image_sets: Path | str | None = None,
    novel_images: Sequence[str] | None = None,
    project_code: str | None = None,
) -> RigSession:
    """Return a session; one that was read before and has not changed since is not read again.

    Parameters are those of `RigSession`.
    """
    path = Path(path)
    try:
        status = path.stat()
    except OSError:
        return RigSession(path)  # which says what is wrong
    novel = None if novel_images is None else tuple(novel_images)
    return _read(path, status.st_mtime_ns, None if image_sets is None else Path(image_sets), novel, project_code)


@lru_cache(maxsize=2)
def _read(
    path: Path,
    _mtime_ns: int,
    image_sets: Path | None,
    novel_images: tuple[str, ...] | None,
    project_code: str | None,
) -> RigSession:
    return RigSession(path, image_sets=image_sets, novel_images=novel_images, project_code=project_code)
