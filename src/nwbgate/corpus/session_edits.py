"""Faults of a session in layout ``standard``: trials, licks, stimulus, clocks, planes, cells, traces."""

import uuid

import h5py
import numpy as np

from nwbgate.corpus.file_edits import (
    Edit,
    Fault,
    add,
    attribute,
    copy,
    put,
    remade,
    swap,
    together,
    without_column,
)

T, P, B, OPHYS = "intervals/trials", "intervals/stimulus_presentations", "processing/behavior", "processing/ophys"
TEMPLATES, SERIES = "stimulus/templates/stimulus_images", "stimulus/presentation/stimulus_image_presentations"
MOTION = f"{OPHYS}/motion_correction"
DFF, ROIS = f"{OPHYS}/DfOverF/VISp_150", f"{OPHYS}/ImageSegmentation/VISp_150"
FILTERED, RAW = f"{B}/running_speed/data", f"{B}/raw_running_speed/data"
SPEEDS = (FILTERED, RAW)
EYE, PUPIL = f"{B}/eye_ellipses", f"{B}/PupilTracking"
PLANE = "general/optophysiology/VISp_150"
#: A frame of the eye camera without a blink.
OPEN = 5
#: Rows of trials, and of a flash that repeats the image before it.
AUTO, ABORTED, HIT, CATCH, MISS, FLASH, CHANGE, OMITTED = 0, 1, 6, 12, 17, 11, 5, 33
#: Seconds by which frames of the eye camera are late when every 900th takes 0.05 s longer.
LATE = 0.05 * np.cumsum(np.arange(13914) % 900 == 899)

MOVIE = 500
SESSION_TYPES = (f"{B}/session_metadata/session_type", f"{B}/task_parameters/session_type")
OTHER_SET = "OPHYS_4_images_B"
#: Volumes of rewards, and areas of ellipses, in every place that tells them.
VOLUMES = (
    "events/rewards/volume",
    f"{T}/reward_volume",
    f"{B}/task_parameters/reward_volume",
    f"{B}/task_parameters/auto_reward_volume",
)
AREAS = (f"{EYE}/eye_area", f"{EYE}/cr_area", f"{PUPIL}/pupil_area")
#: What has the delay of the monitor, and the frames and times of presentations.
ON_THE_MONITOR = (f"{P}/start_time", f"{P}/stop_time", f"{T}/change_time")
FRAMES, TIMES = ("start_frame", "end_frame"), ("start_time", "stop_time")


def spacing(side: float, unit: str) -> Edit:
    """A pixel of the first plane has this side in this unit."""

    def edit(file: h5py.File) -> None:
        if "grid_spacing" in file[PLANE]:  # a converted session has it, one of tests has not
            del file[PLANE]["grid_spacing"]
        file[f"{PLANE}/grid_spacing"] = [side, side]
        file[f"{PLANE}/grid_spacing"].attrs["unit"] = unit

    return edit


def still_pupil(file: h5py.File) -> None:
    """The camera hung: the pupil's center stands still for four minutes."""
    centers = file[f"{B}/EyeTracking/pupil_tracking/data"]
    centers[2000:9000] = np.nanmedian(centers[()], axis=0)


def average_as_maximum(file: h5py.File) -> None:
    """The maximum projection is stored as the average image as well."""
    images = file[f"{OPHYS}/projections_VISp_150"]
    if "average_image" in images:
        images["average_image"][...] = images["max_projection"][()]
        return
    images.copy("max_projection", "average_image")  # a session of tests has the maximum alone
    images["average_image"].attrs["object_id"] = str(uuid.uuid5(uuid.NAMESPACE_DNS, images.name))


def born(instant: str) -> Edit:
    """The mouse was born then."""

    def edit(file: h5py.File) -> None:
        file["general/subject/date_of_birth"] = instant

    return edit


def reward_added(row: int, time: float, factor: float = 1.0) -> Edit:
    """The table of rewards has one more row, like another but at another time."""

    def edit(file: h5py.File) -> None:
        order = np.argsort(np.append(file["events/rewards/timestamp"][()], time), kind="stable")
        for name in ("id", "timestamp", "volume", "auto_rewarded"):
            remade(f"events/rewards/{name}", lambda values: np.append(values, values[row])[order])(file)
        file["events/rewards/timestamp"][np.flatnonzero(order == len(order) - 1)[0]] = time

    return edit


def aborted_without_lick(file: h5py.File) -> None:
    """An aborted trial lacks a lick in both tables."""
    start, after = file[f"{T}/start_time"][ABORTED : ABORTED + 2]
    times, ends = file[f"{T}/lick_timestamps"][()], file[f"{T}/lick_timestamps_index"][()]
    lost = ends[ABORTED] - ends[ABORTED - 1]
    outside = np.r_[0 : ends[ABORTED - 1], ends[ABORTED] : len(times)]
    file[f"{T}/lick_timestamps_index"][ABORTED:] = ends[ABORTED:] - lost
    licks = file["events/licks/timestamp"][()]
    kept = (licks <= start) | (licks > after)
    for name in ("id", "timestamp", "frame"):
        remade(f"events/licks/{name}", lambda values: values[kept])(file)
    index = file[f"{T}/lick_timestamps_index"]
    remade(f"{T}/lick_timestamps", lambda values: values[outside])(file)
    index.attrs["target"] = file[f"{T}/lick_timestamps"].ref


#: What the schema or NWB Inspector may notice as well, or what only nwbgate's own tables hold.
SESSION: list[Fault] = [
    ("columns.column_is_present", without_column(T, "change_time")),
    ("columns.values_are_of_their_type", remade(f"{T}/reward_volume", lambda values: ["none"] * len(values))),
    ("clocks.timestamps_are_numbers", put(f"{B}/stimulus_timestamps/timestamps", 300, np.nan)),
    ("clocks.timestamps_increase", swap(f"{B}/EyeTracking/eye_tracking/timestamps", 10, 11)),
    ("clocks.timestamps_increase", copy(f"{DFF}/timestamps", 50, 49)),
    ("clocks.events_are_distinct", together(*(copy(f"events/licks/{name}", 1, 0) for name in ("timestamp", "frame")))),
    ("clocks.few_gaps", add(f"{B}/EyeTracking/eye_tracking/timestamps", ..., LATE)),
    ("planes.groups_take_turns", remade(f"{OPHYS}/imaging_planes/imaging_plane_group", lambda groups: 1 - groups)),
    ("planes.groups_take_turns", put(f"{OPHYS}/imaging_planes/imaging_plane_group_count", ..., 4.0)),
    ("planes.groups_share_clocks", put(f"{OPHYS}/imaging_planes/imaging_plane_group", ..., 0.0)),
    ("planes.groups_share_clocks", add(f"{OPHYS}/DfOverF/VISl_75/timestamps", ..., 0.0934)),
    ("planes.plane_is_named_for_its_place", put(f"{OPHYS}/imaging_planes/targeted_imaging_depth", 0, 300)),
    ("series.times_are_in_seconds", attribute(f"{B}/running_speed/timestamps", "unit", "milliseconds")),
    ("series.as_long_as_its_timestamps", remade(f"{B}/running_speed/data", lambda values: values[:-1])),
    ("series.unit_is_as_described", attribute("acquisition/v_sig/data", "unit", "meters")),
    ("series.as_wide_as_its_regions", remade(f"{DFF}/data", lambda values: np.c_[values, values[:, 0] + 1])),
    ("trials.is_change_follows_kind", put(f"{T}/is_change", AUTO, False)),
    ("trials.times_in_order", put(f"{T}/start_time", 5, 340.0)),
    ("trials.times_in_order", put(f"{T}/stop_time", MISS, 410.0)),
    ("trials.length_is_stop_minus_start", add(f"{T}/trial_length", 3, 0.01)),
    ("trials.image_names_follow_kind", put(f"{T}/change_image_name", CATCH, "im077")),
    ("trials.response_latency_is_first_lick", put(f"{T}/response_latency", CATCH, 0.0)),
    ("trials.response_time_is_first_lick", add(f"{T}/response_time", HIT, 0.2)),
    ("trials.response_has_lick_in_window", put(f"{B}/task_parameters/response_window_sec", 0, [0.01, 0.05])),
    ("trials.trial_image_has_template", put(f"{T}/change_image_name", HIT, "im999")),
    ("trials.change_is_marked", put(f"{P}/is_sham_change", slice(None), False)),
    ("trials.change_image_is_shown", put(f"{T}/change_image_name", MISS, "im077")),
    ("licks.licks_within_stimulus", put("events/licks/timestamp", 107, 9999.0)),
    ("rewards.rewards_within_stimulus", put("events/rewards/timestamp", 0, -3.0)),
    ("stimulus_presentations.in_order", copy(f"{P}/start_time", FLASH, FLASH - 2)),
    ("stimulus_presentations.in_order", copy(f"{P}/stop_time", FLASH, FLASH - 1)),
    (
        "stimulus_presentations.overlap_only_at_last_omission",
        together(add(f"{P}/stop_time", 0, 0.1), add(f"{P}/duration", 0, 0.1)),
    ),
    (
        "stimulus_presentations.flash_as_long_as_the_task_says",
        put(f"{B}/task_parameters/stimulus_duration_sec", 0, 0.5),
    ),
    ("stimulus_presentations.no_change_on_omission", put(f"{P}/is_sham_change", OMITTED, True)),
    ("stimulus_presentations.image_has_template", put(f"{P}/image_name", FLASH, "im999")),
    ("stimulus_presentations.omission_is_named_omitted", put(f"{P}/omitted", FLASH, True)),
    ("series_rois.roi_has_one_column", copy(f"{DFF}/rois", 4, 3)),
    ("series.regions_exist", put(f"{DFF}/rois", 4, 99)),
    (
        "masks.mask_inside_field",
        together(
            put(f"{OPHYS}/imaging_planes/field_of_view_width", 0, 84),
            remade("general/optophysiology/VISp_150/description", lambda text: text.replace(b"96 x", b"84 x")),
        ),
    ),
    ("cells.box_is_around_mask", add(f"{ROIS}/x", 0, 1)),
    ("cells.roi_once", copy(f"{ROIS}/id", 1, 0)),
    ("cells.specimen_once", copy(f"{ROIS}/cell_specimen_id", 4, 2)),
    ("session.session_type_is_one", put(f"{B}/task_parameters/session_type", 0, "OPHYS_3_images_A")),
]
