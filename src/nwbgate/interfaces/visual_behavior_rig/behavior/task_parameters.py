"""The settings of the change detection task, by the stimulus pickle."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.behavior.task_parameters import add_task_parameters
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import SessionInterface


class TaskParametersInterface(SessionInterface):
    """Settings of the task: volumes, durations, stimulus and task names.

    Adds the `DynamicTable` ``task_parameters`` of one row to ``processing/behavior``.
    """

    display_name = "Visual Behavior rig task parameters"
    info = "Interface for the task parameters of a session of a Visual Behavior rig."
    file_facts = ()

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        session_type = self.session.pickle.settings.session_type
        add_task_parameters(nwbfile, metadata, self.session.task_parameters, session_type)
