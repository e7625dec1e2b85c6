"""The settings of the change detection task."""

from collections.abc import Mapping
from typing import Any

from hdmf.common import DynamicTable, VectorData
from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.behavior_interface import ReleasedInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import vectors
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.manifest.derive import image_set_of


class TaskParametersInterface(ReleasedInterface):
    """Settings of the task: volumes in milliliters, durations in seconds, names of stimulus and task.

    Adds the `DynamicTable` ``task_parameters`` of one row to ``processing/behavior``.
    """

    display_name = "Visual Behavior task parameters"
    info = "Interface for the task parameters of the Visual Behavior 2P release."
    table_name = "task_parameters"
    needed = True

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        frame = self.source.table("task_parameters")
        words = description(metadata, "image_set")
        image_set = image_set_of(self.source.session_type) or "unknown"
        table = DynamicTable(
            name="task_parameters",
            description=description(metadata, "task_parameters"),
            columns=[
                *vectors("task_parameters", frame),
                VectorData(name="image_set", description=words, data=[image_set]),
            ],
        )
        behavior_module(nwbfile).add(table)
