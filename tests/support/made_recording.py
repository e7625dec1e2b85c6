"""A simulated recording of one neuron as arrays, under the names that a recording of a file has."""

from dataclasses import dataclass, field

import numpy as np

from nwbgate.samples.dataset_ii import SimulatedRecording, simulate_recording

SECONDS, RATE = 125.0, 10_000.0


@dataclass(frozen=True)
class MadeRecording:
    """What `measure_recording` takes, from arrays."""

    voltage: np.ndarray
    baseline_subtracted: np.ndarray
    spike_times: np.ndarray
    dff: np.ndarray
    threshold: float
    voltage_rate: float = RATE
    dff_period: float = 0.0
    voltage_start: float = 0.0
    dff_start: float = 0.0
    metadata: dict = field(default_factory=lambda: {"indicator": "GCaMP6s"})

    @property
    def sampling_periods(self) -> dict[str, float]:
        return {"voltage": 1 / self.voltage_rate, "dff": self.dff_period}

    @property
    def dff_timestamps(self) -> np.ndarray:
        return self.dff_start + np.arange(len(self.dff)) * self.dff_period


def made(simulated: SimulatedRecording) -> MadeRecording:
    """A recording whose baseline wanders by a millivolt, once down and up."""
    voltage = simulated.voltage
    wandering = -2e-3 - 0.5e-3 * np.sin(np.linspace(0, 2 * np.pi, len(voltage.baseline_subtracted)))
    return MadeRecording(
        voltage=voltage.baseline_subtracted + wandering,
        baseline_subtracted=voltage.baseline_subtracted,
        spike_times=voltage.spike_times,
        dff=simulated.dff,
        threshold=voltage.threshold,
        dff_period=simulated.ophys_period,
    )


def simulated(**options: float) -> MadeRecording:
    random = np.random.default_rng(3)
    return made(simulate_recording(random, seconds=SECONDS, sampling_rate=RATE, rate=1.5, **options))
