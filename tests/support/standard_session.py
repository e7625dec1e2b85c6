"""A small file in layout ``standard``, written by PyNWB from the tables of a released one: two planes, all streams."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from hdmf.common import DynamicTable, VectorData
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.base import ImageReferences, Images
from pynwb.behavior import BehavioralTimeSeries, EyeTracking, PupilTracking, SpatialSeries
from pynwb.epoch import TimeIntervals
from pynwb.event import EventsTable
from pynwb.file import Subject
from pynwb.image import GrayscaleImage
from pynwb.ophys import DfOverF, Fluorescence, ImageSegmentation, OpticalChannel, RoiResponseSeries

from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release"
ACTIVE = RELEASED / "behavior_ophys_experiment_1900011010.nwb"
PASSIVE = RELEASED / "behavior_ophys_experiment_1900011210.nwb"
GRATINGS = RELEASED / "behavior_session_1900011401.nwb"
FLASHED = RELEASED / "behavior_session_1900011501.nwb"

PLANES = {"VISp_150": 0, "VISl_75": 1}


def write_standard(path: Path, frames: dict[str, pd.DataFrame]) -> Path:
    """Write the tables that `session_frames` read from `ACTIVE` as a standard file of two planes."""
    session, planes = frames["session"].iloc[0], frames["planes"].iloc[0]
    nwb = NWBFile(
        session_description=session.session_description,
        identifier="a standard session",
        session_start_time=datetime.fromisoformat(session.session_start_time),
        session_id=str(session.behavior_session_id),
        institution=session.institution,
        source_script=json.dumps({"parameters": {"timezone": "America/Los_Angeles"}}),
        source_script_file_name="nwbgate provenance",
    )
    nwb.subject = Subject(
        subject_id=session.subject_id,
        species=session.species,
        sex=session.sex,
        age=session.age,
        genotype=session.genotype,
    )
    behavior = nwb.create_processing_module("behavior", "Behavior and stimulus.")
    _tables(nwb, behavior, frames)
    with h5py.File(ACTIVE) as released:
        _behavior_series(nwb, behavior, released)
        _ophys(nwb, released, planes, frames["cells"])
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    return path


def _columns(frame: pd.DataFrame, skip: tuple[str, ...] = ()) -> list[VectorData]:
    return [
        VectorData(name=name, description="A column.", data=_stored(frame[name]))
        for name in frame.columns
        if name not in skip
    ]


def _stored(column: pd.Series) -> Any:
    """Nullable whole numbers as float64 with NaN, missing texts as empty ones, booleans as booleans."""
    if column.dtype == "Int64":
        return column.to_numpy(np.float64, na_value=np.nan)
    if column.dtype == "boolean":
        return column.fillna(False).to_numpy(bool)
    if column.dtype == object:
        return ["" if isinstance(value, float) else value for value in column]
    return column.to_numpy()


def _tables(nwb: NWBFile, behavior: Any, frames: dict[str, pd.DataFrame]) -> None:
    session = frames["session"]
    ids = ["behavior_session_id", "ophys_session_id", "session_type", "project_code", "equipment_name", "reporter_line"]
    behavior.add(
        DynamicTable(
            name="session_metadata", description="Ids.", columns=_columns(session[[*ids, "stimulus_frame_rate"]])
        )
    )
    task = frames["task_parameters"]
    behavior.add(DynamicTable(name="task_parameters", description="Settings of the task.", columns=_columns(task)))
    shown = frames["stimulus_presentations"].dropna(axis=1, how="all")
    nwb.add_time_intervals(
        TimeIntervals(name="stimulus_presentations", description="Flashes.", columns=_columns(shown))
    )
    trials = TimeIntervals(
        name="trials", description="Trials.", columns=_columns(frames["trials"], ("trials_id", "lick_times"))
    )
    trials.add_column("lick_timestamps", "Licks.", data=list(map(list, frames["trials"]["lick_times"])), index=True)
    nwb.trials = trials
    licks, rewards = frames["licks"], frames["rewards"]
    for name, table in (("licks", licks), ("rewards", rewards)):
        events = EventsTable(name=name, description=f"All {name}.")
        for row in table.itertuples():
            events.add_row(timestamp=row.timestamps)
        for column in table.columns.drop("timestamps"):
            events.add_column(column, "A column.", data=table[column].to_numpy())
        nwb.add_events_table(events)
    images = [
        GrayscaleImage(name=name, data=np.arange(16.0).reshape(4, 4) + number)  # no two images are alike
        for number, name in enumerate(frames["stimulus_templates"]["image_name"])
    ]
    order = ImageReferences(name="order_of_images", data=images)
    templates = Images(name="stimulus_images", images=images, description="Images.", order_of_images=order)
    nwb.add_stimulus_template(templates)


def _behavior_series(nwb: NWBFile, behavior: Any, released: h5py.File) -> None:
    running = released["processing/running"]
    times = running["speed/timestamps"][()]
    frame = TimeSeries(name="stimulus_timestamps", data=np.arange(len(times)), unit="n.a.", timestamps=times)
    behavior.add(frame)
    for name, source, unit in (
        ("running_speed", "processing/running/speed", "cm/s"),
        ("raw_running_speed", "processing/running/speed_unfiltered", "cm/s"),
        ("running_wheel_rotation", "processing/running/dx", "degrees"),
    ):
        behavior.add(TimeSeries(name=name, data=released[source]["data"][()], unit=unit, timestamps=frame))
    for name in ("v_sig", "v_in"):
        nwb.add_acquisition(
            TimeSeries(name=name, data=released["acquisition"][name]["data"][()], unit="volts", timestamps=frame)
        )
    eye = released["acquisition/EyeTracking"]
    tracking, pupil = EyeTracking(), PupilTracking()
    ellipses = BehavioralTimeSeries(name="eye_ellipses")
    for container in (tracking, pupil, ellipses):
        behavior.add(container)
    clock: Any = eye["eye_tracking/timestamps"][()]
    for short, name in (("eye", "eye_tracking"), ("cr", "corneal_reflection_tracking"), ("pupil", "pupil_tracking")):
        center = SpatialSeries(
            name=name, data=eye[name]["data"][()], unit="pixels", timestamps=clock, reference_frame="camera"
        )
        tracking.add_spatial_series(center)
        clock = center if short == "eye" else clock
        home = pupil if short == "pupil" else ellipses
        for ours, theirs, unit in (
            ("area", "area", "square pixels"), ("area_raw", "area_raw", "square pixels"),
            ("width", "width", "pixels"), ("height", "height", "pixels"), ("phi", "angle", "radians"),
        ):  # fmt: skip
            home.add_timeseries(
                TimeSeries(name=f"{short}_{ours}", data=eye[name][theirs][()], unit=unit, timestamps=clock)
            )
    blink = eye["likely_blink/data"][()]
    ellipses.add_timeseries(TimeSeries(name="likely_blink", data=blink, unit="n.a.", timestamps=clock))


def _ophys(nwb: NWBFile, released: h5py.File, planes: pd.Series, cells: pd.DataFrame) -> None:
    source = released["processing/ophys"]
    ophys = nwb.create_processing_module("ophys", "Imaging.")
    segmentation, dff = ImageSegmentation(), DfOverF()
    names = ("CorrectedFluorescence", "DemixedFluorescence", "NeuropilFluorescence", "DetectedEvents")
    containers = [dff, *(Fluorescence(name=name) for name in names)]
    for container in (segmentation, *containers):
        ophys.add(container)
    traces = ("dff/traces", "corrected_fluorescence/traces", "demixed_trace/traces", "neuropil_trace/traces")
    times = source["dff/traces/timestamps"][()]
    device = nwb.create_device("MESO.1")
    for plane, group in PLANES.items():
        structure, _, depth = plane.partition("_")
        channel = OpticalChannel(name="green", description="Green.", emission_lambda=520.0)
        imaging = nwb.create_imaging_plane(
            name=plane, optical_channel=channel, description=f"{structure} at {depth} um.", device=device,
            excitation_lambda=910.0, indicator=planes.indicator, location=structure, imaging_rate=11.0,
        )  # fmt: skip
        table = segmentation.create_plane_segmentation(
            name=plane,
            description="ROIs.",
            imaging_plane=imaging,
            id=(cells["cell_roi_id"] + group * 10**6).tolist(),
            columns=[
                *_columns(cells, ("plane", "cell_roi_id", "mask_status", "cell_specimen_id")),
                VectorData(
                    name="cell_specimen_id",
                    description="Cell.",
                    data=(cells["cell_specimen_id"] + group * 10**6).fillna(-1).to_numpy(np.int64),
                ),
                VectorData(
                    name="image_mask",
                    description="Masks.",
                    data=source["image_segmentation/cell_specimen_table/image_mask"][()],
                ),
            ],
        )
        clock: Any = times + group * 0.04669
        rois = table.create_roi_table_region("All ROIs.", region=list(range(len(cells))))
        for container, path in zip(containers, (*traces, "event_detection"), strict=True):
            unit = "n.a." if container is dff or container.name == "DetectedEvents" else "a.u."
            series = RoiResponseSeries(
                name=plane, data=source[path]["data"][()], rois=rois, unit=unit, timestamps=clock
            )
            container.add_roi_response_series(series)
            clock = series if container is dff else clock
        shifts = np.column_stack([source[f"ophys_motion_correction_{axis}/data"][()] for axis in "xy"])
        shifts = np.roll(shifts, group, axis=0)  # no two planes move alike
        ophys.add(TimeSeries(name=f"motion_correction_{plane}", data=shifts, unit="pixels", timestamps=clock))
        projection = np.roll(source["images/max_projection"][()], group, axis=0)  # no two planes look the same
        images = [GrayscaleImage(name="max_projection", data=projection)]
        ophys.add(Images(name=f"projections_{plane}", images=images, description="Projections."))
    ids = {
        "plane": list(PLANES), "ophys_experiment_id": [1900011010, 1900011012],
        "ophys_container_id": [1018028300, 1018028302], "imaging_depth": [150, 75], "targeted_imaging_depth": [150, 75],
        "imaging_plane_group": [0.0, 1.0], "imaging_plane_group_count": [2.0, 2.0],
        "field_of_view_width": [96, 96], "field_of_view_height": [96, 96],
    }  # fmt: skip
    ophys.add(DynamicTable(name="imaging_planes", description="Ids of planes.", columns=_columns(pd.DataFrame(ids))))
