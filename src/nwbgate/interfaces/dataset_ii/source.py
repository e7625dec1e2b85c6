"""A Dataset II source: an HDF5 file of eight variables, opened and validated."""

import warnings
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError, SourceWarning
from nwbgate.interfaces.dataset_ii.text_variables import text_of
from nwbgate.interfaces.dataset_ii.trace import Trace
from nwbgate.interfaces.dataset_ii.variables import (
    MEND,
    list_of,
    number_of,
    open_variables,
    variables,
    vector_of,
    where,
)
from nwbgate.interfaces.plan import REFUSED_IN_IDS

#: Names of the spike detection threshold: the first in the dataset's description, the second in code that reads files.
THRESHOLD_KEYS = ("quiroma", "quiroga")
#: Sampling rates in Hz that are believed; recordings were made at 40 kHz and about 31.7 Hz.
EPHYS_RATES, OPHYS_RATES = (1e3, 200e3), (5.0, 200.0)
#: Ephys and ophys may end this many seconds apart.
LARGEST_DIFFERENCE = 1.0


class RecordingSource:
    """One source file, validated except for the samples of its traces.

    Parameters
    ----------
    path : Path
        HDF5 file; its stem is the recording's id.

    Attributes
    ----------
    path : Path
        The file.
    recording_id : str
        The file's stem.
    genotype : str
        Full genotype.
    ephys_period, ophys_period : float
        Sampling periods in seconds (dte, dto).
    threshold : float
        Spike detection threshold in volts.
    threshold_key : {"quiroma", "quiroga"}
        What the file calls the threshold.
    spike_times : numpy.ndarray, shape (spikes,), float64
        In seconds from the first sample of the voltage, ascending (sptimes).
    ephys_raw, ephys_baseline_subtracted : Trace, shape (samples,)
        Voltage.
    dff : Trace, shape (frames, 1)
        dF/F.

    Raises
    ------
    SourceError
        If the file is not what the description of Dataset II says, in any of the layouts that are known.

    Warns
    -----
    SourceWarning
        If ephys and ophys last differently by more than one frame, or the threshold is not positive.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.recording_id = _recording_id(self.path)
        with open_variables(self.path) as file:
            self.genotype = text_of(file, "genotype")
            self.ephys_period = _period(file, "dte", EPHYS_RATES)
            self.ophys_period = _period(file, "dto", OPHYS_RATES)
            self.threshold_key = _threshold_key(file)
            self.threshold = number_of(file, self.threshold_key)
            self.samples = _samples(file)
            self.spike_times = _spike_times(file, self.samples * self.ephys_period, self.ephys_period)
            self.ephys_raw = Trace(self.path, "ephys_raw", file=file)
            self.ephys_baseline_subtracted = Trace(self.path, "ephys_baseline_subtracted", file=file)
            self.dff = Trace(self.path, "dff", column=True, file=file)
        self._compare_durations()
        self._look_at_threshold()

    @staticmethod
    def genotype_of(path: str | Path) -> str:
        """Return the genotype of a source without reading anything else.

        Raises
        ------
        SourceError
            If the file cannot be opened, or its genotype is missing or unsound.
        """
        with open_variables(Path(path)) as file:
            return text_of(file, "genotype")

    @property
    def last_spike(self) -> float:
        """Time of the last spike in seconds; minus infinity for a silent neuron."""
        return float(self.spike_times[-1]) if len(self.spike_times) else -np.inf

    @property
    def ephys_seconds(self) -> float:
        """Duration of the voltage: samples times sampling period."""
        return self.samples * self.ephys_period

    @property
    def ophys_seconds(self) -> float:
        """Duration of dF/F: frames times sampling period."""
        return len(self.dff) * self.ophys_period

    def _compare_durations(self) -> None:
        difference = abs(self.ephys_seconds - self.ophys_seconds)
        got = f"ephys {self.ephys_seconds:.4f} s, ophys {self.ophys_seconds:.4f} s"
        if difference > LARGEST_DIFFERENCE:
            raise SourceError(
                "ephys and ophys differ in duration",
                where=f"{self.path}:/ephys_raw and /dff",
                got=got,
                expected=f"a difference of at most {LARGEST_DIFFERENCE:g} s",
                fix="check dte and dto, and that both streams are complete",
            )
        if difference > self.ophys_period:
            text = f"{self.path}: ephys and ophys end more than one frame apart: {got}"
            warnings.warn(text, SourceWarning, stacklevel=3)

    def _look_at_threshold(self) -> None:
        if self.threshold <= 0:
            text = f"{self.path}:/{self.threshold_key}: spike detection threshold is not positive: {self.threshold:g} V"
            warnings.warn(text, SourceWarning, stacklevel=3)


def _recording_id(path: Path) -> str:
    refused = sorted(set(REFUSED_IN_IDS.findall(path.stem)))
    if refused:
        raise SourceError(
            "invalid recording id in the file name",
            where=str(path),
            got=f"{path.stem!r}, with {' '.join(map(repr, refused))}",
            expected="a name without white space and without any of _ * \\ / < > : | \" ' ? % @ ; .",
            fix="rename the file; DANDI refuses these characters",
        )
    return path.stem


def _period(file: h5py.File, name: str, rates: tuple[float, float]) -> float:
    period = number_of(file, name)
    if not (period > 0 and rates[0] * (1 - 1e-6) <= 1 / period <= rates[1] * (1 + 1e-6)):
        raise SourceError(
            f"implausible sampling period {name}",
            where=where(file, name),
            got=f"{period:g} s" + (f", {1 / period:g} Hz" if period else ""),
            expected=f"{1 / rates[1]:g} to {1 / rates[0]:g} s ({rates[0]:g} to {rates[1]:g} Hz)",
            fix="give the period in seconds, not the rate",
        )
    return period


def _threshold_key(file: h5py.File) -> str:
    for key in THRESHOLD_KEYS:
        if key in file.keys():  # noqa: SIM118  `in` a file follows links
            return key
    names = " or ".join(THRESHOLD_KEYS)
    raise SourceError(
        "the spike detection threshold is missing", where=where(file, ""), got=variables(file), expected=names, fix=MEND
    )


def _samples(file: h5py.File) -> int:
    """Return the length of both voltage traces after checking all three traces."""
    raw, subtracted = (vector_of(file, name) for name in ("ephys_raw", "ephys_baseline_subtracted"))
    vector_of(file, "dff")
    if raw.size != subtracted.size:
        raise SourceError(
            "the voltage traces differ in length",
            where=f"{where(file, 'ephys_raw')} and /ephys_baseline_subtracted",
            got=f"{raw.size} and {subtracted.size} samples",
            expected="the same number of samples",
            fix=MEND,
        )
    return int(raw.size)


def _spike_times(file: h5py.File, seconds: float, period: float) -> npt.NDArray[np.float64]:
    """Return ascending, unique spike times, up to one sample after the end.

    None is no fault: a neuron may be silent.
    """
    times = list_of(file, "sptimes").astype(np.float64)
    last = seconds + period * (1 + 1e-6)
    backwards = np.flatnonzero(np.diff(times) < 0)
    repeated = np.flatnonzero(np.diff(times) == 0)
    outside = np.flatnonzero((times < 0) | (times > last))
    place = where(file, "sptimes")
    if not np.isfinite(times).all():
        wrong = int(np.argmin(np.isfinite(times)))
        raise _spike_error("are not finite", place, times, wrong, "finite numbers")
    if outside.size:
        raise _spike_error("lie outside the recording", place, times, int(outside[0]), f"0 to {seconds:g} s")
    if backwards.size:
        raise _spike_error("are not sorted", place, times, int(backwards[0]) + 1, "ascending times")
    if repeated.size:
        raise _spike_error("are repeated", place, times, int(repeated[0]) + 1, "each time once")
    return times


def _spike_error(what: str, place: str, times: npt.NDArray[np.float64], index: int, expected: str) -> SourceError:
    before = f" after {times[index - 1]:.6f} s" if index else ""
    return SourceError(
        f"spike times {what}",
        where=place,
        got=f"{times[index]:.6f} s{before}, at index {index} of {len(times)}",
        expected=expected,
        fix=MEND,
    )
