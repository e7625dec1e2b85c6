"""Fluorescence of the cells of a plane, from neuropil to dF/F."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile
from pynwb.ophys import DfOverF, Fluorescence

from nwbgate.errors import SourceError
from nwbgate.interfaces.plane_objects.modules import container_in
from nwbgate.interfaces.plane_objects.series import add_responses
from nwbgate.interfaces.visual_behavior.imaging.cells import released_region
from nwbgate.interfaces.visual_behavior.imaging.plane_stream import OPHYS, PlaneStream, plane_times
from nwbgate.interfaces.visual_behavior.release.array import ReleasedArray
from nwbgate.interfaces.visual_behavior.release.file import ReleasedFile
from nwbgate.interfaces.visual_behavior.texts import description

#: Container in the written file: its type, the series in the release, and its unit. The first one holds the plane's
#: timestamps and region, to which the others link.
TRACES: dict[str, tuple[type[DfOverF] | type[Fluorescence], str, str]] = {
    "DfOverF": (DfOverF, f"{OPHYS}/dff/traces", "n.a."),
    "CorrectedFluorescence": (Fluorescence, f"{OPHYS}/corrected_fluorescence/traces", "a.u."),
    "DemixedFluorescence": (Fluorescence, f"{OPHYS}/demixed_trace/traces", "a.u."),
    "NeuropilFluorescence": (Fluorescence, f"{OPHYS}/neuropil_trace/traces", "a.u."),
}
_NOT_IN_OLDER_RELEASES = ("DemixedFluorescence", "NeuropilFluorescence")


class FluorescenceInterface(PlaneStream):
    """dF/F, corrected, demixed and neuropil fluorescence, each of shape (frames, cells), float64."""

    display_name = "Visual Behavior fluorescence"
    info = "Interface for the fluorescence of an imaging plane of the Visual Behavior release."
    table_name = "dff_traces"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add each trace; older releases lack the demixed and the neuropil fluorescence."""
        for container, (kind, path, unit) in TRACES.items():
            if container not in _NOT_IN_OLDER_RELEASES or self.source.names(path):
                home = container_in(nwbfile, kind, container)
                add_released_responses(nwbfile, metadata, self, home, path=path, unit=unit)


def add_released_responses(
    nwbfile: NWBFile,
    metadata: Mapping[str, Any],
    stream: PlaneStream,
    home: DfOverF | Fluorescence,
    *,
    path: str,
    unit: str,
) -> None:
    """Add a series of a plane's cells, read lazily while writing.

    Parameters
    ----------
    nwbfile : NWBFile
        File to which the series will be added.
    metadata : mapping
        Complete metadata, with the description of the container.
    stream : PlaneStream
        The plane, its file and its clock; the series is named like the plane.
    home : DfOverF or Fluorescence
        The container.
    path : str
        HDF5 path of the series in the source.
    unit : str
        Unit of the numbers.

    Raises
    ------
    SourceError
        If the series is not there, or is not of all frames and cells that it names.
    """
    source, plane = stream.source, stream.plane_name
    frames = len(source.dataset(f"{path}/timestamps"))
    rois = released_region(nwbfile, metadata, source, plane, f"{path}/rois")
    add_responses(
        nwbfile,
        home,
        rois,
        responses(source, f"{path}/data", frames, len(rois.data)).iterator(),
        plane_times(source, f"{path}/timestamps", stream.clock),
        unit=unit,
        description=description(metadata, home.name),
    )


def responses(source: ReleasedFile, name: str, frames: int, cells: int) -> ReleasedArray:
    """Return a lazy series of cells after checking its shape."""
    found = source.numbers(name, frames)
    if found.shape != (frames, cells):
        raise SourceError(
            f"the matrix has {found.shape[-1]} columns but {cells} cells are named",
            where=f"{source.path}:{name}",
            got=f"shape {found.shape}",
            expected=f"({frames}, {cells}), frames by cells",
            fix="download the file again; if it is as released, leave this session out",
        )
    return found
