"""An imaging plane as the pipeline leaves it: cells, traces, motion, projections."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.extras import import_extra
from nwbgate.samples.rig.session import SamplePlane, SampleSession
from nwbgate.samples.rig.sync_recording import imaging_frames
from nwbgate.storage.safe_files.atomic import write_whole
from nwbgate.storage.safe_files.disk import new_hdf5

FloatArray = npt.NDArray[np.float64]

#: Size of a pixel in micrometers.
PIXEL = 0.78125
#: Frames in which dF/F falls to 1/e after an event; it jumps by the size of the event in its frame.
DECAY = 15
#: Regions of interest that are not cells.
INVALID = (2, 5)


@dataclass(frozen=True)
class PlaneData:
    """Everything that is known of a plane.

    Attributes
    ----------
    roi_ids, specimen_ids : list of int
        Identifiers of the regions of interest, ascending.
    boxes : list of tuple of int
        x, y, width and height of each region.
    masks : list of numpy.ndarray
        Cropped mask of each region.
    traces : dict of str to numpy.ndarray
        dff, demixed, neuropil, corrected and events, each of shape (rois, frames).
    values : dict of str to numpy.ndarray
        r, RMSE, lambdas and noise_stds, each of shape (rois,).
    shifts : numpy.ndarray
        Shape (frames, 2), pixels along x and y.
    projections : dict of str to numpy.ndarray
        max and average.
    """

    roi_ids: list[int]
    specimen_ids: list[int]
    boxes: list[tuple[int, int, int, int]]
    masks: list[npt.NDArray[np.bool_]]
    traces: dict[str, FloatArray]
    values: dict[str, FloatArray]
    shifts: npt.NDArray[np.int64]
    projections: dict[str, npt.NDArray[np.uint8]]


def plane_data(session: SampleSession, plane: SamplePlane) -> PlaneData:
    """Return the made-up data of a plane."""
    rng = np.random.default_rng(plane.experiment)
    frames = len(imaging_frames(session, plane.group))
    boxes, masks = _regions(session, rng)
    r = rng.uniform(0.2, 0.9, session.rois)
    first, rois = plane.experiment % 10**7 * 1000, session.rois
    ids = list(range(first, first + rois))
    return PlaneData(
        roi_ids=ids,
        specimen_ids=rng.permutation(np.arange(rois) + first + 10**11).tolist(),
        boxes=boxes,
        masks=masks,
        traces=_traces((rois, frames), r, rng, single=plane.group is not None),
        values={
            "r": r, "RMSE": rng.uniform(0.01, 0.1, rois),
            "lambdas": rng.uniform(0.02, 0.1, rois), "noise_stds": rng.uniform(0.03, 0.08, rois),
        },
        shifts=np.round(rng.normal(0, 2, (frames, 2))).astype(np.int64),
        projections=_projections(session, boxes, masks, rng),
    )  # fmt: skip


def _regions(
    session: SampleSession, rng: np.random.Generator
) -> tuple[list[tuple[int, int, int, int]], list[npt.NDArray[np.bool_]]]:
    (height_of_view, width_of_view), boxes, masks = session.pixels, [], []
    for _ in range(session.rois):
        width, height = (int(side) for side in rng.integers(8, 15, 2))
        rows, columns = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        left, top = int(rng.integers(0, width_of_view - width + 1)), int(rng.integers(0, height_of_view - height + 1))
        boxes.append((left, top, width, height))
        # A little more than an ellipse, so that it touches all sides of its box.
        masks.append(np.asarray(rows**2 + columns**2 <= 1.01 + 1 / (min(width, height) - 1) ** 2, dtype=bool))
    return boxes, masks


def _traces(shape: tuple[int, int], r: FloatArray, rng: np.random.Generator, *, single: bool) -> dict[str, FloatArray]:
    """Return consistent traces: demixed, neuropil, corrected, dF/F and events."""
    events = np.where(rng.random(shape) < 0.01, rng.gamma(2.0, 0.15, shape), 0.0)
    dff = _responses(events) + rng.normal(0, 0.05, shape)
    neuropil = 300 + 20 * np.sin(np.arange(shape[1]) / 200) + rng.normal(0, 3, shape)
    corrected = 500 * (1 + dff)
    found = {"dff": dff, "events": events, "neuropil": neuropil, "corrected": corrected}
    found["demixed"] = corrected + r[:, None] * neuropil
    return {name: values.astype(np.float32).astype(np.float64) if single else values for name, values in found.items()}


def _responses(events: FloatArray) -> FloatArray:
    """Return decaying responses to events."""
    responses = np.zeros_like(events)  # numpy.convolve rounds as the processor's instructions do
    for frame, height in enumerate(np.exp(-np.arange(60) / DECAY)):
        responses[:, frame:] += height * events[:, : events.shape[1] - frame]
    return responses


def _projections(
    session: SampleSession,
    boxes: list[tuple[int, int, int, int]],
    masks: list[npt.NDArray[np.bool_]],
    rng: np.random.Generator,
) -> dict[str, npt.NDArray[np.uint8]]:
    average = rng.normal(40, 4, session.pixels)
    for (x, y, width, height), mask in zip(boxes, masks, strict=True):
        average[y : y + height, x : x + width] += 60 * mask
    brightest = average * 1.6 + rng.normal(0, 5, average.shape)
    return {name: np.clip(image, 0, 255).astype(np.uint8) for name, image in (("max", brightest), ("average", average))}


def write_plane(folder: Path, session: SampleSession, plane: SamplePlane) -> dict[str, Any]:
    """Write the files of a plane and return its facts, with relative paths."""
    name = f"ophys_experiment_{plane.experiment}"
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    data, dtype = plane_data(session, plane), np.dtype(np.float64 if plane.group is None else np.float32)
    order = np.random.default_rng(plane.experiment + 1).permutation(session.rois)
    ids = np.array(data.roi_ids)[order]
    names = ids if plane.group is None else np.array([str(one).encode() for one in ids])
    files = {
        "dff_file": (f"{plane.experiment}_dff.h5", {"data": data.traces["dff"][order]}, ids),
        "demix_file": (f"{plane.experiment}_demixed_traces.h5", {"data": data.traces["demixed"][order]}, names),
        "neuropil_file": ("neuropil_traces.h5", {"data": data.traces["neuropil"][order]}, names),
        "neuropil_corrected_file": (
            "neuropil_correction.h5",
            {"FC": data.traces["corrected"][order], "r": data.values["r"][order], "RMSE": data.values["RMSE"][order]},
            ids,
        ),
        "events_file": (f"{plane.experiment}_event.h5", _events(data, plane), np.array(_with_events(data, plane))),
    }
    for file_name, arrays, roi_names in files.values():
        _write_traces(home / file_name, arrays, roi_names, dtype)
    _write_shifts(home / f"{plane.experiment}_rigid_motion_transform.csv", data.shifts)
    for file_name, image in (("maxInt_a13a.png", "max"), ("avgInt_a1X.png", "average")):
        import_extra("PIL.Image", "rig").fromarray(data.projections[image]).save(home / file_name)
    return {
        "ophys_experiment_id": plane.experiment,
        "container_id": plane.container,
        "movie_height": session.pixels[0],
        "movie_width": session.pixels[1],
        "surface_2p_pixel_size_um": PIXEL,
        "targeted_structure": plane.structure,
        "targeted_depth": plane.depth,
        "imaging_plane_group": plane.group,
        "plane_group_count": session.groups,
        "max_projection_file": f"{name}/maxInt_a13a.png",
        "average_intensity_projection_image_file": f"{name}/avgInt_a1X.png",
        "rigid_motion_transform_file": f"{name}/{plane.experiment}_rigid_motion_transform.csv",
        **{fact: f"{name}/{file_name}" for fact, (file_name, _, _) in files.items()},
        "cell_specimen_table_dict": _cell_table(data, order),
    }


def _with_events(data: PlaneData, plane: SamplePlane) -> list[int]:
    """Return the regions included in the event detection."""
    return data.roi_ids if plane.group is None else data.roi_ids[:-1]


def _events(data: PlaneData, plane: SamplePlane) -> dict[str, FloatArray]:
    count = len(_with_events(data, plane))
    values = {name: data.values[name][:count] for name in ("lambdas", "noise_stds")}
    return {"events": data.traces["events"][:count], **values}


def _write_traces(path: Path, arrays: dict[str, FloatArray], roi_names: npt.NDArray[Any], dtype: np.dtype[Any]) -> None:
    with new_hdf5(path) as file:
        for name, values in arrays.items():
            file[name] = values.astype(dtype) if values.ndim == 2 else values
        file["roi_names"] = roi_names


def _write_shifts(path: Path, shifts: npt.NDArray[np.int64]) -> None:
    rows = [f"{frame},{x},{y},0.8" for frame, (x, y) in enumerate(shifts.tolist())]
    write_whole(path, [("\n".join(["framenumber,x,y,correlation", *rows]) + "\n").encode()])


def _cell_table(data: PlaneData, order: npt.NDArray[np.int64]) -> dict[str, dict[str, Any]]:
    """Return the table of ROIs by column and row, unordered."""
    rows = {
        str(row): {
            "cell_roi_id": data.roi_ids[row],
            "cell_specimen_id": data.specimen_ids[row],
            **dict(zip(("x", "y", "width", "height"), data.boxes[row], strict=True)),
            "max_correction_up": 9.0,
            "max_correction_down": 7.0,
            "max_correction_left": 5.0,
            "max_correction_right": 11.0,
            "valid_roi": row not in INVALID,
            "mask_image_plane": 0,
            "roi_mask": data.masks[row].tolist(),
        }
        for row in order.tolist()
    }
    columns = next(iter(rows.values()))
    return {name: {row: values[name] for row, values in rows.items()} for name in columns}
