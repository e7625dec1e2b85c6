"""Sync lines: each signal's names over the years, and its edges."""

from dataclasses import dataclass
from typing import Literal

Edge = Literal["rising", "falling", "both"]
#: Edges that can be a frame of a microscope.
FrameEdge = Literal["rising", "falling"]


@dataclass(frozen=True)
class Signal:
    """A signal of a rig.

    Attributes
    ----------
    meaning : str
        What it is, for people.
    edge : {"rising", "falling", "both"}
        Edges that count.
    names : tuple of str
        Names of its line; the first that a file has is the one.
    """

    meaning: str
    edge: Edge
    names: tuple[str, ...]


#: Names as in sync files of AllenSDK's tests, and as AllenSDK 2.16.2 and npc_sync look for them.
SIGNALS = {
    "imaging": Signal("two-photon frames", "rising", ("vsync_2p", "2p_vsync")),
    "stimulus": Signal("stimulus frames", "falling", ("vsync_stim", "stim_vsync")),
    "photodiode": Signal("photodiode", "both", ("stim_photodiode", "photodiode")),
    "eye": Signal(
        "eye camera",
        "rising",
        ("eye_frame_received", "cam2_exposure", "eyetracking", "eye_cam_exposing", "eye_tracking"),
    ),
    "behavior": Signal(
        "behavior camera",
        "rising",
        ("beh_frame_received", "cam1_exposure", "behavior_monitoring", "beh_cam_exposing"),
    ),
    "face": Signal("face camera", "rising", ("face_frame_received", "face_cam_exposing")),
    "lick": Signal("lick sensor", "rising", ("lick_times", "lick_sensor", "lick_1")),
    "acquisition": Signal(
        "imaging trigger",
        "rising",
        ("2p_trigger", "acq_trigger", "2p_acq_trigger", "2p_acquiring", "stim_running"),
    ),
}  # fmt: skip
