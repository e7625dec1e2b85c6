"""The settings of the change detection task."""

import re
from collections.abc import Mapping
from typing import Any

from hdmf.common import DynamicTable, VectorData
from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.behavior_interface import ReleasedInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import vectors
from nwbgate.interfaces.visual_behavior.texts import description


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
        table = DynamicTable(
            name="task_parameters",
            description=description(metadata, "task_parameters"),
            columns=[
                *vectors("task_parameters", frame),
                VectorData(name="image_set", description=words, data=[image_set(self.source.session_type)]),
            ],
        )
        behavior_module(nwbfile).add(table)


def image_set(session_type: str) -> str:
    """Return the set of images that a session type names, such as ``images_A``, or ``gratings``."""
    found = re.search(r"images_[A-Z]|gratings", session_type)
    return found[0] if found else ""
