"""NeuroConv interfaces of the public Visual Behavior 2P release, one per stream."""

from nwbgate.interfaces.visual_behavior.cells import CellsInterface
from nwbgate.interfaces.visual_behavior.converter import VisualBehaviorConverter
from nwbgate.interfaces.visual_behavior.events import EventsInterface
from nwbgate.interfaces.visual_behavior.eye_tracking import EyeTrackingInterface
from nwbgate.interfaces.visual_behavior.fluorescence import FluorescenceInterface
from nwbgate.interfaces.visual_behavior.imaging_plane import ImagingPlaneInterface
from nwbgate.interfaces.visual_behavior.licks_and_rewards import LicksInterface, RewardsInterface
from nwbgate.interfaces.visual_behavior.motion_correction import MotionCorrectionInterface
from nwbgate.interfaces.visual_behavior.planes import PlanesInterface
from nwbgate.interfaces.visual_behavior.planner import plan_sessions
from nwbgate.interfaces.visual_behavior.projections import ProjectionsInterface
from nwbgate.interfaces.visual_behavior.released_file import ReleasedFile
from nwbgate.interfaces.visual_behavior.running import RunningInterface
from nwbgate.interfaces.visual_behavior.session_metadata import SessionMetadataInterface
from nwbgate.interfaces.visual_behavior.stimulus_presentations import StimulusPresentationsInterface
from nwbgate.interfaces.visual_behavior.stimulus_templates import StimulusTemplatesInterface
from nwbgate.interfaces.visual_behavior.stimulus_timestamps import StimulusTimestampsInterface
from nwbgate.interfaces.visual_behavior.task_parameters import TaskParametersInterface
from nwbgate.interfaces.visual_behavior.trials import TrialsInterface

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
