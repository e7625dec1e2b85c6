"""Simulated Dataset II recordings: voltage, spikes and dF/F of one neuron."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nwbgate.errors import UsageError
from nwbgate.samples.faults import FAULTS
from nwbgate.samples.fluorescence import record_df_over_f
from nwbgate.samples.genotypes import GENOTYPES
from nwbgate.samples.layouts import RecordingLayout, Variables, write_source
from nwbgate.samples.spike_trains import draw_rate, draw_spike_times
from nwbgate.samples.target import writing_sample
from nwbgate.samples.voltage import CellAttachedVoltage, record_voltage

#: Frame period of the published recordings, which is five frames of 6.3179 ms (s).
OPHYS_PERIOD = 5 * 6.3179e-3
#: Numbers from which the names of sample recordings are drawn; those of the published recordings lie here.
RECORDING_NUMBERS = range(102000, 104000)


@dataclass(frozen=True)
class SimulatedRecording:
    """A simulated recording with its ground truth.

    Parameters
    ----------
    genotype : str
        Full genotype.
    true_spike_times : numpy.ndarray, shape (spikes,), float64
        When the cell fired, in seconds; the voltage's own list may miss a small one.
    voltage : CellAttachedVoltage
        Traces, threshold and detected spikes.
    dff : numpy.ndarray, shape (frames,), float64
        dF/F, without unit.
    ephys_period, ophys_period : float
        Sampling periods in seconds.
    """

    genotype: str
    true_spike_times: NDArray[np.float64]
    voltage: CellAttachedVoltage
    dff: NDArray[np.float64]
    ephys_period: float
    ophys_period: float

    def variables(self) -> Variables:
        """Return the variables of the source file, by name."""
        return {
            "dff": self.dff,
            "dte": self.ephys_period,
            "dto": self.ophys_period,
            "ephys_baseline_subtracted": self.voltage.baseline_subtracted,
            "ephys_raw": self.voltage.raw,
            "genotype": self.genotype,
            "quiroma": self.voltage.threshold,
            "sptimes": self.voltage.spike_times,
        }


def simulate_recording(
    rng: Generator,
    *,
    genotype: str = "Emx1-s",
    seconds: float = 60.0,
    sampling_rate: float = 40000.0,
    rate: float | None = None,
    ophys_lag: float = 0.0,
    clock_error: float = 0.0,
) -> SimulatedRecording:
    """Simulate one recording.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of all chance.
    genotype : {"Emx1-s", "Emx1-f", "Cux2-f"}
        Mouse line: firing statistics and indicator.
    seconds : float
        Length; dF/F ends at the frame nearest to it.
    sampling_rate : float
        Samples per second of the voltage.
    rate : float, optional
        Mean firing rate in Hz; drawn from the line's distribution by default.
    ophys_lag : float
        Seconds by which dF/F is late against the voltage.
    clock_error : float
        Relative error of the microscope's clock: 0.001 makes dF/F one millisecond later with every second.

    Raises
    ------
    UsageError
        Unknown genotype, or a length that holds no four spikes.
    """
    if genotype not in GENOTYPES:
        raise UsageError(
            "unknown genotype of a sample",
            got=genotype,
            expected=", ".join(GENOTYPES),
            where="genotype",
            fix="choose one of these",
        )
    if seconds < 2.0:
        raise UsageError(
            "the sample recording is too short",
            got=f"{seconds:g} s",
            expected="2 s or more",
            where="seconds",
            fix="ask for a longer recording",
        )
    line, period = GENOTYPES[genotype], 1.0 / sampling_rate
    spikes = draw_spike_times(line, rate or draw_rate(line, seconds, rng), seconds, rng)
    voltage = record_voltage(spikes, round(seconds * sampling_rate), period, rng)
    seen = spikes * (1.0 + clock_error) + ophys_lag
    dff = record_df_over_f(seen, line, round(seconds / OPHYS_PERIOD), OPHYS_PERIOD, rng)
    return SimulatedRecording(line.text, spikes, voltage, dff, period, OPHYS_PERIOD)


def make_recording(
    path: Path,
    *,
    genotype: str = "Emx1-s",
    seconds: float = 60.0,
    sampling_rate: float = 40000.0,
    seed: int | tuple[int, ...] = 0,
    rate: float | None = None,
    ophys_lag: float = 0.0,
    clock_error: float = 0.0,
    layout: RecordingLayout | None = None,
    fault: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Write one simulated recording and return its path.

    Parameters
    ----------
    path : pathlib.Path
        File to write; its stem is the recording's number.
    genotype, seconds, sampling_rate, rate, ophys_lag, clock_error
        See `simulate_recording`.
    seed : int or tuple of int
        Equal seeds make equal recordings.
    layout : RecordingLayout, optional
        How the variables are stored; as the dataset's description says by default.
    fault : str, optional
        A name of `nwbgate.samples.faults.FAULTS`: what shall be wrong with the file.
    overwrite : bool
        Replace an existing file.

    Raises
    ------
    UsageError
        Unknown genotype or fault, or a recording that is too short.
    FileExistsError
        `path` exists and `overwrite` is false.
    """
    if fault is not None and fault not in FAULTS:
        raise UsageError(
            "unknown fault of a sample", got=fault, expected=", ".join(FAULTS), where="fault", fix="choose one of these"
        )
    recording = simulate_recording(
        np.random.default_rng(seed),
        genotype=genotype,
        seconds=seconds,
        sampling_rate=sampling_rate,
        rate=rate,
        ophys_lag=ophys_lag + (FAULTS[fault].ophys_lag if fault else 0.0),
        clock_error=clock_error + (FAULTS[fault].clock_error if fault else 0.0),
    )
    layout = layout or RecordingLayout()
    variables = recording.variables()
    if layout.one_based_spikes:
        variables["sptimes"] = variables["sptimes"] + recording.ephys_period
    if fault:
        FAULTS[fault].edit(variables)
    write_source(path, variables, layout, overwrite=overwrite)
    if fault:
        FAULTS[fault].damage(path)
    return path


def recording_numbers(recordings: int, seed: int) -> list[str]:
    """Return names of sample recordings, a prefix of those of any larger number.

    Raises
    ------
    UsageError
        Fewer than one recording, or more than there are numbers.
    """
    if not 1 <= recordings <= len(RECORDING_NUMBERS):
        raise UsageError(
            "invalid number of sample recordings",
            got=str(recordings),
            expected=f"1 to {len(RECORDING_NUMBERS)}",
            where="recordings",
            fix="ask for a number in this range",
        )
    drawn = np.random.default_rng(seed).permutation(len(RECORDING_NUMBERS))[:recordings]
    return [str(RECORDING_NUMBERS[number]) for number in drawn]


def make_recordings(
    folder: Path,
    *,
    recordings: int = 6,
    seconds: float = 60.0,
    sampling_rate: float = 40000.0,
    seed: int = 0,
    overwrite: bool = False,
) -> list[Path]:
    """Write simulated recordings of all three genotypes in turn into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Made when it does not exist.
    recordings : int
        How many.
    seconds, sampling_rate : float
        Length and samples per second of the voltage of each.
    seed : int
        Equal seeds make equal names and recordings.
    overwrite : bool
        Replace existing files of the same names.

    Returns
    -------
    list of pathlib.Path
        The files, in the order in which they were made.

    Raises
    ------
    UsageError
        A file of the same name exists and `overwrite` is false, or an argument is out of range.
    WriteError
        The folder cannot be made or written to.
    """
    paths = [folder / f"{number}.h5" for number in recording_numbers(recordings, seed)]
    lines = list(GENOTYPES)
    with writing_sample(folder, paths, "recordings", overwrite=overwrite):
        folder.mkdir(parents=True, exist_ok=True)
        return [
            make_recording(
                path,
                genotype=lines[index % len(lines)],
                seconds=seconds,
                sampling_rate=sampling_rate,
                seed=(seed, index),
                overwrite=overwrite,
            )
            for index, path in enumerate(paths)
        ]


def describe_recording(path: Path) -> Mapping[str, str]:
    """Return the content of a simulated recording as column title -> text."""
    with h5py.File(path, "r") as file:
        samples, period = file["ephys_raw"].size, float(file["dte"][()])
        text = file["genotype"].asstr()[()]
        return {
            "genotype": next(name for name, line in GENOTYPES.items() if line.text == text),
            "length": f"{samples * period:g} s",
            "voltage": f"{1e-3 / period:g} kHz",
            "dF/F": f"{1 / float(file['dto'][()]):.2f} Hz",
            "spikes": str(file["sptimes"].size),
        }
