"""An interface whose stream has a clock: what NeuroConv asks of temporal alignment, once for every data set."""

from abc import abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from neuroconv.basetemporalalignmentinterface import BaseTemporalAlignmentInterface

from nwbgate.interfaces.clock import Clock, FloatArray


class AlignedInterface(BaseTemporalAlignmentInterface):  # type: ignore[misc]  # NeuroConv has no types
    """A stream with times of its source, which alignment turns into times of the session."""

    @cached_property
    def clock(self) -> Clock:
        """What alignment changes; streams that were sampled together may share one."""
        return Clock()

    @property
    def alignment(self) -> dict[str, Any]:
        """What alignment has changed, as plain data; a file that was written before it is not up to date after it."""
        return self.clock.alignment

    @abstractmethod
    def get_original_timestamps(self) -> FloatArray:
        """Return the times of the stream as the source says them, in seconds, shape (n,)."""

    def get_timestamps(self) -> FloatArray:
        """Return the aligned times of the stream, in seconds, shape (n,)."""
        return self.clock.times(self.get_original_timestamps())

    def aligned(self, times: FloatArray) -> FloatArray:
        """Return times of the source as times of the session; NaN and infinite ones stay.

        Raises
        ------
        UsageError
            If the stream was aligned to times that go backwards.
        """
        self.clock.refuse_backwards()
        return self.clock.times(times)

    def set_aligned_timestamps(self, aligned_timestamps: npt.NDArray[np.float64]) -> None:
        """Give each time of the stream its session time, in place of any alignment before.

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
        """Move the stream by so many seconds, on top of any alignment before."""
        self.clock.shift(aligned_starting_time)
