"""Running speed and the encoder signals that it was computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pynwb import NWBFile, TimeSeries

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import BehaviorInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import unit_of
from nwbgate.interfaces.visual_behavior.texts import description


@dataclass(frozen=True)
class _Signal:
    """A series: its name and source path, with its session table and column."""

    name: str
    place: str
    table: str
    column: str
    acquired: bool = False


SIGNALS = (
    _Signal("running_speed", "/processing/running/speed", "running_speed", "speed"),
    _Signal("raw_running_speed", "/processing/running/speed_unfiltered", "raw_running_speed", "speed"),
    _Signal("running_wheel_rotation", "/processing/running/dx", "running_encoder", "dx"),
    _Signal("v_sig", "/acquisition/v_sig", "running_encoder", "v_sig", acquired=True),
    _Signal("v_in", "/acquisition/v_in", "running_encoder", "v_in", acquired=True),
)


class RunningInterface(BehaviorInterface):
    """Running speed (filtered and raw, cm/s), wheel rotation (degrees) and encoder voltages.

    Adds the `TimeSeries` ``running_speed``, ``raw_running_speed`` and ``running_wheel_rotation`` to
    ``processing/behavior``, ``v_sig`` and ``v_in`` to the acquisition. All share one set of timestamps, that of
    ``stimulus_timestamps`` where both are equal to the last bit.
    """

    display_name = "Visual Behavior running"
    keywords = ("behavior", "running", "locomotion")
    info = "Interface for the running speed of the Visual Behavior 2P release."
    table_name = "running_speed"
    needed = True

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        times = self._times()
        signals = {signal.name: self.source.numbers(f"{signal.place}/data", len(times))[()] for signal in SIGNALS}
        add_running(nwbfile, metadata, self.aligned(times), signals)

    def _times(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the single set of times that the file stores five times."""
        first = SIGNALS[0].place
        times = self.source.timestamps(f"{first}/timestamps")
        for signal in SIGNALS[1:]:
            if not np.array_equal(self.source.array(f"{signal.place}/timestamps"), times):
                raise SourceError(
                    "signals of the running wheel have different timestamps",
                    where=f"{self.source.path}:{signal.place}/timestamps",
                    got=f"values other than {first}/timestamps",
                    expected="one set of timestamps for all signals of the encoder",
                    fix="download the file again",
                )
        return times


def add_running(
    nwbfile: NWBFile,
    metadata: Mapping[str, Any],
    times: np.ndarray[Any, np.dtype[np.float64]],
    signals: Mapping[str, np.ndarray[Any, Any]],
) -> None:
    """Add speeds and signals of the wheel to a file in memory.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    times : numpy.ndarray, shape (samples,)
        In seconds of the session.
    signals : mapping of str to numpy.ndarray, shape (samples,)
        Values of each of `SIGNALS`, by its name.
    """
    clock = _clock(nwbfile, times)
    for signal in SIGNALS:
        series = TimeSeries(
            name=signal.name,
            description=description(metadata, signal.name),
            data=signals[signal.name],
            unit=unit_of(signal.table, signal.column),
            timestamps=clock,
            continuity="continuous",
        )
        if signal.acquired:
            nwbfile.add_acquisition(series)
        else:
            behavior_module(nwbfile).add(series)
        clock = clock if isinstance(clock, TimeSeries) else series


def _clock(nwbfile: NWBFile, times: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
    """Return the series in the file with the same timestamps, else the timestamps."""
    shown = behavior_module(nwbfile).data_interfaces.get("stimulus_timestamps")
    return shown if shown is not None and np.array_equal(shown.timestamps, times) else times
