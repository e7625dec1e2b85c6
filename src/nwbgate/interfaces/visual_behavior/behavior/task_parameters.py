"""Settings of the change detection task."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from hdmf.common import DynamicTable, VectorData
from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import ReleasedInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import vectors
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.manifest.derive import image_set_of


class TaskParametersInterface(ReleasedInterface):
    """Task settings: volumes in milliliters, durations in seconds, stimulus and task names.

    Adds the `DynamicTable` ``task_parameters`` of one row to ``processing/behavior``.
    """

    display_name = "Visual Behavior task parameters"
    info = "Interface for the task parameters of the Visual Behavior 2P release."
    table_name = "task_parameters"
    needed = True

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        add_task_parameters(nwbfile, metadata, self.source.table("task_parameters"), self.source.session_type)


def add_task_parameters(
    nwbfile: NWBFile, metadata: Mapping[str, Any], parameters: pd.DataFrame, session_type: str
) -> None:
    """Add the settings of the task to a file in memory.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    parameters : DataFrame
        One row, columns as ``task_parameters`` of `session_tables.yaml`.
    session_type : str
        Name of the stimulus protocol, which names the set of images.
    """
    words, image_set = description(metadata, "image_set"), image_set_of(session_type) or "unknown"
    table = DynamicTable(
        name="task_parameters",
        description=description(metadata, "task_parameters"),
        columns=[
            *vectors("task_parameters", parameters),
            VectorData(name="image_set", description=words, data=[image_set]),
        ],
    )
    behavior_module(nwbfile).add(table)
