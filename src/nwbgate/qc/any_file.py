"""Measurements of a file of no known dataset, by type of object."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.errors import NwbgateError
from nwbgate.qc.measurement import Measurement, not_applicable
from nwbgate.qc.metrics.any_file import electrical, motion_residue, responses, sampling, unit_trains
from nwbgate.qc.metrics.any_file.samples import FloatArray
from nwbgate.qc.unmeasurable import guard_rows
from nwbgate.reading.objects.series import Series
from nwbgate.storage.hdf5 import readable

if TYPE_CHECKING:
    from nwbgate.reading.nwb_data import NWBData


def any_file_rows(data: "NWBData") -> list[Measurement]:
    """Return the rows of any file; absent objects make metrics not applicable.

    Parameters
    ----------
    data : NWBData
        As `nwbgate.open` returns it.
    """
    with readable(str(data.path)):
        series = [each for each in data.series.values() if each.shape and len(each)]
        span = _span(series)
        groups = {
            "electrical": partial(_electrical, series),
            "responses": partial(_responses, series),
            "sampling": partial(_sampling, series),
            "units": partial(_units, data, span),
            "intervals": partial(_intervals, data, span),
        }
        return [row for name, rows in groups.items() for row in guard_rows(name, rows)]


def _electrical(series: list[Series]) -> Iterator[Measurement]:
    found = [each for each in series if electrical.is_electrical(each)]
    for each in found:
        yield from electrical.measure_electrical(each)
    if not found:
        yield from _absent(electrical.METRICS, "the file has no electrical series")


def _responses(series: list[Series]) -> Iterator[Measurement]:
    found = [each for each in series if each.neurodata_type == responses.TYPE and each.has_numbers]
    shifts = [each for each in series if each.path.rsplit("/", 1)[-1] == motion_residue.SHIFTS and each.has_numbers]
    for each in found:
        yield from responses.measure_responses(each)
        yield from motion_residue.measure_motion_residue(each, shifts)
    if not found:
        yield from _absent(responses.METRICS | motion_residue.METRICS, "the file has no traces of ROIs")


def _sampling(series: list[Series]) -> Iterator[Measurement]:
    """Yield the rows of each clock once: simultaneous streams share their timestamps."""
    seen: set[tuple[int, float, float, float]] = set()
    for each in (each for each in series if each.rate is None and len(each) > 1):
        times: FloatArray = np.asarray(each.timestamps, np.float64)
        clock = (len(times), float(times[0]), float(times[-1]), float(times.sum()))
        if clock not in seen:
            seen.add(clock)
            yield from sampling.measure_sampling(times, each.path)
    if not seen:
        yield from _absent(sampling.METRICS, "no series has timestamps")


def _units(data: "NWBData", span: tuple[float, float] | None) -> Iterator[Measurement]:
    units = data.units
    if "spike_times" not in units or not len(units):
        yield from _absent(unit_trains.METRICS, "the file has no units with spike times")
        return
    trains = [np.asarray(times, np.float64) for times in units["spike_times"]]
    spikes = np.concatenate([train for train in trains if len(train)] or [np.zeros(0)])
    own = (float(spikes.min()), float(spikes.max())) if len(spikes) else (0.0, 0.0)
    yield from unit_trains.measure_units(units, span or own)


def _intervals(data: "NWBData", span: tuple[float, float] | None) -> Iterator[Measurement]:
    for name, table in data.intervals.items():
        yield sampling.measure_intervals(table, name, span)
    if not data.intervals:
        yield from _absent(sampling.INTERVALS, "the file has no tables of intervals")


def _absent(metrics: dict[str, str], reason: str) -> Iterator[Measurement]:
    yield from (not_applicable(metric, reason, unit, "session") for metric, unit in metrics.items())


def _span(series: list[Series]) -> tuple[float, float] | None:
    """Return the first and last time of any series, or None."""
    ends = [end for each in series for end in _ends(each)]
    return (min(ends), max(ends)) if ends else None


def _ends(series: Series) -> tuple[float, ...]:
    try:
        if series.rate is not None:
            begun = series.starting_time or 0.0
            return begun, begun + (len(series) - 1) / series.rate
        times = np.asarray(series.timestamps, np.float64)
        known = times[np.isfinite(times)]
        return (float(known.min()), float(known.max())) if len(known) else ()
    except NwbgateError:  # of one series: a check says what is wrong with it
        return ()
