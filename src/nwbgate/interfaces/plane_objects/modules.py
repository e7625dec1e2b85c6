"""The processing module of imaging planes, and its containers."""

from typing import Any

from neuroconv.tools.nwb_helpers import get_module
from pynwb import NWBFile, ProcessingModule


def ophys(nwbfile: NWBFile) -> ProcessingModule:
    """Return the processing module of the planes, adding it if missing."""
    return get_module(nwbfile, name="ophys", description="Cells of the imaging planes and their activity.")


def container_in(nwbfile: NWBFile, kind: type[Any], name: str) -> Any:
    """Return a container of the module, such as ``DfOverF``, adding it if missing."""
    module = ophys(nwbfile)
    if name not in module.data_interfaces:
        module.add(kind(name=name))  # before its series: objects of a file share an ancestor
    return module[name]
