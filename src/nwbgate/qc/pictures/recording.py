"""Pictures of a recording: traces with spikes, spike-triggered fluorescence, amplitudes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.qc.pictures.downsampling import Vector, bin_means, envelope, thin_out
from nwbgate.qc.pictures.picture import BLUE, GREEN, GREY, ORANGE, RED, Picture, picture
from nwbgate.qc.streams import Streams

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from nwbgate.reading.recording import Recording

#: Stretches that a trace is drawn in: twice the pixels of a picture on a wide screen would show no more.
_COLUMNS = 1200
#: Seconds shown in detail, and around a spike in fluorescence and in voltage.
_DETAIL, _AROUND, _WAVEFORM = 5.0, (-0.5, 2.0), (-0.002, 0.004)
#: Spikes drawn one by one.
_MOST_SPIKES, _MOST_DOTS = 500, 4000


def recording_pictures(streams: Streams, recording: "Recording") -> tuple[Picture, ...]:
    """Return the pictures of a recording that its streams allow."""
    data = _RecordingTraces(streams, recording)
    makers: tuple[tuple[bool, Callable[[_RecordingTraces], Picture]], ...] = (
        (True, _whole_picture),
        (len(data.spikes) > 0, _detail),
        (len(data.spikes) > 0 and len(data.dff) > 1, _spike_triggered),
        (len(data.spikes) > 1, _amplitudes),
        (len(data.spikes) > 0, _waveform),
        (len(data.spikes) > 2, _intervals),
    )
    return tuple(make(data) for wanted, make in makers if wanted)


class _RecordingTraces:
    """Streams for the pictures, in millivolts and seconds; empty if missing."""

    def __init__(self, streams: Streams, recording: "Recording") -> None:
        self.rate, self.start = recording.voltage_rate, recording.voltage_start
        self.voltage = 1e3 * (_first_readable(streams, "baseline_subtracted", "voltage"))
        self.raw = 1e3 * _first_readable(streams, "voltage")
        self.dff, self.frames = _first_readable(streams, "dff"), _first_readable(streams, "dff_timestamps")
        spikes = np.sort(_first_readable(streams, "spike_times"))
        places = np.round((spikes - self.start) * self.rate)
        inside = (places >= 0) & (places < len(self.voltage))
        self.spikes: Vector = spikes[inside]
        self.places = places[inside].astype(np.intp)
        self.threshold = 1e3 * float(getattr(recording, "threshold", np.nan))

    @property
    def times(self) -> Vector:
        return self.start + np.arange(len(self.voltage)) / self.rate


def _first_readable(streams: Streams, *names: str) -> Vector:
    """Return the first existing, readable stream of these."""
    found = (streams.get(name) for name in names)
    return next((np.asarray(values, dtype=np.float64).ravel() for values in found if values is not None), np.zeros(0))


def _whole_picture(data: _RecordingTraces) -> Picture:
    def draw(figure: "Figure") -> None:
        raw, voltage, dff = figure.subplots(3, 1, sharex=True, height_ratios=(1, 2, 2))
        _band(raw, data.raw, data.times[: len(data.raw)], GREY)
        _label(raw, "raw (mV)")
        _band(voltage, data.voltage, data.times, BLUE)
        _marks(voltage, thin_out(data.spikes, _MOST_DOTS))
        if np.isfinite(data.threshold):
            voltage.axhline(data.threshold, color=RED, linewidth=0.8, linestyle="--")
        _label(voltage, "voltage (mV)")
        times, means = bin_means(data.dff, data.frames, _COLUMNS)
        dff.plot(times, means, color=GREEN)
        _label(dff, "dF/F")
        dff.set_xlabel("time (s)")

    return picture(
        "whole-recording",
        "The whole recording",
        f"Above, the voltage as recorded; in the middle, without its baseline, with the {len(data.spikes)} spikes as"
        " ticks and the detection threshold dashed; below, dF/F. Each column holds the lowest and the highest sample of"
        " its stretch.",
        draw,
        height=4.2,
    )


def _band(axes: "Axes", values: Vector, times: Vector, colour: str) -> None:
    at, low, high = envelope(values, times, _COLUMNS)
    axes.fill_between(at, low, high, color=colour, linewidth=0.5)


def _label(axes: "Axes", text: str) -> None:
    axes.set_ylabel(text)
    axes.margins(x=0.01)


def _marks(axes: "Axes", spikes: Vector) -> None:
    """Draw a tick for each spike above everything else, in axes height."""
    axes.plot(
        spikes,
        np.full(len(spikes), 1.03),
        "|",
        color=ORANGE,
        markersize=5,
        transform=axes.get_xaxis_transform(),
        clip_on=False,
    )


def _busiest(data: _RecordingTraces) -> float:
    """Return the start of the `_DETAIL` seconds with most spikes."""
    ends = np.searchsorted(data.spikes, data.spikes + _DETAIL)
    first = float(data.spikes[int(np.argmax(ends - np.arange(len(data.spikes))))])
    last = data.start + len(data.voltage) / data.rate - _DETAIL
    return max(data.start, min(first - 0.1 * _DETAIL, last))


def _detail(data: _RecordingTraces) -> Picture:
    begin = _busiest(data)
    shown = (data.times >= begin) & (data.times < begin + _DETAIL)
    frames = (data.frames >= begin) & (data.frames < begin + _DETAIL)
    spikes = data.spikes[(data.spikes >= begin) & (data.spikes < begin + _DETAIL)]

    def draw(figure: "Figure") -> None:
        voltage, dff = figure.subplots(2, 1, sharex=True)
        _band(voltage, data.voltage[shown], data.times[shown], BLUE)
        _marks(voltage, spikes)
        _label(voltage, "voltage (mV)")
        dff.plot(data.frames[frames], data.dff[frames], color=GREEN, marker=".", markersize=3)
        for spike in thin_out(spikes, _MOST_SPIKES):
            dff.axvline(spike, color=ORANGE, linewidth=0.5, alpha=0.6)
        _label(dff, "dF/F")
        dff.set_xlabel("time (s)")

    return picture(
        "busiest-stretch",
        f"The {_DETAIL:g} s with most spikes",
        "Spikes as ticks and as lines through dF/F, whose points are frames: fluorescence rises right after the spikes"
        " where the two clocks agree.",
        draw,
        height=3.2,
    )


def _spike_triggered(data: _RecordingTraces) -> Picture:
    lags, events = _around(data)

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.plot(lags, thin_out(events, 80).T, color=GREY, linewidth=0.4, alpha=0.4)
        mean = events.mean(axis=0)
        error = events.std(axis=0) / np.sqrt(len(events))
        axes.fill_between(lags, mean - error, mean + error, color=GREEN, alpha=0.4, linewidth=0)
        axes.plot(lags, mean, color=GREEN, linewidth=2)
        axes.axvline(0, color=ORANGE, linewidth=1)
        low, high = np.percentile(events, [1, 99])
        axes.set_ylim(low, max(high, 1.2 * float(mean.max())) if high > low else None)
        axes.set(xlabel="time from the first spike of an event (s)", ylabel="change of dF/F")
        axes.margins(x=0.01)

    return picture(
        "spike-triggered",
        "dF/F around spikes",
        f"Mean and its standard error over {len(events)} events, each beginning with a spike that none preceded by half"
        " a second where there are such; thin lines are single events. The change is that from the mean before.",
        draw,
        height=3.0,
    )


def _around(data: _RecordingTraces) -> tuple[Vector, Vector]:
    """Return lags in seconds and dF/F per event, minus the mean before the event."""
    period = float(np.median(np.diff(data.frames)))
    offsets = np.arange(int(np.ceil(_AROUND[0] / period)), int(_AROUND[1] / period) + 1)
    lags: Vector = np.asarray(offsets * period)
    alone = np.diff(data.spikes, prepend=-np.inf) > -_AROUND[0]
    for spikes in (data.spikes[alone], data.spikes):
        first = np.searchsorted(data.frames, spikes)
        rows = first[:, None] + offsets
        whole = (rows >= 0).all(axis=1) & (rows < len(data.dff)).all(axis=1)
        events = data.dff[rows[whole]]
        events = events[np.isfinite(events).all(axis=1)]
        if len(events):
            changes: Vector = events - events[:, offsets < 0].mean(axis=1, keepdims=True)
            return lags, changes
    return lags, np.zeros((1, len(offsets)))


def _amplitudes(data: _RecordingTraces) -> Picture:
    near = np.arange(-int(5e-4 * data.rate) - 1, int(5e-4 * data.rate) + 2)
    places = np.clip(data.places[:, None] + near, 0, len(data.voltage) - 1)
    peaks = data.voltage[places].max(axis=1)

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.plot(
            thin_out(data.spikes, _MOST_DOTS), thin_out(peaks, _MOST_DOTS), ".", color=BLUE, markersize=3, alpha=0.7
        )
        edges = np.linspace(data.spikes[0], data.spikes[-1], 11)
        groups = np.clip(np.digitize(data.spikes, edges) - 1, 0, 9)
        there = np.unique(groups)
        middles = (edges[:-1] + edges[1:]) / 2
        axes.plot(middles[there], [np.median(peaks[groups == group]) for group in there], color=ORANGE, linewidth=2)
        if np.isfinite(data.threshold):
            axes.axhline(data.threshold, color=RED, linewidth=0.8, linestyle="--")
        axes.set(xlabel="time (s)", ylabel="peak of the spike (mV)")
        axes.set_ylim(min(0, float(peaks.min())), None)
        axes.margins(x=0.01)

    return picture(
        "amplitude-over-time",
        "Amplitude of the spikes over time",
        "One point for each spike; the line is the median of each tenth of the recording, the dashed one the detection"
        " threshold. A slope is a pipette that moves or a cell that is lost.",
        draw,
        height=2.6,
    )


def _waveform(data: _RecordingTraces) -> Picture:
    offsets = np.arange(int(_WAVEFORM[0] * data.rate), int(_WAVEFORM[1] * data.rate) + 1)
    places = data.places[(data.places + offsets[0] >= 0) & (data.places + offsets[-1] < len(data.voltage))]
    shapes = data.voltage[thin_out(places, _MOST_SPIKES)[:, None] + offsets]

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        if len(shapes):
            low, middle, high = np.percentile(shapes, [5, 50, 95], axis=0)
            axes.fill_between(1e3 * offsets / data.rate, low, high, color=BLUE, alpha=0.3, linewidth=0)
            axes.plot(1e3 * offsets / data.rate, middle, color=BLUE, linewidth=2)
        axes.axvline(0, color=ORANGE, linewidth=1)
        axes.set(xlabel="time from the spike (ms)", ylabel="voltage (mV)")
        axes.margins(x=0.01)

    return picture(
        "waveform",
        "Waveform of the spikes",
        f"Median and the range of nine in ten of {len(shapes)} spikes. The spike time lies on the peak where it is"
        " right.",
        draw,
        height=2.4,
    )


def _intervals(data: _RecordingTraces) -> Picture:
    intervals = 1e3 * np.diff(data.spikes)
    intervals = intervals[intervals > 0]

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        low, high = (min(1.0, float(intervals.min())), float(intervals.max())) if len(intervals) else (1.0, 10.0)
        axes.hist(intervals, bins=np.geomspace(low, max(high, low * 1.01), 50).tolist(), color=BLUE)
        axes.axvline(2, color=RED, linewidth=0.8, linestyle="--")
        axes.set(xscale="log", xlabel="interval between spikes (ms)", ylabel="intervals")
        axes.xaxis.set_major_formatter("{x:g}")

    return picture(
        "intervals",
        "Intervals between spikes",
        "Intervals below 2 ms (dashed) are shorter than a neuron's refractory period.",
        draw,
        height=2.2,
    )
