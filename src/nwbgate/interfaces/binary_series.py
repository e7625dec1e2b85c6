"""A flat binary file, such as int16 samples, as a time series."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import FilePath, validate_call
from pynwb import NWBFile, TimeSeries

from nwbgate.errors import SourceError
from nwbgate.interfaces.aligned_interface import AlignedInterface
from nwbgate.interfaces.clock import FloatArray, timing


class BinarySeriesInterface(AlignedInterface):
    """Samples of one or more channels, interleaved, without a header.

    Parameters
    ----------
    file_path : path
        The file.
    sampling_rate : float
        Samples per second of each channel.
    dtype : str
        Type of a sample as NumPy names it, with its byte order: ``<i2`` is int16 as PCs write it.
    channels : int
        Number of channels, of which samples of the same time stand side by side.
    skip_bytes : int
        Length of a header that is passed over.

    Raises
    ------
    SourceError
        If the file is empty, or its size is no whole number of samples.
    """

    display_name = "flat binary series"
    associated_suffixes = (".bin", ".dat", ".raw")
    info = "Interface for a flat binary file of samples."

    @validate_call
    def __init__(
        self,
        file_path: FilePath,
        *,
        sampling_rate: float,
        dtype: str = "<i2",
        channels: int = 1,
        skip_bytes: int = 0,
        verbose: bool = False,
    ) -> None:
        super().__init__(
            verbose=verbose,
            file_path=file_path,
            sampling_rate=sampling_rate,
            dtype=dtype,
            channels=channels,
            skip_bytes=skip_bytes,
        )
        self.sampling_rate = sampling_rate
        self.samples = self._open(np.dtype(dtype), channels, skip_bytes)

    def _open(self, dtype: np.dtype[Any], channels: int, skip_bytes: int) -> npt.NDArray[Any]:
        """Return the samples without reading them, shape (samples,) or (samples, channels)."""
        path = self.source_data["file_path"]
        size, frame = path.stat().st_size - skip_bytes, dtype.itemsize * channels
        if size <= 0 or size % frame:
            raise SourceError(
                "the size of the binary file does not fit its samples",
                where=str(path),
                got=f"{size} bytes after {skip_bytes} of a header",
                expected=f"a multiple of {frame} bytes: {channels} channels of {dtype}",
                fix="correct dtype, channels or skip_bytes, or replace the truncated file",
            )
        samples = np.memmap(path, dtype=dtype, mode="r", offset=skip_bytes)
        return samples if channels == 1 else samples.reshape(-1, channels)

    def get_original_timestamps(self) -> FloatArray:
        """Return the time of each sample in seconds from the first, shape (samples,)."""
        return np.arange(len(self.samples), dtype=np.float64) / self.sampling_rate

    def add_to_nwbfile(
        self,
        nwbfile: NWBFile,
        metadata: Mapping[str, Any] | None = None,
        *,
        name: str = "TimeSeries",
        description: str = "Samples of a flat binary file.",
        unit: str = "volts",
        conversion: float = 1.0,
        offset: float = 0.0,
    ) -> None:
        """Add the samples as stored, with their conversion to units.

        Parameters
        ----------
        nwbfile : NWBFile
            The file.
        metadata : mapping, optional
            Not used.
        name : str
            Name of the series.
        description : str
            Its description.
        unit : str
            Unit of the samples times `conversion` plus `offset`.
        conversion : float
            Units in one step of the number that is stored.
        offset : float
            Units that are added afterwards.
        """
        nwbfile.add_acquisition(
            TimeSeries(
                name=name,
                description=description,
                data=self.samples,
                unit=unit,
                conversion=conversion,
                offset=offset,
                **timing(self.clock, len(self.samples), 1.0 / self.sampling_rate),
            )
        )
