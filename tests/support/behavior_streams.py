"""The ten interfaces of the behavior streams, and a converter of all of them, for the tests."""

from pathlib import Path

from neuroconv import NWBConverter

from nwbgate.interfaces.visual_behavior.behavior.eye_tracking import EyeTrackingInterface
from nwbgate.interfaces.visual_behavior.behavior.licks_and_rewards import LicksInterface, RewardsInterface
from nwbgate.interfaces.visual_behavior.behavior.running import RunningInterface
from nwbgate.interfaces.visual_behavior.behavior.task_parameters import TaskParametersInterface
from nwbgate.interfaces.visual_behavior.behavior.trials import TrialsInterface
from nwbgate.interfaces.visual_behavior.session_metadata import SessionMetadataInterface
from nwbgate.interfaces.visual_behavior.stimulus.presentations import StimulusPresentationsInterface
from nwbgate.interfaces.visual_behavior.stimulus.templates import StimulusTemplatesInterface
from nwbgate.interfaces.visual_behavior.stimulus.timestamps import StimulusTimestampsInterface

STREAMS = {
    "SessionMetadata": SessionMetadataInterface,
    "StimulusTimestamps": StimulusTimestampsInterface,
    "Running": RunningInterface,
    "Licks": LicksInterface,
    "Rewards": RewardsInterface,
    "StimulusPresentations": StimulusPresentationsInterface,
    "StimulusTemplates": StimulusTemplatesInterface,
    "Trials": TrialsInterface,
    "TaskParameters": TaskParametersInterface,
    "EyeTracking": EyeTrackingInterface,
}


class BehaviorConverter(NWBConverter):
    data_interface_classes = STREAMS


def behavior_of(path: Path) -> BehaviorConverter:
    return BehaviorConverter({name: {"file_path": str(path)} for name in STREAMS})
