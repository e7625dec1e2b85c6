"""Fluorescence of the cells of a plane, at each step of the analysis from neuropil to dF/F."""

from pynwb import NWBFile
from pynwb.ophys import DfOverF, Fluorescence, RoiResponseSeries

from nwbgate.interfaces.visual_behavior.cells import region
from nwbgate.interfaces.visual_behavior.plane_stream import OPHYS, PlaneStream, contained, plane_times

#: Container in the written file: its type, the series in the release, its unit and description. The first one holds
#: the plane's timestamps and region, to which the others link.
TRACES: dict[str, tuple[type[DfOverF] | type[Fluorescence], str, str, str]] = {
    "DfOverF": (DfOverF, f"{OPHYS}/dff/traces", "n.a.", "Fluorescence over its baseline minus one."),
    "CorrectedFluorescence": (
        Fluorescence,
        f"{OPHYS}/corrected_fluorescence/traces",
        "a.u.",
        "Fluorescence, demixed, with the neuropil times r subtracted.",
    ),
    "DemixedFluorescence": (
        Fluorescence,
        f"{OPHYS}/demixed_trace/traces",
        "a.u.",
        "Fluorescence with overlapping cells demixed, neuropil not yet subtracted.",
    ),
    "NeuropilFluorescence": (
        Fluorescence,
        f"{OPHYS}/neuropil_trace/traces",
        "a.u.",
        "Fluorescence of the neuropil around each cell.",
    ),
}


class FluorescenceInterface(PlaneStream):
    """dF/F, corrected, demixed and neuropil fluorescence, each of shape (frames, cells), as float64."""

    display_name = "Visual Behavior fluorescence"
    info = "Interface for the fluorescence of an imaging plane of the Visual Behavior release."
    table_name = "dff_traces"

    def add_stream(self, nwbfile: NWBFile) -> None:
        """Add each trace that the source has; older releases lack the demixed and the neuropil fluorescence."""
        for container, (kind, path, unit, description) in TRACES.items():
            if "data" in self.source.names(path):
                home = contained(nwbfile, kind, container)
                home.add_roi_response_series(responses(nwbfile, self, path, unit=unit, description=description))


def responses(nwbfile: NWBFile, stream: PlaneStream, path: str, *, unit: str, description: str) -> RoiResponseSeries:
    """Return a series of the cells of a plane, whose numbers are read when they are written.

    Parameters
    ----------
    nwbfile : NWBFile
        File to which the series will be added.
    stream : PlaneStream
        The plane, its file and its clock; the series is named like the plane.
    path : str
        HDF5 path of the series in the source.
    unit, description : str
        What the numbers are.
    """
    source, plane = stream.source, stream.plane_name
    return RoiResponseSeries(
        name=plane,
        description=description,
        data=source.dataset(f"{path}/data").iterator(),
        rois=region(nwbfile, source, plane, f"{path}/rois"),
        unit=unit,
        timestamps=plane_times(nwbfile, source, f"{path}/timestamps", plane, stream.clock),
    )
