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
    exchange,
    own_timestamps,
    put,
    remade,
    scale,
    swap,
    together,
    transplant,
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


#: Times of stimulus frames, the start of the catch trial and two frames after the reward of the hit; its row.
IN_CATCH, AFTER_REWARD, EARNED = 389.63068, 363.62335, 5
#: What is wrong in the content, while every object is where and what the schema asks for: no other tool notices.
CONTENT: list[Fault] = [
    ("trials.one_outcome", put(f"{T}/miss", HIT, True)),
    ("trials.one_outcome", put(f"{T}/hit", HIT, False)),
    ("trials.outcome_fits_kind", together(put(f"{T}/correct_reject", CATCH, False), put(f"{T}/miss", CATCH, True))),
    ("trials.outcome_fits_kind", put(f"{T}/catch", CATCH, False)),
    ("trials.is_change_follows_kind", put(f"{T}/is_change", CATCH, True)),
    ("trials.image_names_follow_kind", put(f"{T}/change_image_name", HIT, "im065")),
    ("trials.change_at_presentation", add(f"{T}/change_time", ..., 0.1)),
    ("trials.change_at_presentation", add(f"{T}/change_time", MISS, 0.02)),
    ("trials.change_time_in_trial", put(f"{T}/change_time", HIT, np.nan)),
    ("trials.change_time_in_trial", put(f"{T}/change_time", ABORTED, 320.0)),
    ("licks.lick_is_at_its_frame", add("events/licks/timestamp", 60, 0.01)),
    ("licks.lick_is_at_its_frame", add("events/licks/timestamp", ..., 0.0361)),
    ("licks.lick_is_at_its_frame", add("events/licks/frame", ..., 600)),
    ("trials.lick_times_are_the_licks", add(f"{T}/lick_timestamps", 30, 0.01)),
    ("trials.response_latency_is_first_lick", add(f"{T}/response_latency", HIT, 0.2)),
    ("trials.hit_has_reward", put(f"{T}/reward_volume", HIT, 0.0)),
    ("rewards.reward_is_at_a_frame", add("events/rewards/timestamp", 5, 1.0)),
    ("stimulus_timestamps.stimulus_clock_is_of_the_session", add(f"{B}/stimulus_timestamps/timestamps", ..., 0.5)),
    ("stimulus_presentations.delay_is_of_the_rig", together(*(add(name, ..., 0.0361) for name in ON_THE_MONITOR))),
    ("stimulus_presentations.delay_is_of_the_rig", together(*(add(name, ..., -0.0361) for name in ON_THE_MONITOR))),
    ("stimulus_presentations.delay_is_of_the_rig", together(*(add(f"{P}/{name}", ..., 600) for name in FRAMES))),
    ("stimulus_presentations.start_is_at_its_frame", add(f"{P}/start_frame", FLASH, 1)),
    ("stimulus_presentations.start_is_at_its_frame", together(*(add(f"{P}/{t}", FLASH, 1 / 60) for t in TIMES))),
    ("stimulus_presentations.stop_is_at_its_frame", add(f"{P}/end_frame", FLASH, -1)),
    (
        "trials.trial_bounds_are_at_frames",
        together(add(f"{T}/start_time", MISS, 0.005), add(f"{T}/trial_length", MISS, -0.005)),
    ),
    ("trials.change_is_at_its_frame", add(f"{T}/change_frame", HIT, 1)),
    ("clocks.running_is_on_the_stimulus_clock", own_timestamps(f"{B}/running_speed", 600.0)),
    ("clocks.eye_tracking_covers_stimulus", add(f"{B}/EyeTracking/eye_tracking/timestamps", ..., 600.0)),
    ("clocks.eye_tracking_is_whole", scale(f"{B}/EyeTracking/eye_tracking/timestamps", 0.6)),
    ("clocks.timestamps_are_session_seconds", scale(f"{B}/EyeTracking/eye_tracking/timestamps", 1000.0)),
    ("clocks.timestamps_are_session_seconds", add(f"{DFF}/timestamps", ..., 1.5e9)),
    ("stimulus_presentations.is_change_follows_images", put(f"{P}/is_change", CHANGE, False)),
    ("stimulus_presentations.is_change_follows_images", put(f"{P}/is_change", FLASH, True)),
    ("stimulus_presentations.duration_is_stop_minus_start", add(f"{P}/duration", FLASH, 0.1)),
    ("filtered_speed.filtered_follows_raw", remade(FILTERED, lambda speed: 2 * speed)),
    ("filtered_speed.filtered_follows_raw", remade(FILTERED, lambda speed: -speed)),
    ("filtered_speed.filtered_follows_raw", remade(FILTERED, lambda speed: np.roll(speed, 30))),
    ("filtered_speed.filtered_follows_raw", remade(FILTERED, lambda speed: speed[::-1])),
    ("filtered_speed.filtered_follows_raw", put(FILTERED, slice(5000, 5100), 0.0)),
    ("filtered_speed.no_wrap_in_speed", put(RAW, 7000, -2060.0)),
    ("filtered_speed.mouse_runs_forward", together(*(remade(each, lambda speed: -speed) for each in SPEEDS))),
    ("wheel_speed.speed_is_of_the_wheel", remade(RAW, lambda speed: 1.5 * speed)),
    ("wheel_speed.speed_is_of_the_wheel", together(*(remade(each, lambda speed: speed / 100) for each in SPEEDS))),
    (
        "wheel_speed.speed_is_of_the_wheel",
        together(*(remade(each, lambda speed: np.roll(speed, 30)) for each in SPEEDS)),
    ),
    ("wheel_speed.speed_is_of_the_wheel", remade(f"{B}/running_wheel_rotation/data", np.deg2rad)),
    ("wheel_speed.speed_is_of_the_wheel", remade("acquisition/v_sig/data", lambda volts: volts[::-1])),
    ("encoder.encoder_has_supply", put("acquisition/v_in/data", ..., 0.0)),
    ("encoder.encoder_has_supply", put("acquisition/v_sig/data", ..., 2.5)),
    ("eye_ellipses.area_is_of_the_axes", put(f"{EYE}/eye_area/data", 200, 40_000.0)),
    ("eye_ellipses.area_is_of_the_axes", remade(f"{EYE}/cr_width/data", lambda width: 2 * width)),
    ("eye_ellipses.area_is_of_the_axes", add(f"{PUPIL}/pupil_area/data", ..., 1000.0)),
    ("eye_ellipses.area_is_the_raw_one", remade(f"{PUPIL}/pupil_area_raw/data", lambda area: np.roll(area, 1))),
    ("eye_ellipses.area_is_missing_on_blinks", put(f"{EYE}/likely_blink/data", ..., False)),
    ("eye_ellipses.area_is_missing_on_blinks", remade(f"{EYE}/likely_blink/data", np.logical_not)),
    ("eye_ellipses.area_is_missing_on_blinks", put(f"{EYE}/likely_blink/data", OPEN, True)),
    ("eye_ellipses.angle_within_a_turn", remade(f"{PUPIL}/pupil_phi/data", np.rad2deg)),
    ("eye_ellipses.pupil_is_in_the_eye", add(f"{B}/EyeTracking/pupil_tracking/data", ..., 300.0)),
    ("series.values_are_in_their_unit", attribute(f"{RAW}", "conversion", 0.01)),
    ("series.values_are_in_their_unit", attribute("acquisition/v_sig/data", "offset", 1.0)),
    ("optics.emission_fits_excitation", put(f"{PLANE}/green/emission_lambda", (), 1000.0)),
    ("optics.emission_fits_excitation", put(f"{PLANE}/green/emission_lambda", (), 910.0)),
    ("optics.wavelength_in_nanometers", put(f"{PLANE}/excitation_lambda", (), 9100.0)),
    ("optics.pixel_has_a_possible_size", spacing(0.78, "meters")),
    ("optics.pixel_has_a_possible_size", spacing(0.00078, "micrometers")),
    ("session.reference_time_is_the_start", put("timestamps_reference_time", (), "2019-09-20T10:59:38+00:00")),
    ("session.born_before_the_session", born("2019-12-01T00:00:00+00:00")),
    ("session.age_follows_from_birth", born("2019-03-01T00:00:00+00:00")),
    ("session.age_is_possible", put("general/subject/age", (), "P2060D")),
    ("session.ids_are_of_different_things", put(f"{B}/session_metadata/ophys_session_id", 0, 1900011010)),
    ("session.project_fits_the_planes", put(f"{B}/session_metadata/project_code", 0, "VisualBehavior")),
    ("planes.plane_has_its_own_ids", copy(f"{OPHYS}/imaging_planes/ophys_experiment_id", 1, 0)),
    ("eye_ellipses.ellipse_is_never_still", still_pupil),
    ("projection_images.projections_differ", average_as_maximum),
    ("cells.ids_are_positive", put(f"{ROIS}/cell_specimen_id", 2, 0)),
    ("cells.r_is_what_was_subtracted", put(f"{ROIS}/r", 2, np.nan)),
    ("trace_columns.dff_goes_below_zero", remade(f"{DFF}/data", lambda dff: np.maximum(dff, 0.0))),
    ("trace_columns.plane_has_events", put(f"{OPHYS}/DetectedEvents/VISp_150/data", ..., 0.0)),
    ("session.identifier_is_an_id_of_the_session", put("general/session_id", (), "1900011003")),
    ("task_parameters.stimulus_is_of_the_session_type", put(f"{B}/task_parameters/stimulus", 0, "grating")),
    ("task_parameters.stimulus_is_shown", put(f"{B}/task_parameters/stimulus_name", 0, "grating")),
    ("planes.group_is_one_of_the_count", put(f"{OPHYS}/imaging_planes/imaging_plane_group_count", 1, 4.0)),
    ("planes.plane_is_as_described", put(f"{PLANE}/description", (), "(96, 96) field of view in VISp at depth 175 um")),
    ("trials.no_response_without_lick_in_window", together(put(f"{T}/hit", HIT, False), put(f"{T}/miss", HIT, True))),
    ("trials.trial_once", copy(f"{T}/id", 5, 4)),
    ("trials.initial_image_is_shown", put(f"{T}/initial_image_name", HIT, "im085")),
    ("session.passive_has_no_rewards", together(*(put(name, 0, "OPHYS_2_images_A_passive") for name in SESSION_TYPES))),
    ("trials.only_hits_are_rewarded", put(f"{T}/reward_volume", CATCH, 0.007)),
    ("trials.auto_reward_is_given", put(f"{T}/reward_volume", AUTO, 0.0)),
    ("trials.trial_rewards_are_the_rewards", put(f"{T}/reward_volume", HIT, 0.014)),
    ("rewards.reward_is_of_a_trial", reward_added(0, IN_CATCH)),
    (
        "rewards.reward_is_given_once",
        together(put(f"{T}/reward_volume", HIT, 0.014), reward_added(EARNED, AFTER_REWARD)),
    ),
    ("trials.aborted_has_lick", aborted_without_lick),
    ("rewards.auto_reward_is_of_an_auto_trial", put("events/rewards/auto_rewarded", 0, False)),
    ("rewards.volume_is_of_the_task", put(f"{B}/task_parameters/auto_reward_volume", 0, 0.01)),
    ("stimulus_presentations.index_is_of_the_image", put(f"{P}/image_index", FLASH, 5)),
    ("stimulus_presentations.images_are_of_one_set", put(f"{P}/image_set", FLASH, "another set")),
    ("stimulus_presentations.novelty_is_of_the_image", put(f"{P}/is_image_novel", FLASH, True)),
    ("stimulus_presentations.flashes_since_change_count", add(f"{P}/flashes_since_change", FLASH, 1)),
    ("stimulus_presentations.trial_is_at_the_time", add(f"{P}/trials_id", FLASH, 1)),
    ("stimulus_presentations.active_is_in_the_task", put(f"{P}/active", MOVIE, True)),
    ("stimulus_presentations.blocks_follow_each_other", put(f"{P}/stimulus_block", FLASH, 2)),
    ("stimulus_presentations.movie_frames_follow_each_other", swap(f"{P}/movie_frame_index", MOVIE, MOVIE + 1)),
    ("stimulus_presentations.cadence_is_of_the_task", put(f"{B}/task_parameters/blank_duration_sec", 0, [0.6, 0.6])),
    ("stimulus_presentations.change_is_of_a_trial", put(f"{P}/is_sham_change", FLASH, True)),
    ("task_parameters.omissions_fit_their_fraction", put(f"{B}/task_parameters/omitted_flash_fraction", 0, np.nan)),
    (
        "task_parameters.drawn_frames_are_those_of_the_flashes",
        add(f"{B}/task_parameters/n_stimulus_frames", 0, 30),
    ),
    (
        "task_parameters.image_set_is_of_the_session_type",
        together(*(put(name, 0, OTHER_SET) for name in SESSION_TYPES)),
    ),
    ("task_parameters.reward_is_a_drop", together(*(scale(name, 1000) for name in VOLUMES))),
    ("template_images.template_is_not_empty", put(f"{TEMPLATES}/im065", ..., 0)),
    ("template_images.templates_differ", transplant(f"{TEMPLATES}/im061", f"{TEMPLATES}/im065")),
    (
        "template_images.versions_show_one_image",
        exchange(f"{TEMPLATES}_unwarped/im061", f"{TEMPLATES}_unwarped/im065"),
    ),
    ("shown_images.shown_is_presented", put(f"{SERIES}/data", 20, 7)),
    ("shown_images.shown_is_presented", add(f"{SERIES}/timestamps", ..., 0.75)),
    (
        "stimulus_presentations.presented_is_shown",
        together(*(remade(f"{SERIES}/{name}", lambda values: values[:-1]) for name in ("data", "timestamps"))),
    ),
    ("stimulus_presentations.trained_images_are_familiar", put(f"{P}/is_image_novel", ..., True)),
    ("trials.change_is_at_its_frame", put(f"{T}/change_frame", MISS, np.nan)),
    ("motion.motion_is_of_its_own_plane", transplant(f"{MOTION}_VISl_75/data", f"{MOTION}_VISp_150/data")),
    ("motion.plane_moves", put(f"{MOTION}_VISp_150/data", ..., 0)),
    ("cells.motion_bounds_are_counted", put(f"{ROIS}/max_correction_up", ..., 60.0)),
    ("cells.cells_are_valid", put(f"{ROIS}/valid_roi", 1, False)),
    ("cells.fits_have_possible_numbers", put(f"{ROIS}/RMSE", 1, -3.0)),
    ("cells.fits_have_possible_numbers", put(f"{ROIS}/lambda", 1, -0.5)),
    ("trace_columns.dff_is_not_clipped", remade(f"{DFF}/data", lambda dff: np.minimum(dff, 0.3))),
    (
        "projection_images.projections_differ",
        transplant(f"{OPHYS}/projections_VISl_75/max_projection", f"{OPHYS}/projections_VISp_150/max_projection"),
    ),
    ("eye_ellipses.ellipse_is_never_still", put(f"{EYE}/eye_phi/data", ..., 0.0)),
    (
        "eye_ellipses.ellipse_has_its_own_center",
        transplant(f"{B}/EyeTracking/eye_tracking/data", f"{B}/EyeTracking/pupil_tracking/data"),
    ),
    (
        "eye_ellipses.eye_is_open",
        together(put(f"{EYE}/likely_blink/data", ..., True), *(put(f"{name}/data", ..., np.nan) for name in AREAS)),
    ),
    ("trace_columns.trace_has_no_nan", put(f"{DFF}/data", (slice(100, 120), 2), np.nan)),
    ("trace_columns.trace_varies", put(f"{DFF}/data", (slice(None), 2), 0.0)),
    ("trace_columns.trace_is_not_another_rois", copy(f"{DFF}/data", (slice(None), 4), (slice(None), 3))),
    ("trace_partners.dff_is_of_its_own_roi", swap(f"{DFF}/data", 0, 1, axis=1)),
    ("masks.mask_has_pixels", put(f"{ROIS}/image_mask", 0, False)),
    ("cells.box_is_around_mask", swap(f"{ROIS}/image_mask", 0, 1)),
    ("cells.specimen_once", copy(f"{ROIS}/cell_specimen_id", 1, 0)),
    ("clocks.imaging_has_no_gaps", add(f"{DFF}/timestamps", slice(2000, None), 0.09337)),
    ("clocks.imaging_covers_stimulus", add(f"{DFF}/timestamps", ..., 3600.0)),
    ("session.lines_are_in_genotype", put(f"{B}/session_metadata/reporter_line", 0, "Ai94(TITL-GCaMP6s)")),
    ("planes.indicator_is_of_genotype", put("general/optophysiology/VISp_150/indicator", (), "GCaMP6s")),
]

#: What the schema or NWB Inspector may notice as well, or what only nwbgate's own tables hold.
SESSION: list[Fault] = [
    ("columns.column_is_present", without_column(T, "change_time")),
    ("columns.values_are_of_their_type", remade(f"{T}/reward_volume", lambda values: ["none"] * len(values))),
    ("clocks.timestamps_are_numbers", put(f"{B}/stimulus_timestamps/timestamps", 300, np.nan)),
    ("clocks.timestamps_increase", swap(f"{B}/EyeTracking/eye_tracking/timestamps", 10, 11)),
    ("clocks.timestamps_increase", copy(f"{DFF}/timestamps", 50, 49)),
    ("clocks.events_are_distinct", together(*(copy(f"events/licks/{name}", 1, 0) for name in ("timestamp", "frame")))),
    ("clocks.few_gaps", add(f"{B}/EyeTracking/eye_tracking/timestamps", ..., LATE)),
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
