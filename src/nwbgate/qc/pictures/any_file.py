"""Pictures of any file: examples of traces, masks of ROIs, and spikes."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.errors import NwbgateError
from nwbgate.qc.metrics.any_file.electrical import is_electrical
from nwbgate.qc.metrics.any_file.responses import TYPE
from nwbgate.qc.metrics.any_file.samples import rate_of
from nwbgate.qc.pictures.downsampling import Vector, envelope, small_image, thin_out
from nwbgate.qc.pictures.picture import BLUE, GREEN, Picture, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nwbgate.reading.nwb_data import NWBData
    from nwbgate.reading.objects.imaging_plane import ImagingPlane
    from nwbgate.reading.objects.series import Series

#: Series of one type, and channels of each, that are drawn; stretches that a trace is drawn in.
_SERIES, _CHANNELS, _COLUMNS = 2, 6, 600
#: Seconds of the middle of a recording: of voltages, and of traces of ROIs. More samples are not read.
_SECONDS, _SLOW_SECONDS, _MOST_SAMPLES = 1.0, 120.0, 200_000
#: Planes, pixels on the longer side of one, units, and spikes of all units together.
_PLANES, _PIXELS, _UNITS, _SPIKES = 8, 200, 60, 4000


def any_file_pictures(data: "NWBData") -> tuple[Picture, ...]:
    """Return the pictures of a file of no known dataset.

    Parameters
    ----------
    data : NWBData
        As `nwbgate.open` returns it. What cannot be read has no picture: a measurement says why.
    """
    return (*_traces(data), *_masks(data), *_raster(data))


def _traces(data: "NWBData") -> Iterator[Picture]:
    drawn: Counter[str] = Counter()
    for series in data.series.values():
        try:
            if _is_drawn(series) and drawn[series.neurodata_type] < _SERIES:
                yield from _examples(series)
                drawn[series.neurodata_type] += 1
        except (NwbgateError, OSError):
            continue


def _is_drawn(series: "Series") -> bool:
    if not series.shape or len(series.shape) > 2 or len(series) < 2 or not series.has_numbers:
        return False
    return is_electrical(series) or series.neurodata_type == TYPE


def _examples(series: "Series") -> Iterator[Picture]:
    """Yield the picture of some channels in the middle of a series."""
    rate = rate_of(series)
    if not rate > 0:
        return
    seconds = _SECONDS if is_electrical(series) else _SLOW_SECONDS
    length = max(2, min(int(seconds * rate), len(series), _MOST_SAMPLES))
    first = (len(series) - length) // 2
    values = np.asarray(series.data[first : first + length], np.float64).reshape(length, -1)
    chosen = thin_out(np.arange(float(values.shape[1])), _CHANNELS).astype(int)
    times = (first + np.arange(length)) / rate

    def draw(figure: "Figure") -> None:
        places = np.atleast_1d(figure.subplots(len(chosen), 1, sharex=True))
        for axes, channel in zip(places, chosen, strict=True):
            at, low, high = envelope(values[:, channel], times, _COLUMNS)
            axes.fill_between(at, low, high, color=BLUE, linewidth=0.8)
            axes.set_ylabel(str(channel), rotation=0, ha="right", va="center")
            axes.margins(x=0.01)
        places[-1].set_xlabel("time since the first sample (s)")

    yield picture(
        f"traces-{series.path.replace('/', '-')}",
        f"{series.path}: examples of its traces",
        f"{length / rate:.3g} s from the middle, {len(chosen)} of {values.shape[1]} channels, in"
        f" {series.unit or 'no stated unit'}; lowest and highest value of short stretches.",
        draw,
        height=0.5 + 0.7 * len(chosen),
    )


def _masks(data: "NWBData") -> Iterator[Picture]:
    for plane in list(data.planes.values())[:_PLANES]:
        try:
            yield from _masks_of(plane)
        except (NwbgateError, OSError):
            continue


def _masks_of(plane: "ImagingPlane") -> Iterator[Picture]:
    """Yield the picture of the masks of each table of ROIs of a plane."""
    for name, image in plane.mask_images().items():
        small = small_image(image, _PIXELS)

        def draw(figure: "Figure", small: "Vector" = small) -> None:
            axes = figure.subplots()
            axes.imshow(small.T, vmin=0, interpolation="none")
            axes.set_axis_off()

        yield picture(
            f"masks-{plane.name}-{name}",
            f"{plane.name}: masks of {name}",
            f"Largest weight of any ROI at each of {image.shape[0]} x {image.shape[1]} pixels.",
            draw,
            height=2.5,
        )


def _raster(data: "NWBData") -> Iterator[Picture]:
    """Yield the picture of the spikes of the first units."""
    try:
        units = data.units
    except (NwbgateError, OSError):
        return
    if "spike_times" not in units or not len(units):
        return
    trains = [np.asarray(train, np.float64) for train in units["spike_times"][:_UNITS]]
    most = max(1, _SPIKES // len(trains))

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.eventplot([thin_out(train, most) / 60 for train in trains], colors=GREEN, linewidths=0.5)
        axes.set(xlabel="time (min)", ylabel="unit")
        axes.margins(x=0.01)

    yield picture(
        "raster",
        "Spikes of the units",
        f"{len(trains)} of {len(units)} units, at most {most} evenly chosen spikes of each.",
        draw,
        height=0.8 + 0.04 * len(trains),
    )
