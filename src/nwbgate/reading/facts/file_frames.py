"""A file as frames for rules: session tables and summaries of arrays."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import h5py
import pandas as pd

from nwbgate.reading.facts.any_file.frames import ANY_FILE, any_file_frames
from nwbgate.reading.facts.behavior.eye import eye_frame
from nwbgate.reading.facts.behavior.running import running_frames
from nwbgate.reading.facts.imaging.event_partners import event_partners
from nwbgate.reading.facts.imaging.masks import mask_frame
from nwbgate.reading.facts.imaging.motion import motion_frame
from nwbgate.reading.facts.imaging.optics import optics_frame
from nwbgate.reading.facts.imaging.planes import plane_names
from nwbgate.reading.facts.imaging.projections import projection_frame
from nwbgate.reading.facts.imaging.trace_partners import trace_partners
from nwbgate.reading.facts.imaging.traces import trace_columns
from nwbgate.reading.facts.recording.spike_responses import spike_response_frame
from nwbgate.reading.facts.recording.units import spike_frame
from nwbgate.reading.facts.recording.voltages import voltage_frame
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.facts.rigs import rig_frame
from nwbgate.reading.facts.series import SeriesContents, SeriesHome, contents, homes, per_roi, series_frames
from nwbgate.reading.facts.stimulus.clock import off_stimulus
from nwbgate.reading.facts.stimulus.images import shown_frame, template_frame
from nwbgate.reading.format.dynamic_table import Values, read_numbers
from nwbgate.reading.format.file_layout import FileLayout, file_layout
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.reading.format.session_table import Found, find_table
from nwbgate.storage.hdf5 import dataset_at, group_at, open_nwb_file

#: Tables that are read whole for the rules; wide ones (traces, eye, running, images) appear as summaries.
SMALL_TABLES = (
    "session", "task_parameters", "trials", "stimulus_presentations", "stimulus_templates", "stimulus_timestamps",
    "licks", "rewards", "eye_tracking_rig_geometry", "source_agreement", "planes", "cells", "electrodes",
)  # fmt: skip

#: Most frames of a stimulus clock that is read whole, 23 hours of a monitor of 60 Hz; rules about a longer one are not
#: run.
_MOST_FRAMES = 5_000_000

#: Summaries that need one walk over the file, and those that read the traces.
_SERIES = ("series", "clocks", "series_rois")
_TRACES = ("trace_columns", "trace_partners", "event_partners")
_RUNNING = ("filtered_speed", "wheel_speed", "encoder")
_IMAGES = ("template_images", "shown_images")
_RECORDED = ("voltages", "spike_responses")
_OTHERS = ("eye_ellipses", "optics", "masks", "projection_images", "motion", "spikes", "columns", "rigs")
FRAMES = (*SMALL_TABLES, *_SERIES, *_TRACES, *_RUNNING, *_IMAGES, *_RECORDED, *_OTHERS, *ANY_FILE)


@dataclass(frozen=True)
class _Inside:
    """An open file, its layout, and the content found in one walk."""

    file: h5py.File
    kind: FileLayout
    layout: LayoutName
    planes: dict[str, str]
    contents: SeriesContents

    @cached_property
    def trains(self) -> Values | None:
        """Spike times of each unit, read once for all summaries; None without units."""
        units = group_at(self.file, "/units")
        return None if units is None else read_numbers(units, "spike_times")


def _look_inside(file: h5py.File) -> _Inside:
    kind = file_layout(file)
    layout: LayoutName = "released" if kind == "released" else "standard"
    planes = plane_names(file, layout)
    return _Inside(file, kind, layout, planes, contents(file, planes))


def session_frames(
    source: Path | str | h5py.File,
    tables: Collection[str] | None = None,
    *,
    follow_links: bool = False,
    whole: bool = False,
) -> dict[str, pd.DataFrame]:
    """Return one file's frames, named as in `session_tables.yaml`.

    A table that the file does not have is not in the result, and neither is one that lacks a column it is of no use
    without: the frame ``columns`` says which. Every other frame has all its columns. Frames are indexed 0..n-1;
    `key_columns` names the columns that identify a row of each.

    Parameters
    ----------
    source : path or h5py.File
        An NWB file, or one that is open already.
    tables : collection of str, optional
        Names of the frames that are wanted (default: all of `FRAMES`); the rest of the file is not read.
    follow_links : bool
        Read also what the file links to in files beside it.
    whole : bool
        Read every sample of large series, too, for the frame ``signals``.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is no NWB file, is truncated or damaged, or a table in it cannot be taken apart.
    """
    wanted = set(FRAMES if tables is None else tables)
    with open_nwb_file(source, follow_links=follow_links) as file:
        inside = _look_inside(file)
        frames = _tables(inside, wanted) | _summaries(inside, wanted)
        layout = None if inside.kind == "other" else inside.layout
        frames |= any_file_frames(
            file, inside.contents, inside.planes, frames, wanted,
            layout=layout, whole=whole, trains=lambda: inside.trains,
        )  # fmt: skip
    return {name: frame for name, frame in frames.items() if name in wanted}


def _tables(inside: _Inside, wanted: set[str]) -> dict[str, pd.DataFrame]:
    """Return the wanted small tables, and the summary ``columns``."""
    frames, columns = {}, []
    for name in SMALL_TABLES:
        if name not in wanted and "columns" not in wanted:
            continue
        if name == "stimulus_timestamps" and _frames_of_the_stimulus(inside) > _MOST_FRAMES:
            continue
        found = find_table(inside.file, name, inside.layout, inside.planes)
        if found is None:
            continue
        columns += found.columns
        frame = _completed_frame(name, found, inside)
        if frame is not None:
            frames[name] = frame
    if "session" in frames:
        frames["session"].insert(0, "layout", inside.kind)
    described = records_frame(columns if inside.kind != "other" else [], session_tables().summaries["columns"].columns)
    return frames | {"columns": described}


def _frames_of_the_stimulus(inside: _Inside) -> int:
    """Return the number of stimulus timestamps, without reading them."""
    homes = session_tables().tables["stimulus_timestamps"].homes.get(inside.layout, ())
    clocks = [
        dataset_at(group, "timestamps") for home in homes if (group := group_at(inside.file, home.path)) is not None
    ]
    return max((clock.size for clock in clocks if clock is not None), default=0)


def _completed_frame(name: str, found: Found, inside: _Inside) -> pd.DataFrame | None:
    """Add the plane of each row to a table's frame."""
    frame = found.frame
    if frame is None or name not in ("planes", "cells"):
        return frame
    if name == "planes":
        return _planes(frame, inside)
    if len(frame) and frame["plane"].isna().all():
        ids = {int(roi): one.plane for one in inside.contents.segmentations.values() for roi in one.ids}
        frame["plane"] = frame["cell_roi_id"].map(ids)
    return frame


def _planes(frame: pd.DataFrame, inside: _Inside) -> pd.DataFrame:
    """Name the plane of a released file; add the facts of ``imaging_planes`` to ours."""
    if frame["plane"].isna().all():
        frame["plane"] = list(inside.planes.values())[: len(frame)]
    table = find_table(inside.file, "imaging_planes", "standard", inside.planes)
    if table is None or table.frame is None:
        return frame
    ids = table.frame.drop_duplicates("plane").set_index("plane")
    for column in ids.columns:
        frame[column] = frame[column].where(frame[column].notna(), frame["plane"].map(ids[column]))
    return frame


def _summaries(inside: _Inside, wanted: set[str]) -> dict[str, pd.DataFrame]:
    """Return the wanted summaries."""
    frames: dict[str, pd.DataFrame] = {}
    if wanted & {*_SERIES, *_TRACES, "motion", *_RUNNING, *_RECORDED, *ANY_FILE}:
        known: dict[str, SeriesHome] = {}
        skipped: set[str] = set()
        if inside.kind != "other":
            known, skipped = homes(inside.file, inside.layout, inside.planes), per_roi(inside.layout)
        frames |= dict(zip(_SERIES, series_frames(inside.contents, known, skipped), strict=True))
        frames["clocks"]["off_stimulus"] = off_stimulus(inside.file, frames["clocks"])
        frames |= _of_series(inside, wanted, frames)
    if wanted & {*_IMAGES} and inside.kind != "other":
        frames |= _stimulus_images(inside)
    if "eye_ellipses" in wanted and (ellipses := _ellipses(inside)) is not None:
        frames["eye_ellipses"] = ellipses
    if "rigs" in wanted and inside.kind != "other" and (rigs := rig_frame(inside.file)) is not None:
        frames["rigs"] = rigs
    if "optics" in wanted and (optics := optics_frame(inside.file, inside.planes)) is not None:
        frames["optics"] = optics
    if wanted & {"masks", "projection_images"} and inside.contents.segmentations:
        frames |= _masks(inside)
    if "spikes" in wanted and (spikes := spike_frame(inside.file, inside.trains)) is not None:
        frames["spikes"] = spikes
    return frames


def _of_series(inside: _Inside, wanted: set[str], frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the wanted summaries of series present in the file."""
    file, (series, clocks, rois) = inside.file, (frames[name] for name in _SERIES)
    stored = {*series["table"]}
    found: dict[str, pd.DataFrame] = {}
    if "trace_columns" in wanted and len(described := rois.dropna(subset="table")):
        found["trace_columns"] = trace_columns(file, series, described)
    if "trace_partners" in wanted and {"dff_traces", "corrected_fluorescence_traces"} <= stored:
        found["trace_partners"] = trace_partners(file, rois)
    if "event_partners" in wanted and {"dff_traces", "events"} <= stored:
        found["event_partners"] = event_partners(file, rois, clocks)
    if wanted & {*_RUNNING} and stored & {"running_speed", "raw_running_speed", "running_encoder"}:
        found |= running_frames(file, series, clocks)
    if "voltages" in wanted and (pair := voltage_frame(file, series, clocks, inside.trains)) is not None:
        found["voltages"] = pair
    if "spike_responses" in wanted and (each := spike_response_frame(file, series, clocks, inside.trains)) is not None:
        found["spike_responses"] = each
    if "motion" in wanted and "motion_correction" in stored:
        found["motion"] = motion_frame(file, series)
    return found


def _stimulus_images(inside: _Inside) -> dict[str, pd.DataFrame]:
    """Return the summaries of templates and of the images shown, where there are any."""
    frames = dict(zip(_IMAGES, (template_frame(inside.file, inside.layout), shown_frame(inside.file)), strict=True))
    return {name: frame for name, frame in frames.items() if len(frame)}


def _ellipses(inside: _Inside) -> pd.DataFrame | None:
    """Return the summary of eye tracking, or None without it."""
    return eye_frame(inside.file, inside.layout) if inside.kind != "other" else None


def _masks(inside: _Inside) -> dict[str, pd.DataFrame]:
    """Return the summaries of masks, and of the images that they lie on."""
    masks, unions = mask_frame(inside.contents.segmentations.values())
    if inside.kind == "other":
        return {"masks": masks}
    return {"masks": masks, "projection_images": projection_frame(inside.file, inside.layout, inside.planes, unions)}


def key_columns(name: str) -> tuple[str, ...]:
    """Return the key columns of a frame; none for numbered rows.

    Parameters
    ----------
    name : str
        A key of what `session_frames` returns.
    """
    spec = session_tables()
    entry = spec.tables.get(name) or spec.summaries.get(name)
    return entry.key if entry else ()
