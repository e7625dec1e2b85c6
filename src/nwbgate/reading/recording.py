"""A recording of one neuron: voltage, spikes and fluorescence."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwbgate.reading.format.dynamic_table import read_column
from nwbgate.reading.format.file_layout import is_described_by_provenance
from nwbgate.reading.format.layouts import session_tables
from nwbgate.reading.format.time_series import period_of, series_data, times_of
from nwbgate.reading.format.units import in_unit
from nwbgate.reading.name_hints import no_attribute
from nwbgate.reading.nwb_data import NWBData
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import one_number, one_text, text_attribute

if TYPE_CHECKING:
    import xarray

Vector = np.ndarray[Any, np.dtype[np.float64]]

#: Attribute to the session table that its series is.
_SERIES = {"voltage": "voltage", "baseline_subtracted": "baseline_subtracted_voltage", "dff": "dff_traces"}
#: Column of the table of units to the attribute that it is.
_OF_UNITS = {"spike_times": "spike_times", "obs_intervals": "observed", "spike_detection_threshold": "threshold"}
#: Key of the metadata, beside those of any file, to where it is in the file.
_METADATA = {
    "recording_id": "/general/session_id",
    "indicator": "/general/optophysiology/ImagingPlane/indicator",
    "location": "/general/optophysiology/ImagingPlane/location",
    "pharmacology": "/general/pharmacology",
    "notes": "/general/notes",
}


def is_recording(file: h5py.File) -> bool:
    """Return whether a file is a recording of one pipette and neuron."""
    voltage, spikes = _series(file, "voltage"), dataset_at(file, "/units/spike_times")
    if voltage is None or spikes is None:
        return False
    return is_described_by_provenance(file) or (_has_one_channel(voltage) and _has_one_unit(file))


def _has_one_channel(voltage: h5py.Group) -> bool:
    data = series_data(voltage)
    return len(data.shape) == 1 or data.shape[1:] == (1,)


def _has_one_unit(file: h5py.File) -> bool:
    ids = dataset_at(file, "/units/id")
    return ids is not None and ids.shape == (1,)


def _series(file: h5py.File, attribute: str) -> h5py.Group | None:
    """Return the series of an attribute, or None."""
    for home in session_tables().tables[_SERIES[attribute]].homes["standard"]:
        group = group_at(file, home.path)
        if group is not None and dataset_at(group, "data") is not None:
            return group
    return None


class Recording(NWBData):
    """A recording of one neuron: pipette voltage, spikes and fluorescence.

    Voltages are in volts, times in seconds on the session's clock; dF/F has no unit. Everything is read when it is
    first asked for, and kept.

    Parameters
    ----------
    path : path or str
        The file, or an http(s):// or s3:// address of one.
    """

    @cached_property
    def voltage(self) -> Vector:
        """Voltage of the pipette as recorded, in volts, float64, shape (samples,)."""
        return self._numbers("voltage")

    @cached_property
    def baseline_subtracted(self) -> Vector:
        """Voltage without its slow baseline, in volts, float64, shape (samples,)."""
        return self._numbers("baseline_subtracted")

    @cached_property
    def dff(self) -> Vector:
        """Fluorescence of the neuron over its baseline minus one, float64, shape (frames,)."""
        return self._numbers("dff")

    @cached_property
    def spike_times(self) -> Vector:
        """Times of the spikes in seconds, float64, shape (spikes,)."""
        return np.ravel(self._unit("spike_times")).astype(np.float64)

    @cached_property
    def observed(self) -> Vector:
        """Observation intervals of the spikes, start and end in seconds, shape (intervals, 2)."""
        return np.asarray(self._unit("obs_intervals"), dtype=np.float64).reshape(-1, 2)

    @cached_property
    def threshold(self) -> float:
        """Voltage threshold of spike detection given by the source, in volts."""
        return float(self._unit("spike_detection_threshold"))

    @cached_property
    def voltage_timestamps(self) -> Vector:
        """Times of the samples of the voltage in seconds, shape (samples,)."""
        return times_of(self._series("voltage"))

    @cached_property
    def dff_timestamps(self) -> Vector:
        """Times of the frames of dF/F in seconds, shape (frames,)."""
        return times_of(self._series("dff"))

    @property
    def voltage_start(self) -> float:
        """Time of the first sample of the voltage in seconds."""
        return self._clock("voltage")[0]

    @property
    def voltage_rate(self) -> float:
        """Voltage samples per second; the mean rate if irregular."""
        return 1 / self._clock("voltage")[1]

    @property
    def sampling_periods(self) -> dict[str, float]:
        """Seconds between samples of ``voltage`` and of ``dff``, if present; the mean if irregular."""
        return {name: self._clock(name)[1] for name in ("voltage", "dff") if _series(self.file, name) is not None}

    def _clock(self, name: str) -> tuple[float, float]:
        """Return the first time of a series and its sampling period, in seconds."""
        series = self._series(name)
        start = dataset_at(series, "starting_time")
        if start is not None:
            return one_number(start), period_of(start)
        times = times_of(series)
        return float(times[0]), float((times[-1] - times[0]) / max(len(times) - 1, 1))

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Identifiers of the recording, with metadata of mouse, neuron and threshold."""
        found = {key: dataset_at(self.file, path) for key, path in _METADATA.items()}
        facts = {key: one_text(data) for key, data in found.items() if data is not None}
        threshold = dataset_at(self.file, "/units/spike_detection_threshold")
        about = {} if threshold is None else {"threshold_description": text_attribute(threshold, "description")}
        return super().metadata | facts | about

    def aligned(  # type: ignore[override]  # the events of a recording have names
        self, kind: str = "spikes", window: tuple[float, float] = (-1.0, 2.0), signal: str = "dff"
    ) -> "xarray.DataArray":
        """Return a trace around each spike; see `nwbgate.reading.sessions.aligned.aligned_recording`."""
        from nwbgate.reading.sessions.aligned import aligned_recording

        return aligned_recording(self, kind, window=window, signal=signal)

    def series_group(self, name: str) -> h5py.Group | None:
        """Return the stored series of ``voltage``, ``baseline_subtracted`` or ``dff``, or None."""
        return _series(self.file, name)

    def _series(self, name: str) -> h5py.Group:
        series = _series(self.file, name)
        if series is None:
            raise self._missing(name)
        return series

    def _numbers(self, name: str) -> Vector:
        """Return the numbers of a series in its unit, one-dimensional."""
        data = series_data(self._series(name))
        return in_unit(data, read(data).reshape(-1).astype(np.float64, copy=False))

    def _unit(self, column: str) -> Any:
        """Return a value of the first unit."""
        units = group_at(self.file, "/units")
        if units is None or dataset_at(units, column) is None:
            raise self._missing(_OF_UNITS[column])
        return read_column(units, column)[0]

    def _available_names(self) -> list[str]:
        """Return the attributes available in the file."""
        streams = [name for name in _SERIES if _series(self.file, name) is not None]
        return [*streams, *(name for column, name in _OF_UNITS.items() if dataset_at(self.file, f"/units/{column}"))]

    def _missing(self, name: str) -> AttributeError:
        return AttributeError(
            f"{self.path} has no {name}; it has {', '.join(self._available_names()) or 'nothing of a recording'}",
            name=name,
            obj=self,
        )

    def __getattr__(self, name: str) -> Any:
        """Raise for a missing attribute, suggesting the nearest name."""
        if hasattr(type(self), name):
            return object.__getattribute__(self, name)  # raises again what the property raised
        raise no_attribute(self, "recording", name)
