"""Simulated sessions: type, task and clocks."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from nwbgate.samples.rig.task import RATE, Task, play

FloatArray = npt.NDArray[np.float64]

#: Frames of the movie after the task, each shown for two stimulus frames, and gray frames before it.
MOVIE_FRAMES, GRAY_FRAMES = 900, 240
#: Frames after the last flash of a session without movie.
REST = 90
IMAGES = ("im065", "im077")
IMAGE_SET = "Natural_Images_Lum_Matched_set_sample_2026.01.01"


@dataclass(frozen=True)
class SamplePlane:
    """An imaging plane: ids, area, depth in micrometers, scan group."""

    experiment: int
    container: int
    structure: str
    depth: int
    group: int | None = None


@dataclass(frozen=True)
class SampleSession:
    """A made-up session.

    Attributes
    ----------
    folder : str
        Name of its folder.
    number : int
        ``behavior_session_id``.
    uuid : str
        Of the session, made by the rig.
    stage : str
        Name of the protocol.
    start : str
        Local time, ISO 8601.
    rig, mouse, sex, age, reporter : str
        Facts about rig and animal.
    drivers : tuple of str
        Driver lines of the animal.
    protocol : int
        Of the pickle.
    planes : tuple of SamplePlane
        None for a session without imaging.
    groups : int
        Groups of planes; 0 for a microscope without.
    first_flash : int
        Stimulus frame.
    before : float
        Seconds from the start of the sync file to the first stimulus frame.
    movie : bool
        Whether a movie follows the task.
    extra_edges, extra_frames : int
        Surplus pulses of the stimulus and of the microscope.
    delay : float
        Of the monitor, in seconds.
    rounds : int
        How often all kinds of trials are played.
    rois : int
        Regions of interest of each plane; the third and the sixth of them are no cells.
    pixels : tuple of int
        Rows and columns of the field of view.
    """

    folder: str
    number: int
    uuid: str
    stage: str
    start: str
    rig: str
    mouse: str
    sex: str
    age: str
    drivers: tuple[str, ...]
    reporter: str
    protocol: int
    planes: tuple[SamplePlane, ...] = ()
    groups: int = 0
    first_flash: int = 120
    before: float = 8.0
    movie: bool = False
    extra_edges: int = 0
    extra_frames: int = 0
    delay: float = 0.0213
    rounds: int = 1
    rois: int = 7
    pixels: tuple[int, int] = (96, 112)

    @property
    def genotype(self) -> str:
        """Full genotype of the animal."""
        return ";".join(f"{line}/wt" for line in (*self.drivers, self.reporter))

    @property
    def passive(self) -> bool:
        """Whether the mouse only looks."""
        return "passive" in self.stage

    @property
    def gratings(self) -> bool:
        """Whether gratings are shown instead of images."""
        return "gratings" in self.stage

    @property
    def zipped(self) -> bool:
        """Whether the pickle is compressed."""
        return not self.planes and self.protocol == 0

    @property
    def pickle_name(self) -> str:
        """Name of the stimulus pickle: local time, mouse and uuid, as camstim calls it."""
        digits = "".join(character for character in self.start[2:19] if character.isdigit())
        return f"{digits}_{self.mouse}_{self.uuid}.pkl" + (".gz" if self.zipped else "")

    def random(self, stream: int) -> np.random.Generator:
        """Return the source of all chance of one stream of the session."""
        return np.random.default_rng([self.number, stream])

    @cached_property
    def task(self) -> Task:
        """The task, played."""
        shown = ["0", "90"] if self.gratings else list(IMAGES)
        omissions = not self.gratings and self.stage.startswith("OPHYS")
        return play(shown, self.first_flash, self.random(0), self.rounds, passive=self.passive, omissions=omissions)

    @property
    def frames(self) -> int:
        """Stimulus frames."""
        return self.task.end + (GRAY_FRAMES + 2 * MOVIE_FRAMES if self.movie else REST)

    @cached_property
    def intervals(self) -> FloatArray:
        """Milliseconds between stimulus frames, shape (frames - 1,); some frames were dropped."""
        rng = self.random(1)
        intervals = 1000 / RATE + rng.normal(0, 0.05, self.frames - 1)
        intervals[rng.choice(self.frames - 1, 4, replace=False)] *= 2
        return np.asarray(intervals, dtype=np.float64)

    @cached_property
    def frame_times(self) -> FloatArray:
        """Seconds of each frame on the clock of the stimulus computer, shape (frames,)."""
        return np.cumsum(np.concatenate([np.zeros(1), self.intervals])) / 1000


_EXCITATORY = (("Slc17a7-IRES2-Cre", "Camk2a-tTA"), "Ai94(TITL-GCaMP6s)")
_INHIBITORY = (("Sst-IRES-Cre",), "Ai148(TIT2L-GC6f-ICL-tTA2)")

SESSIONS = (
    SampleSession(
        folder="behavior_gratings", number=2600010101, uuid="3f0e2a52-9a0f-4d2c-8f5e-0c6a5e1d7b01",
        stage="TRAINING_2_gratings_flashed", start="2019-03-04T14:00:00", rig="BEH.F-Box3", mouse="460001", sex="F",
        age="P92", drivers=_INHIBITORY[0], reporter=_INHIBITORY[1], protocol=2,
    ),
    SampleSession(
        folder="behavior_images", number=2600010201, uuid="3f0e2a52-9a0f-4d2c-8f5e-0c6a5e1d7b02",
        stage="TRAINING_3_images_A_10uL_reward", start="2019-03-18T14:10:00", rig="BEH.F-Box3", mouse="460001",
        sex="F", age="P106", drivers=_INHIBITORY[0], reporter=_INHIBITORY[1], protocol=0,
    ),
    SampleSession(
        folder="ophys_single_plane", number=2600010301, uuid="3f0e2a52-9a0f-4d2c-8f5e-0c6a5e1d7b03",
        stage="OPHYS_1_images_A", start="2019-01-15T15:12:06.001000", rig="CAM2P.4", mouse="460002", sex="M",
        age="P143", drivers=_EXCITATORY[0], reporter=_EXCITATORY[1], protocol=0,
        planes=(SamplePlane(2600010310, 2600001310, "VISp", 375),),
        before=284.0, movie=True, extra_edges=1, extra_frames=4,
    ),
    SampleSession(
        folder="ophys_multi_plane", number=2600010401, uuid="3f0e2a52-9a0f-4d2c-8f5e-0c6a5e1d7b04",
        stage="OPHYS_3_images_A", start="2019-09-20T09:59:38.837000", rig="MESO.1", mouse="460003", sex="F",
        age="P206", drivers=_INHIBITORY[0], reporter=_INHIBITORY[1], protocol=2,
        planes=(
            SamplePlane(2600010410, 2600001410, "VISp", 150, 0), SamplePlane(2600010411, 2600001411, "VISl", 225, 1),
        ),
        groups=2, delay=0.0368,
    ),
    SampleSession(
        folder="ophys_passive", number=2600010501, uuid="3f0e2a52-9a0f-4d2c-8f5e-0c6a5e1d7b05",
        stage="OPHYS_2_images_A_passive", start="2019-05-02T10:01:12", rig="CAM2P.5", mouse="460002", sex="M",
        age="P250", drivers=_EXCITATORY[0], reporter=_EXCITATORY[1], protocol=2,
        planes=(SamplePlane(2600010510, 2600001310, "VISp", 375),),
    ),
)  # fmt: skip
