"""Simulated sessions in public release form: one NWB file per plane."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.screen_warp import unwarp_image, warp_image
from nwbgate.samples.rig import truth
from nwbgate.samples.rig.image_set import images
from nwbgate.samples.rig.imaging import INVALID, PIXEL, plane_data
from nwbgate.samples.rig.session import IMAGE_SET, SamplePlane, SampleSession
from nwbgate.samples.rig.sessions_folder import GEOMETRY
from nwbgate.samples.rig.sync_recording import GROUP_RATE, SINGLE_RATE, imaging_frames
from nwbgate.samples.rig.task import SHOWN
from nwbgate.storage.safe_files.disk import new_hdf5

_OPHYS = "processing/ophys"


def make_released_files(folder: Path, session: SampleSession) -> list[Path]:
    """Write a session's released files and return the paths.

    Parameters
    ----------
    folder : pathlib.Path
        Made when it does not exist.
    session : SampleSession
        One of `SESSIONS`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not session.planes:
        path = folder / f"behavior_session_{session.number}.nwb"
        _write(path, session, None)
        return [path]
    paths = [folder / f"behavior_ophys_experiment_{plane.experiment}.nwb" for plane in session.planes]
    for path, plane in zip(paths, session.planes, strict=True):
        _write(path, session, plane)
    return paths


def _write(path: Path, session: SampleSession, plane: SamplePlane | None) -> None:
    with new_hdf5(path) as file:
        _write_session(file, session, plane)
        _write_task_parameters(file, session)
        _write_behavior(file, session)
        _write_tables(file, session)
        _write_eye_tracking(file, session)
        if not session.gratings:
            _write_templates(file, session)
        if plane is not None:
            _write_plane(file, session, plane)


def _put(file: h5py.File, values: Mapping[str, Any]) -> None:
    """Write values by path; texts as NWB has them."""
    for path, value in values.items():
        data = np.asarray(value)
        if data.dtype.kind in "UO":
            file.create_dataset(path, data=data.astype(object), dtype=h5py.string_dtype())
        else:
            file.create_dataset(path, data=data)


def _write_session(file: h5py.File, session: SampleSession, plane: SamplePlane | None) -> None:
    start = datetime.fromisoformat(session.start)
    zone = ZoneInfo("America/Los_Angeles") if start.microsecond else UTC
    said = start.replace(tzinfo=zone).astimezone(UTC).isoformat()
    file.attrs.update(
        {"neurodata_type": "NWBFile", "namespace": "core", "nwb_version": "2.6.0", "object_id": session.uuid}
    )
    number = session.number if plane is None else plane.experiment
    _put(
        file,
        {
            "identifier": str(number), "session_description": session.stage, "session_start_time": said,
            "timestamps_reference_time": said, "general/institution": "Allen Institute for Brain Science",
            "general/experiment_description": "Made up.", "general/subject/subject_id": session.mouse,
            "general/subject/sex": session.sex, "general/subject/age": f"{session.age}D",
            "general/subject/species": "Mus musculus",
            "general/subject/genotype": session.genotype,
        },
    )  # fmt: skip
    file["general/subject"].attrs.update({"driver_line": list(session.drivers), "reporter_line": session.reporter})
    about: dict[str, Any] = {
        "neurodata_type": "BehaviorMetadata", "behavior_session_id": session.number,
        "behavior_session_uuid": session.uuid, "equipment_name": session.rig, "session_type": session.stage,
        "project_code": "VisualBehaviorMultiscope" if session.groups else "VisualBehavior", "stimulus_frame_rate": 60.0,
    }  # fmt: skip
    if plane is not None:
        about |= {
            "neurodata_type": "OphysBehaviorMetadata", "ophys_experiment_id": plane.experiment,
            "ophys_session_id": session.number + 1, "ophys_container_id": plane.container,
            "imaging_depth": plane.depth, "targeted_imaging_depth": plane.depth,
            "imaging_plane_group": -1 if plane.group is None else plane.group,
            "imaging_plane_group_count": session.groups, "field_of_view_height": session.pixels[0],
            "field_of_view_width": session.pixels[1],
        }  # fmt: skip
    file.create_group("general/metadata").attrs.update(about)
    file.create_group(f"general/devices/{session.rig}")


def _write_task_parameters(file: h5py.File, session: SampleSession) -> None:
    kind = "grating" if session.gratings else "images"
    shown = len(session.task.flashes)
    file.create_group("general/task_parameters").attrs.update(
        {
            "session_type": session.stage, "stimulus": kind,
            "stimulus_name": "grating" if session.gratings else IMAGE_SET.split(".")[0],
            "stimulus_duration_sec": 0.25, "blank_duration_sec": ["0.5", "0.5"],
            "response_window_sec": ["0.15", "0.75"],
            "omitted_flash_fraction": 0.08 if session.task.omitted else np.nan,
            "reward_volume": 0.007, "auto_reward_volume": 0.005, "stimulus_distribution": "geometric",
            "task": "change detection", "n_stimulus_frames": shown * SHOWN,
        }
    )  # fmt: skip


def _write_behavior(file: h5py.File, session: SampleSession) -> None:
    times, run = truth.frame_times(session), truth.running(session)
    _put(file, {"processing/stimulus/timestamps/data": times, "processing/stimulus/timestamps/timestamps": times})
    for place, column in (
        ("processing/running/speed", "speed"), ("processing/running/speed_unfiltered", "raw_speed"),
        ("processing/running/dx", "dx"), ("acquisition/v_sig", "v_sig"), ("acquisition/v_in", "v_in"),
    ):  # fmt: skip
        _put(file, {f"{place}/data": run[column], f"{place}/timestamps": run["timestamps"]})
    licks, rewards = truth.licks(session), truth.rewards(session)
    if len(licks):
        place = "processing/licking/licks"
        _put(file, {f"{place}/data": licks["frame"], f"{place}/timestamps": licks["timestamps"]})
    if len(rewards):
        for name, column in (("volume", "volume"), ("autorewarded", "auto_rewarded")):
            place = f"processing/rewards/{name}"
            _put(file, {f"{place}/data": rewards[column], f"{place}/timestamps": rewards["timestamps"]})


def _write_tables(file: h5py.File, session: SampleSession) -> None:
    trials = truth.trials(session)
    licks = trials.pop("lick_times")
    # Without licks the release has one empty text, of the first trial.
    flat: Any = np.concatenate(licks.tolist()) if not session.passive else [""]
    ends = np.cumsum([len(row) for row in licks]) if not session.passive else np.ones(len(trials), dtype=np.int64)
    _write_table(file, "intervals/trials", trials.assign(lick_times=pd.Series(dtype=object)), lick_times=flat)
    _put(file, {"intervals/trials/lick_times_index": ends})
    for name, table in truth.presentations(session).items():
        # Where gray screens or movies are shown, truth values of flashes are numbers.
        numbers = {column: table[column].astype(float) for column in ("is_change", "omitted") if column in table}
        _write_table(file, f"intervals/{name}_presentations", table.assign(**numbers) if session.movie else table)


def _write_table(file: h5py.File, path: str, table: pd.DataFrame, **other: Any) -> None:
    values = {name: other[name] if name in other else table[name].to_numpy() for name in map(str, table)}
    _put(file, {f"{path}/{name}": value for name, value in values.items()} | {f"{path}/id": np.arange(len(table))})
    file[path].attrs["colnames"] = list(table)
    file[path].attrs["neurodata_type"] = "TimeIntervals"


def _write_eye_tracking(file: h5py.File, session: SampleSession) -> None:
    if session.planes:
        place = "processing/eye_tracking_rig_metadata/eye_tracking_rig_metadata"
        _put(file, {f"{place}/{name.removesuffix('_mm').removesuffix('_deg')}": GEOMETRY[name] for name in GEOMETRY})
        file[place].attrs["equipment"] = session.rig
    table = truth.eye_tracking(session)
    if table is None:
        return
    home = "acquisition/EyeTracking"
    _put(file, {f"{home}/likely_blink/data": table["likely_blink"]})
    _put(file, {f"{home}/eye_tracking/timestamps": table["timestamps"]})
    for short, name in (("eye", "eye_tracking"), ("cr", "corneal_reflection_tracking"), ("pupil", "pupil_tracking")):
        centers = table[[f"{short}_center_x", f"{short}_center_y"]].to_numpy()
        measures = {"area": "area", "area_raw": "area_raw", "width": "width", "height": "height", "angle": "phi"}
        _put(file, {f"{home}/{name}/data": centers})
        _put(file, {f"{home}/{name}/{ours}": table[f"{short}_{theirs}"] for ours, theirs in measures.items()})


def _write_templates(file: h5py.File, session: SampleSession) -> None:
    shown = images()
    place = f"stimulus/templates/{IMAGE_SET}"
    _put(
        file,
        {
            f"{place}/data": np.stack([warp_image(image) for image in shown.values()]),
            f"{place}/control": np.arange(len(shown)), f"{place}/control_description": list(shown),
            f"{place}/timestamps": np.full(len(shown), np.nan),
        },
    )  # fmt: skip
    stack = np.stack([unwarp_image(image) for image in shown.values()])
    file.create_dataset(f"{place}/unwarped", data=stack, chunks=(1, *stack.shape[1:]), compression="gzip")
    flashes = truth.presentations(session)[IMAGE_SET.split(".")[0]]
    drawn = flashes[~flashes["omitted"].astype(bool)]
    series = f"stimulus/presentation/{IMAGE_SET}"
    _put(file, {f"{series}/data": drawn["image_index"].astype(np.uint64), f"{series}/timestamps": drawn["start_time"]})


def _write_plane(file: h5py.File, session: SampleSession, plane: SamplePlane) -> None:
    data, times = plane_data(session, plane), imaging_frames(session, plane.group)
    valid = [row for row in range(session.rois) if row not in INVALID]
    height, width = session.pixels
    masks = np.zeros((len(valid), height, width), dtype=bool)
    for mask, row in zip(masks, valid, strict=True):
        x, y, columns, rows = data.boxes[row]
        mask[y : y + rows, x : x + columns] = data.masks[row]
    home = "general/optophysiology/imaging_plane_1"
    _put(
        file,
        {
            f"{home}/indicator": "GCaMP6f" if "GC6f" in session.reporter else "GCaMP6s",
            f"{home}/location": plane.structure, f"{home}/excitation_lambda": 910.0,
            f"{home}/imaging_rate": GROUP_RATE if session.groups else SINGLE_RATE,
            f"{home}/channel_1/emission_lambda": 520.0,
            f"{home}/description": f"({width}, {height}) field of view in {plane.structure} at depth {plane.depth} um",
        },
    )  # fmt: skip
    file[home].attrs["neurodata_type"] = "ImagingPlane"
    boxes = zip(*(data.boxes[row] for row in valid), strict=True)
    table = pd.DataFrame(
        {
            "cell_specimen_id": [data.specimen_ids[row] for row in valid],
            **dict(zip(("x", "y", "width", "height"), boxes, strict=True)),
            "max_correction_up": 9.0, "max_correction_down": 7.0, "max_correction_left": 5.0,
            "max_correction_right": 11.0, "valid_roi": True, "mask_image_plane": 0,
        }
    )  # fmt: skip
    cells = f"{_OPHYS}/image_segmentation/cell_specimen_table"
    _put(file, {f"{cells}/{name}": table[name].to_numpy() for name in table})
    _put(file, {f"{cells}/id": [data.roi_ids[row] for row in valid], f"{cells}/image_mask": masks})
    file[cells].attrs.update({"colnames": [*table, "image_mask"], "neurodata_type": "PlaneSegmentation"})
    for name, trace in (
        ("dff", "dff"), ("corrected_fluorescence", "corrected"), ("demixed_trace", "demixed"),
        ("neuropil_trace", "neuropil"),
    ):  # fmt: skip
        _write_rois(file, f"{_OPHYS}/{name}/traces", np.arange(len(valid)), times, data.traces[trace][valid].T)
    for name in ("r", "RMSE"):
        place = f"{_OPHYS}/corrected_fluorescence/{name}"
        _write_rois(file, place, np.arange(len(valid)), np.arange(len(valid)), data.values[name][valid])
    known = valid if plane.group is None else [row for row in valid if row != session.rois - 1]
    place = f"{_OPHYS}/event_detection"
    _write_rois(file, place, np.arange(len(known)), times, data.traces["events"][known].T)
    _put(file, {f"{place}/{name}": data.values[name][known] for name in ("lambdas", "noise_stds")})
    for axis, column in enumerate("xy"):
        place = f"{_OPHYS}/ophys_motion_correction_{column}"
        _put(file, {f"{place}/data": data.shifts[:, axis], f"{place}/timestamps": times})
    pictures = {
        "max_projection": data.projections["max"], "average_image": data.projections["average"],
        "segmentation_mask_image": masks.any(axis=0).astype(np.int64),
    }  # fmt: skip
    _put(file, {f"{_OPHYS}/images/{name}": pixels for name, pixels in pictures.items()})
    for name in pictures:
        file[f"{_OPHYS}/images/{name}"].attrs["resolution"] = PIXEL / 1e4


def _write_rois(file: h5py.File, place: str, rois: Any, times: Any, data: Any) -> None:
    _put(file, {f"{place}/data": data, f"{place}/timestamps": np.asarray(times, dtype=float), f"{place}/rois": rois})
    file[f"{place}/rois"].attrs["table"] = file[f"{_OPHYS}/image_segmentation/cell_specimen_table"].ref
