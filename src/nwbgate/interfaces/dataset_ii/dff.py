"""dF/F of a recording, with its imaging plane and region of interest."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from neuroconv.tools.nwb_helpers import get_module
from pynwb import NWBFile
from pynwb.ophys import DfOverF, ImageSegmentation, ImagingPlane, OpticalChannel, PlaneSegmentation, RoiResponseSeries

from nwbgate.interfaces.clock import FloatArray, timing
from nwbgate.interfaces.dataset_ii.containers import device, entry
from nwbgate.interfaces.dataset_ii.metadata import sentence, shift_of
from nwbgate.interfaces.dataset_ii.recording_interface import RecordingInterface

PLANE_SEGMENTATION = "dataset_ii_plane_segmentation"
#: Name and description of the processing module, as NeuroConv gives them.
MODULE = {"name": "ophys", "description": "optical physiology processed data"}
#: The mask of a region with unpublished pixels: an image of one pixel of weight 0. A row without a mask writes and
#: validates, and then cannot be opened by PyNWB 3.1 and 4.2; roiextractors reads images alone.
NO_MASK = np.zeros((1, 1), dtype=np.float32)


class DfOverFInterface(RecordingInterface):
    """dF/F0 of the soma: ``dff``, without unit.

    Adds the imaging plane, a plane segmentation of one region, and a `RoiResponseSeries` of shape (frames, 1) in
    ``processing/ophys/DfOverF``.
    """

    display_name = "Dataset II dF/F"
    keywords = ("optical physiology", "two-photon", "calcium imaging", "dF/F")
    info = "Interface for the dF/F of Dataset II recordings (two-photon calcium imaging of one neuron)."

    def get_original_timestamps(self) -> FloatArray:
        """Return the frame times of the source, in seconds, shape (frames,)."""
        return np.arange(len(self.source.dff), dtype=np.float64) * self.source.ophys_period

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        self.source.dff.refuse_not_finite(self.source.ophys_period)
        region = _region(nwbfile, metadata)
        shift = shift_of(metadata, "ophys")
        times = timing(self.clock, len(self.source.dff), self.source.ophys_period, shift)
        words = entry(metadata, f"Ophys.RoiResponses.{PLANE_SEGMENTATION}", "dff")
        container = DfOverF()
        get_module(nwbfile, **MODULE).add(container)  # before its series: objects of a file share an ancestor
        series = RoiResponseSeries(data=self.source.dff.iterator(), rois=region, **words, **times)
        container.add_roi_response_series(series)


def _region(nwbfile: NWBFile, metadata: Mapping[str, Any]) -> Any:
    """Return the single region of interest, adding its table and plane."""
    words = entry(metadata, "Ophys.PlaneSegmentations", PLANE_SEGMENTATION)
    plane = _imaging_plane(nwbfile, metadata, words.pop("imaging_plane_metadata_key"))
    mask_status = words.pop("mask_status")
    segmentation = ImageSegmentation()
    get_module(nwbfile, **MODULE).add(segmentation)
    table = PlaneSegmentation(imaging_plane=plane, **words)
    segmentation.add_plane_segmentation(table)
    table.add_column("mask_status", "Where the mask of the region comes from.")
    table.add_roi(image_mask=NO_MASK, mask_status=mask_status)
    return table.create_roi_table_region(region=[0], description="The recorded neuron.")


def _imaging_plane(nwbfile: NWBFile, metadata: Mapping[str, Any], key: str) -> ImagingPlane:
    words = entry(metadata, "Ophys.ImagingPlanes", key)
    recording = metadata.get("Recording", {})
    if "depth_um" in recording:
        words["description"] += " " + sentence(metadata, "depth", depth_um=recording["depth_um"])
    microscope = device(nwbfile, metadata, words.pop("device_metadata_key"))
    channels = [OpticalChannel(**channel) for channel in words.pop("optical_channel")]
    return nwbfile.create_imaging_plane(device=microscope, optical_channel=channels, **words)
