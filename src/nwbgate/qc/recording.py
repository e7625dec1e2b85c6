"""All measurements of a recording of one neuron: voltage, spikes and fluorescence."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.qc.measurement import Measurement, not_measured, raise_faults, table
from nwbgate.qc.metrics.imaging.activity import frame_noise
from nwbgate.qc.metrics.recording.indicator import indicator_of
from nwbgate.qc.metrics.recording.spike_peaks import Peaks
from nwbgate.qc.metrics.recording.spike_trains import measure_spike_train
from nwbgate.qc.metrics.recording.spike_triggered import SpikesAndFluorescence, measure_spikes_and_fluorescence
from nwbgate.qc.metrics.recording.voltage import measure_voltage
from nwbgate.qc.metrics.recording.voltage_baseline import measure_baseline
from nwbgate.qc.metrics.recording.waveform import measure_waveform
from nwbgate.qc.streams import Streams
from nwbgate.qc.unmeasurable import UnmeasurableError, guard_rows, measure_row

if TYPE_CHECKING:
    from nwbgate.reading.recording import Recording

Floats = npt.NDArray[np.float64]

_OBJECT = "recording"
#: What is measured of the voltage as recorded.
_OF_RAW = ("voltage.mrdm",)
#: What is measured of a family of metrics that needs a stream, to be named where the stream is missing.
_OF_FLUORESCENCE = {
    "alignment.lag": "s", "alignment.lag_in_frames": "frames", "alignment.drift": "s",
    "alignment.drift_in_frames": "frames", "alignment.correlation": "1", "alignment.chance": "1",
    "alignment.detected_1_spike": "1", "alignment.detected_2_spikes": "1",
}  # fmt: skip


def measure_recording(recording: "Recording") -> pd.DataFrame:
    """Measure the quality of a recording of one neuron.

    Parameters
    ----------
    recording : Recording
        What `nwbgate.open` returns for such a file.

    Returns
    -------
    DataFrame
        Columns of `nwbgate.qc.measurement.COLUMNS`. What cannot be measured has the reason.
    """
    return table(raise_faults(recording_rows(Streams(recording, {}), recording)))


def recording_rows(streams: Streams, recording: "Recording") -> list[Measurement]:
    """Return the rows of a recording, including faults of nwbgate."""
    return list(streams.with_unreadable(list(_measured_rows(streams, recording))))


def _measured_rows(streams: Streams, recording: "Recording") -> Iterator[Measurement]:
    raw, voltage = _samples(streams, "voltage"), _samples(streams, "baseline_subtracted")
    spikes, dff = _samples(streams, "spike_times"), _samples(streams, "dff")
    samples = voltage if len(voltage) else raw
    if len(samples):
        period, start = 1 / recording.voltage_rate, recording.voltage_start
        stop = start + len(samples) * period
        yield from guard_rows("spikes", partial(measure_spike_train, spikes, period, start, stop))
    spikes = spikes[np.isfinite(spikes)]
    if len(samples):
        peaks = Peaks(samples, spikes, period, start)
        rows = [*guard_rows("voltage", partial(measure_voltage, peaks, _threshold(recording)))]
        rows += guard_rows("waveform", partial(measure_waveform, peaks))
        rows += guard_rows("voltage.baseline", partial(measure_baseline, raw, samples, period))
        yield from rows if len(voltage) else _without_baseline(rows)
    else:
        yield not_measured("spikes.count", "the file has no voltage", object=_OBJECT)
    yield from guard_rows("durations", partial(_durations, recording, samples, dff))
    yield from guard_rows("dff", partial(_fluorescence, dff))
    yield from guard_rows("alignment", partial(_together, recording, spikes, dff))


def _without_baseline(rows: Iterable[Measurement]) -> Iterator[Measurement]:
    """Return rows as not measured, except those of the raw voltage."""
    reason = "the file has no voltage without its baseline"
    return (row if row.metric in _OF_RAW else replace(row, value=np.nan, reason=reason) for row in rows)


def _samples(streams: Streams, name: str) -> Floats:
    """Return a stream as float64; empty if missing or unreadable."""
    return np.asarray(streams.array(name), dtype=np.float64).ravel()


def _threshold(recording: "Recording") -> float:
    try:
        return float(recording.threshold)
    except AttributeError:
        return float("nan")


def _durations(recording: "Recording", voltage: Floats, dff: Floats) -> Iterator[Measurement]:
    def of(samples: Floats, name: str) -> float:
        if not len(samples):
            raise UnmeasurableError(f"the file has no {name}")
        return len(samples) * recording.sampling_periods[name]

    def difference() -> float:
        return abs(of(voltage, "voltage") - of(dff, "dff"))

    for metric, compute, unit in (
        ("durations.voltage", lambda: of(voltage, "voltage"), "s"),
        ("durations.dff", lambda: of(dff, "dff"), "s"),
        ("durations.difference", difference, "s"),
        ("durations.difference_in_frames", lambda: difference() / recording.sampling_periods["dff"], "frames"),
    ):
        yield measure_row(metric, compute, unit, _OBJECT)


def _fluorescence(dff: Floats) -> Iterator[Measurement]:
    def missing() -> float:
        if not len(dff):
            raise UnmeasurableError("the file has no dF/F")
        return float(np.mean(~np.isfinite(dff)))

    yield measure_row("dff.missing_frames", missing, "1", _OBJECT)
    yield measure_row("dff.noise", lambda: float(frame_noise(_complete_dff(dff)[:, None])[0]), "1", _OBJECT)


def _complete_dff(dff: Floats) -> Floats:
    """Return dF/F after checking that no frame is missing.

    Raises
    ------
    UnmeasurableError
        If there is none, or frames are missing.
    """
    if len(dff) < 2:
        raise UnmeasurableError(f"dF/F has {len(dff)} frames, at least 2 are needed")
    missing = int(np.sum(~np.isfinite(dff)))
    if missing:
        raise UnmeasurableError(f"{missing} of {len(dff)} frames of dF/F are missing")
    if not np.ptp(dff):
        raise UnmeasurableError("dF/F is constant")
    return dff


def _together(recording: "Recording", spikes: Floats, dff: Floats) -> Iterator[Measurement]:
    try:
        indicator = indicator_of(str(recording.metadata.get("indicator", "")))
        whole = _complete_dff(dff)
        period, start = recording.sampling_periods["dff"], float(recording.dff_timestamps[0])
        both = SpikesAndFluorescence(spikes, whole, period, start, indicator)
    except UnmeasurableError as reason:
        yield from (not_measured(name, reason.what, unit, _OBJECT) for name, unit in _OF_FLUORESCENCE.items())
        return
    yield from measure_spikes_and_fluorescence(both)
