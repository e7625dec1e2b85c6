"""Base of the imaging plane interfaces of a rig: plane and frame clock."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from hdmf.common import DynamicTableRegion, VectorData
from pydantic import FilePath, validate_call
from pynwb import NWBFile
from pynwb.ophys import ImagingPlane, PlaneSegmentation

from nwbgate.algorithms.frame_clocks import rounded_rate
from nwbgate.interfaces.aligned_interface import AlignedInterface
from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.plane_objects.cell_table import add_cell_table, cell_table, masks, region
from nwbgate.interfaces.plane_objects.imaging_plane import TABLE, add_imaging_plane
from nwbgate.interfaces.visual_behavior.columns import vector
from nwbgate.interfaces.visual_behavior.rig import rig
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.interfaces.visual_behavior_rig.imaging.rig_plane import RigPlane
from nwbgate.interfaces.visual_behavior_rig.rig_interface import RigInterface
from nwbgate.interfaces.visual_behavior_rig.sync.rig_lines import FrameEdge


class PlaneInterface(RigInterface, AlignedInterface):
    """One stream of one imaging plane.

    Parameters
    ----------
    file_path : FilePath
        ``experiment.json`` of the plane, which names its files.
    plane_name : str, optional
        Name of the plane in the written file; ``<targeted_structure>_<targeted_depth>`` by default.
    allow_trim : int
        Surplus two-photon pulses at the end that may be cut.
    imaging_edge : {"rising", "falling"}
        Edge of the two-photon line that is a frame; ``falling`` on Nikon and older microscopes.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Attributes
    ----------
    plane : RigPlane
        The plane.
    plane_name : str
        Name of the plane in the written file.

    Raises
    ------
    SourceError
        If the facts are unsound.
    """

    associated_suffixes = (".json",)
    keywords = ("two-photon", "calcium imaging", "visual behavior")
    #: Facts that name the files of the stream.
    file_facts: ClassVar[tuple[str, ...]] = ()

    @validate_call
    def __init__(
        self,
        file_path: FilePath,
        plane_name: str | None = None,
        *,
        allow_trim: int = 0,
        imaging_edge: FrameEdge = "rising",
        verbose: bool = False,
    ) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        self.source_data |= {"plane_name": plane_name, "allow_trim": allow_trim, "imaging_edge": imaging_edge}
        self.plane = RigPlane(file_path, allow_trim, imaging_edge)
        self.facts = self.plane.facts
        self.plane_name = plane_name or self.plane.name

    def get_original_timestamps(self) -> FloatArray:
        """Return the plane's frame times from the sync file, seconds, shape (frames,)."""
        return self.plane.clock.times

    def frame_times(self) -> FloatArray:
        """Return the aligned times of the frames, in seconds.

        Raises
        ------
        UsageError
            If the stream was aligned to times that do not ascend.
        """
        self.clock.refuse_backwards()
        return self.get_timestamps()

    def source_paths(self) -> list[Path]:
        """Return the files that the stream is read from."""
        named = [fact for fact in ("sync_file", *self.file_facts) if getattr(self.plane.facts, fact) is not None]
        return [self.plane.path, *(self.plane.file(fact) for fact in named)]

    def imaging_plane(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> ImagingPlane:
        """Return the imaging plane, adding it and its microscope if missing."""
        if self.plane_name in nwbfile.imaging_planes:
            return nwbfile.imaging_planes[self.plane_name]
        device = rig(nwbfile, metadata, self.facts.rig_name)
        described = self.plane.description(rounded_rate(self.frame_times()), self.plane_name)
        return add_imaging_plane(nwbfile, described, device, description(metadata, TABLE))

    def cell_table(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> PlaneSegmentation:
        """Return the table of cells, adding it and its plane if missing."""
        if (found := cell_table(nwbfile, self.plane_name)) is not None:
            return found
        cells = self.plane.described_cells()
        names = [str(name) for name in cells if name != "cell_roi_id"]
        columns: list[VectorData] = [vector("cells", name, cells[name]) for name in names]
        mask = masks(self.plane.rois.masks, description(metadata, "image_mask"))
        imaging_plane = self.imaging_plane(nwbfile, metadata)
        return add_cell_table(nwbfile, imaging_plane, cells["cell_roi_id"].to_numpy(), [*columns, mask])

    def cells(self, nwbfile: NWBFile, metadata: Mapping[str, Any], roi_ids: list[int]) -> DynamicTableRegion:
        """Return a reference to rows of the table of cells."""
        table = self.cell_table(nwbfile, metadata)
        known = {int(name): row for row, name in enumerate(table.id[:])}
        return region(table, [known[name] for name in roi_ids])
