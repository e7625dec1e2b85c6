"""Base of interfaces with a clock: NeuroConv's temporal alignment for every data set."""

from abc import abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from neuroconv.basetemporalalignmentinterface import BaseTemporalAlignmentInterface

from nwbgate.interfaces.clock import Clock, FloatArray


class AlignedInterface(BaseTemporalAlignmentInterface):  # type: ignore[misc]  # NeuroConv has no types
    """A stream whose source times are aligned to session times."""

    @cached_property
    def clock(self) -> Clock:
        """The stream's clock; simultaneously sampled streams may share one."""
        return Clock()

    @property
    def alignment(self) -> dict[str, Any]:
        """The alignment as plain data; a change makes a written file out of date."""
        return self.clock.alignment

    @abstractmethod
    def get_original_timestamps(self) -> FloatArray:
        """Return the times of the source, in seconds, shape (n,)."""

    def get_timestamps(self) -> FloatArray:
        """Return the aligned times of the stream, in seconds, shape (n,)."""
        return self.clock.times(self.get_original_timestamps())

    def aligned(self, times: FloatArray) -> FloatArray:
        """Return source times as session times; NaN and infinite ones stay.

        Raises
        ------
        UsageError
            If the stream was aligned to times that go backwards.
        """
        self.clock.refuse_backwards()
        return self.clock.times(times)

    def set_aligned_timestamps(self, aligned_timestamps: npt.NDArray[np.float64]) -> None:
        """Set the session time of each source time, replacing any earlier alignment.

        Parameters
        ----------
        aligned_timestamps : numpy.ndarray, shape (n,)
            Times in seconds, one for each of `get_original_timestamps`; ascending, or they are refused when written.

        Raises
        ------
        UsageError
            If they are not as many, or not finite.
        """
        self.clock.align(self.get_original_timestamps(), aligned_timestamps)

    def set_aligned_starting_time(self, aligned_starting_time: float) -> None:
        """Shift the stream in seconds, on top of any earlier alignment."""
        self.clock.shift(aligned_starting_time)
