"""The rig's behavior with suite2p and DeepLabCut, all on the clock of the sync file."""

from pathlib import Path
from typing import ClassVar

import pandas as pd
from neuroconv import NWBConverter
from neuroconv.datainterfaces import DeepLabCutInterface, Suite2pSegmentationInterface

from nwbgate.interfaces.plan import SessionPlan
from nwbgate.interfaces.visual_behavior_rig import (
    Clocks,
    LicksInterface,
    RewardsInterface,
    RunningInterface,
    StimulusPresentationsInterface,
    StimulusTimestampsInterface,
    SyncFile,
    TaskParametersInterface,
    TrialsInterface,
)

BEHAVIOR = {
    "StimulusTimestamps": StimulusTimestampsInterface,
    "TaskParameters": TaskParametersInterface,
    "Licks": LicksInterface,
    "Rewards": RewardsInterface,
    "Running": RunningInterface,
    "Trials": TrialsInterface,
    "StimulusPresentations": StimulusPresentationsInterface,
}
PLANES = {"Plane0": "plane0", "Plane1": "plane1"}


class LabConverter(NWBConverter):
    """Behavior, two planes, and the pupil."""

    data_interface_classes: ClassVar = {
        **BEHAVIOR,
        **dict.fromkeys(PLANES, Suite2pSegmentationInterface),
        "Pupil": DeepLabCutInterface,
    }

    def get_metadata(self):
        """Return the metadata of all streams, with what suite2p does not know of a plane."""
        metadata = super().get_metadata()
        for plane in metadata["Ophys"]["ImagingPlanes"].values():
            plane.update(indicator="GCaMP6f", location="VISp", description="Plane in primary visual cortex.")
        return metadata

    def temporally_align_data_interfaces(self, metadata=None, conversion_options=None):
        """Give each plane its pulses of the microscope, and the pupil those of the eye camera."""
        licks = self.data_interface_objects["Licks"]
        clocks = Clocks(SyncFile(licks.session.file("sync_file")))
        for group, name in enumerate(PLANES):
            clocks.imaging(group=group, groups=len(PLANES)).align(self.data_interface_objects[name])
        pupil = self.data_interface_objects["Pupil"]
        frames = len(pd.read_csv(pupil.source_data["file_path"], header=[0, 1, 2]))
        pupil.set_aligned_timestamps(clocks.camera("eye", frames).times)


def plan_sessions(sources, options):
    """Plan one session for each session.json; everything else lies beside it."""
    return [_plan(Path(source)) for source in sources]


def _plan(facts):
    folder = facts.parent
    planes = {name: {"folder_path": str(folder / "suite2p"), "plane_name": plane} for name, plane in PLANES.items()}
    return SessionPlan(
        session_id=folder.name,
        sources=tuple(sorted(path for path in folder.rglob("*") if path.is_file())),
        source_data={
            **{name: {"file_path": str(facts)} for name in BEHAVIOR},
            **planes,
            "Pupil": {"file_path": str(next(folder.glob("*DLC*.csv")))},
        },
        metadata={"NWBFile": {"session_id": folder.name}},
    )
