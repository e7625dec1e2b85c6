"""Summaries of any NWB file, each for the types that it holds."""

from collections.abc import Callable, Collection, Sequence
from fnmatch import fnmatchcase

import h5py
import pandas as pd

from nwbgate.reading.facts.any_file.bands import band_frame
from nwbgate.reading.facts.any_file.devices import device_frame
from nwbgate.reading.facts.any_file.electrode_places import place_frame
from nwbgate.reading.facts.any_file.electrode_sites import site_frame
from nwbgate.reading.facts.any_file.extent import extent_frame
from nwbgate.reading.facts.any_file.interval_tables import interval_frame
from nwbgate.reading.facts.any_file.interval_times import interval_time_frame
from nwbgate.reading.facts.any_file.light_sources import light_frame
from nwbgate.reading.facts.any_file.marks import mark_frame
from nwbgate.reading.facts.any_file.movies import movie_frame
from nwbgate.reading.facts.any_file.pipette_settings import setting_frame
from nwbgate.reading.facts.any_file.signals import signal_frame
from nwbgate.reading.facts.any_file.summary_images import summary_image_frame
from nwbgate.reading.facts.any_file.sweeps import sweep_frame
from nwbgate.reading.facts.any_file.table_columns import column_name_frame
from nwbgate.reading.facts.any_file.table_lengths import length_frame
from nwbgate.reading.facts.any_file.texts import text_frame
from nwbgate.reading.facts.any_file.unit_columns import unit_column_frame
from nwbgate.reading.facts.any_file.unit_pairs import pair_frame
from nwbgate.reading.facts.any_file.videos import video_frame
from nwbgate.reading.facts.any_file.waveforms import waveform_frame
from nwbgate.reading.facts.series import SeriesContents
from nwbgate.reading.format.dynamic_table import Values
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.storage.hdf5 import address

#: Names of the summaries.
ANY_FILE = (
    "signals", "session_extent", "table_lengths", "interval_tables", "unit_pairs", "movies", "sweeps", "devices",
    "table_columns", "interval_marks", "bands", "waveforms", "electrode_places", "texts",
    "electrode_sites", "unit_columns", "pipette_settings", "interval_times", "summary_images", "videos",
    "light_sources",
)  # fmt: skip


def any_file_frames(
    file: h5py.File,
    contents: SeriesContents,
    planes: dict[str, str],
    frames: dict[str, pd.DataFrame],
    wanted: Collection[str],
    *,
    layout: LayoutName | None,
    whole: bool,
    trains: Callable[[], Values | None],
) -> dict[str, pd.DataFrame]:
    """Return the wanted summaries that have rows.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    contents : SeriesContents
        Its series, segmentations and tables.
    planes : dict
        Name of each imaging plane by its path.
    frames : dict of DataFrame
        The summaries ``series`` and ``clocks``.
    wanted : collection of str
        Names of the summaries to make.
    layout : str or None
        Layout whose session tables have rules of their own; None where it is not known.
    whole : bool
        Read every sample of large series.
    trains : callable
        Returns the spike times of each unit, or None.
    """
    if not set(wanted) & {*ANY_FILE}:
        return {}
    is_generic = bool(frames["series"]["table"].isna().any())  # a series that no layout describes
    makers: dict[str, Callable[[], pd.DataFrame | None]] = {
        "signals": lambda: signal_frame(file, frames["series"], whole=whole) if is_generic else None,
        "session_extent": lambda: None if layout else extent_frame(frames["series"], frames["clocks"]),
        "table_lengths": lambda: None if layout else length_frame(contents),
        "table_columns": lambda: column_name_frame(contents.tables),
        "interval_tables": lambda: interval_frame(_other_tables(contents.intervals, layout)),
        "unit_pairs": lambda: pair_frame(file, trains()),
        "movies": lambda: movie_frame(contents.series, planes, file),
        "sweeps": lambda: sweep_frame(file, frames["series"]),
        "interval_marks": lambda: mark_frame(contents.series),
        "bands": lambda: band_frame(contents.series, lambda: _periods(contents, frames)),
        "waveforms": lambda: waveform_frame(file),
        "electrode_places": lambda: place_frame(file),
        "texts": lambda: text_frame(file),
        "videos": lambda: video_frame(contents.series),
        "light_sources": lambda: light_frame(file),
        "electrode_sites": lambda: site_frame(file),
        "unit_columns": lambda: unit_column_frame(file, trains()),
        "pipette_settings": lambda: setting_frame(file, frames["series"]),
        "interval_times": lambda: interval_time_frame(_other_tables(contents.intervals, layout)),
        "summary_images": lambda: None if layout else summary_image_frame(contents.images),
        "devices": lambda: device_frame(file, frames["series"]) if is_generic else None,
    }
    made = {name: make() for name, make in makers.items() if name in wanted}
    return {name: frame for name, frame in made.items() if frame is not None and len(frame)}


def _periods(contents: SeriesContents, frames: dict[str, pd.DataFrame]) -> dict[int, float]:
    """Return the sampling period of each series by its address in the file."""
    of_clock = dict(zip(frames["clocks"]["clock"], frames["clocks"]["period"], strict=True))
    clock_of = dict(zip(frames["series"]["path"], frames["series"]["clock"], strict=True))
    return {address(group): of_clock.get(clock_of.get(group.name), float("nan")) for group in contents.series}


def _other_tables(tables: Sequence[h5py.Group], layout: LayoutName | None) -> list[h5py.Group]:
    """Return the tables outside a layout's session tables."""
    if layout is None:
        return list(tables)
    described = [
        home.table for table in session_tables().tables.values() for home in table.homes.get(layout, ()) if home.table
    ]
    return [table for table in tables if not any(fnmatchcase(table.name, place) for place in described)]
