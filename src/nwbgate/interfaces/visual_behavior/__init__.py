"""NeuroConv interfaces of the public Visual Behavior 2P release, one per stream."""

from nwbgate.interfaces.visual_behavior.behavior.eye_tracking import EyeTrackingInterface
from nwbgate.interfaces.visual_behavior.behavior.licks_and_rewards import LicksInterface, RewardsInterface
from nwbgate.interfaces.visual_behavior.behavior.running import RunningInterface
from nwbgate.interfaces.visual_behavior.behavior.task_parameters import TaskParametersInterface
from nwbgate.interfaces.visual_behavior.behavior.trials import TrialsInterface
from nwbgate.interfaces.visual_behavior.converter import VisualBehaviorConverter
from nwbgate.interfaces.visual_behavior.imaging.cells import CellsInterface
from nwbgate.interfaces.visual_behavior.imaging.events import EventsInterface
from nwbgate.interfaces.visual_behavior.imaging.fluorescence import FluorescenceInterface
from nwbgate.interfaces.visual_behavior.imaging.imaging_plane import ImagingPlaneInterface
from nwbgate.interfaces.visual_behavior.imaging.motion_correction import MotionCorrectionInterface
from nwbgate.interfaces.visual_behavior.imaging.planes import PlanesInterface
from nwbgate.interfaces.visual_behavior.imaging.projections import ProjectionsInterface
from nwbgate.interfaces.visual_behavior.planner import plan_sessions
from nwbgate.interfaces.visual_behavior.release.file import ReleasedFile
from nwbgate.interfaces.visual_behavior.session_metadata import SessionMetadataInterface
from nwbgate.interfaces.visual_behavior.stimulus.presentations import StimulusPresentationsInterface
from nwbgate.interfaces.visual_behavior.stimulus.templates import StimulusTemplatesInterface
from nwbgate.interfaces.visual_behavior.stimulus.timestamps import StimulusTimestampsInterface

__all__ = [
    "CellsInterface",
    "EventsInterface",
    "EyeTrackingInterface",
    "FluorescenceInterface",
    "ImagingPlaneInterface",
    "LicksInterface",
    "MotionCorrectionInterface",
    "PlanesInterface",
    "ProjectionsInterface",
    "ReleasedFile",
    "RewardsInterface",
    "RunningInterface",
    "SessionMetadataInterface",
    "StimulusPresentationsInterface",
    "StimulusTemplatesInterface",
    "StimulusTimestampsInterface",
    "TaskParametersInterface",
    "TrialsInterface",
    "VisualBehaviorConverter",
    "plan_sessions",
]
