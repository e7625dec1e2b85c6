"""Faults of a session in layout ``released``, and of file bytes."""

import h5py
import numpy as np

from nwbgate.corpus.file_edits import (
    Edit,
    Fault,
    add,
    attribute,
    copy,
    flip_chunk,
    put,
    remade,
    scale,
    swap,
    together,
    without,
)

OPHYS, EYE, ROIS = "processing/ophys", "acquisition/EyeTracking", "processing/ophys/image_segmentation"
DFF, EVENTS = f"{OPHYS}/dff/traces", f"{OPHYS}/event_detection"
T, SHOWN = "intervals/trials", "intervals/Natural_Images_Lum_Matched_set_training_2017_presentations"

RIG = "processing/eye_tracking_rig_metadata/eye_tracking_rig_metadata"
AI148 = "Ai148(TIT2L-GC6f-ICL-tTA2)"

#: AllenSDK says meters of camera pixels, cm of degrees and mL of a yes or no; with the true units a file is valid.
TRUE_UNITS: Edit = together(
    *(attribute(f"{EYE}/{name}_tracking/data", "unit", "pixels") for name in ("eye", "pupil", "corneal_reflection")),
    attribute("processing/running/dx/data", "unit", "degrees"),
    attribute("processing/rewards/autorewarded/data", "unit", "n.a."),
)


def never_written(file: h5py.File) -> None:
    """Twenty positions of the corneal reflection whose chunk was announced and never written."""
    path = "acquisition/EyeTracking/corneal_reflection_tracking/data"
    attributes, values = dict(file[path].attrs), file[path][()]
    del file[path]
    data = file.create_dataset(path, values.shape, "f8", chunks=(20, 2))
    data.attrs.update(attributes)
    data[20:] = values[20:]


def link_to_an_absent_file(file: h5py.File) -> None:
    """A series of the acquisition is in another file, which was not copied along."""
    del file["acquisition/v_in"]
    file["acquisition/v_in"] = h5py.ExternalLink("absent.nwb", "/acquisition/v_in")


def lose_the_last(path: str) -> Edit:
    """The last ROI, or its trace, is missing."""
    return remade(path, lambda values: values[..., :4])


#: The rows of the ROIs that have traces, and their traces.
TRACES = (
    f"{DFF}/rois",
    *(f"{OPHYS}/{name}/traces/data" for name in ("dff", "corrected_fluorescence", "demixed_trace", "neuropil_trace")),
)

TEMPLATES = "stimulus/templates/Natural_Images_Lum_Matched_set_training_2017.07.14"
RELEASED: list[Fault] = [
    ("template_images.templates_differ", copy(f"{TEMPLATES}/data", 2, 3)),
    ("template_images.template_is_not_empty", put(f"{TEMPLATES}/data", 2, 0)),
    ("template_images.versions_show_one_image", swap(f"{TEMPLATES}/unwarped", 2, 3)),
    ("series.unit_is_as_described", attribute(f"{EYE}/eye_tracking/data", "unit", "meters")),
    ("trace_partners.dff_is_of_its_own_roi", swap(f"{DFF}/data", 0, 1, axis=1)),
    ("masks.mask_is_not_another_rois", copy(f"{ROIS}/cell_specimen_table/image_mask", 2, 3)),
    ("masks.mask_is_of_a_cell", put(f"{ROIS}/cell_specimen_table/image_mask", 2, True)),
    ("cells.motion_is_within_its_bounds", scale(f"{OPHYS}/ophys_motion_correction_x/data", 10)),
    ("cells.motion_bounds_are_of_the_plane", put(f"{ROIS}/cell_specimen_table/max_correction_up", 2, 30.0)),
    ("projection_images.image_has_the_field", remade(f"{OPHYS}/images/max_projection", lambda image: image[:, :84])),
    ("projection_images.image_is_not_empty", put(f"{OPHYS}/images/average_image", ..., 0)),
    (
        "projection_images.segmentation_is_the_union_of_masks",
        put(f"{OPHYS}/images/segmentation_mask_image", (slice(0, 10), slice(0, 10)), 1),
    ),
    ("trace_partners.dff_is_of_its_own_roi", remade(f"{DFF}/data", lambda values: np.roll(values, 1, axis=0))),
    ("trace_partners.dff_has_its_scale", scale(f"{DFF}/data", 3.0)),
    ("trace_partners.dff_has_its_baseline_at_zero", add(f"{DFF}/data", ..., -1.0)),
    ("trace_partners.corrected_is_demixed_minus_neuropil", swap(f"{OPHYS}/neuropil_trace/traces/data", 0, 1, axis=1)),
    ("cells.r_is_what_was_subtracted", swap(f"{OPHYS}/corrected_fluorescence/r/data", 0, 1)),
    ("cells.noise_is_that_of_the_trace", scale(f"{EVENTS}/noise_stds", 100.0)),
    ("cells.noise_is_of_its_own_roi", swap(f"{EVENTS}/noise_stds", 0, 1)),
    ("event_partners.events_are_of_their_own_roi", swap(f"{EVENTS}/data", 0, 1, axis=1)),
    ("event_partners.events_are_at_their_frames", remade(f"{EVENTS}/data", lambda values: np.roll(values, 3, axis=0))),
    ("event_partners.events_are_not_a_frame_off", remade(f"{EVENTS}/data", lambda values: np.roll(values, 1, axis=0))),
    ("event_partners.events_have_the_size_of_jumps", scale(f"{EVENTS}/data", 10.0)),
    ("trace_columns.events_are_not_negative", put(f"{EVENTS}/data", (100, 2), -0.3)),
    ("trace_columns.trace_is_finite", put(f"{DFF}/data", (100, 2), np.inf)),
    ("trace_columns.trace_is_never_still", put(f"{DFF}/data", (slice(1000, 1300), 2), 0.0)),
    ("trace_columns.trace_is_not_another_rois", copy(f"{DFF}/data", (slice(None), 4), (slice(None), 3))),
    ("trace_columns.trace_has_no_nan", put(f"{EVENTS}/data", (slice(100, 120), 2), np.nan)),
    ("trials.change_at_presentation", add(f"{T}/change_time", ..., 0.1)),
    ("trials.one_outcome", put(f"{T}/miss", 6, True)),
    ("clocks.timestamps_increase", swap("processing/licking/licks/timestamps", 10, 11)),
    ("clocks.plane_has_one_clock", add(f"{EVENTS}/timestamps", ..., 0.0934)),
    ("masks.mask_has_pixels", put(f"{ROIS}/cell_specimen_table/image_mask", 0, False)),
    ("cells.cells_are_of_a_plane", without(f"{ROIS}/cell_specimen_table/imaging_plane")),
    ("series.as_wide_as_its_regions", remade(f"{EVENTS}/rois", lambda rows: rows[:3])),
    ("series.regions_exist", put(f"{EVENTS}/rois", 0, 99)),
    ("series_rois.events_have_a_trace", together(*map(lose_the_last, TRACES))),
    ("stimulus_presentations.image_has_template", put(f"{SHOWN}/image_name", 3, "im999")),
    ("clocks.stimulus_times_are_told_alike", add("processing/stimulus/timestamps/data", ..., 0.5)),
    ("session.stimulus_rate_is_measured", attribute("general/metadata", "stimulus_frame_rate", 30.0)),
    ("eye_tracking_rig_geometry.geometry_is_of_the_rig", attribute(RIG, "equipment", "CAM2P.3")),
    ("eye_tracking_rig_geometry.monitor_is_near_the_eye", remade(f"{RIG}/monitor_position", lambda at: at / 10)),
    ("session.lines_are_in_genotype", attribute("general/subject", "driver_line", np.array([AI148], dtype=object))),
    ("session.identifier_is_an_id_of_the_session", put("identifier", (), "1900011011")),
    ("session.description_is_the_session_type", put("session_description", (), "OPHYS_3_images_A")),
    ("planes.plane_is_as_described", attribute("general/metadata", "imaging_depth", np.int64(175))),
    ("session.lines_are_in_genotype", attribute("general/subject", "reporter_line", "Ai94(TITL-GCaMP6s)")),
]
#: Damage that is found only where every chunk is read.
BYTES: list[Fault] = [
    ("file.chunk", flip_chunk(f"{EVENTS}/data", 7)),
    ("file.chunk", flip_chunk(f"{OPHYS}/images/max_projection", 0)),
    ("file.unwritten", never_written),
]
