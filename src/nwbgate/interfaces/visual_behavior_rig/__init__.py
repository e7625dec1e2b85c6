"""NeuroConv interfaces and converter for raw rig files of Visual Behavior 2P."""

from nwbgate.interfaces.visual_behavior_rig.behavior.eye_tracking import EyeTrackingInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.licks_and_rewards import LicksInterface, RewardsInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.running import RunningInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.task_parameters import TaskParametersInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.trials import TrialsInterface
from nwbgate.interfaces.visual_behavior_rig.converter import RigConverter
from nwbgate.interfaces.visual_behavior_rig.imaging.cells import CellsInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.events import EventsInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.fluorescence import FluorescenceInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.motion_correction import MotionCorrectionInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.planes import PlanesInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.projections import ProjectionsInterface
from nwbgate.interfaces.visual_behavior_rig.planner import plan_sessions
from nwbgate.interfaces.visual_behavior_rig.session.session_metadata import SessionMetadataInterface
from nwbgate.interfaces.visual_behavior_rig.session.source_agreement import SourceAgreementInterface
from nwbgate.interfaces.visual_behavior_rig.stimulus.presentations import StimulusPresentationsInterface
from nwbgate.interfaces.visual_behavior_rig.stimulus.templates import StimulusTemplatesInterface
from nwbgate.interfaces.visual_behavior_rig.stimulus.timestamps import StimulusTimestampsInterface
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile

__all__ = [
    "CellsInterface",
    "Clocks",
    "EventsInterface",
    "EyeTrackingInterface",
    "FluorescenceInterface",
    "LicksInterface",
    "MotionCorrectionInterface",
    "PlanesInterface",
    "ProjectionsInterface",
    "RewardsInterface",
    "RigConverter",
    "RunningInterface",
    "SessionMetadataInterface",
    "SourceAgreementInterface",
    "StimulusPresentationsInterface",
    "StimulusTemplatesInterface",
    "StimulusTimestampsInterface",
    "SyncFile",
    "TaskParametersInterface",
    "TrialsInterface",
    "plan_sessions",
]
