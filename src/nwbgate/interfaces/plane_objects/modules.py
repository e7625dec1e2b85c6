"""The processing module of imaging planes, and its containers."""

from typing import Any

from neuroconv.tools.nwb_helpers import get_module
from pynwb import NWBFile, ProcessingModule


def ophys(nwbfile: NWBFile) -> ProcessingModule:
    """Return the processing module of the planes, added to the file where it is not there."""
    return get_module(nwbfile, name="ophys", description="Cells of the imaging planes and their activity.")


def contained(nwbfile: NWBFile, kind: type[Any], name: str) -> Any:
    """Return a container of the processing module, such as ``DfOverF``, added where it is not there."""
    module = ophys(nwbfile)
    if name not in module.data_interfaces:
        module.add(kind(name=name))  # before its series: objects of a file share an ancestor
    return module[name]
