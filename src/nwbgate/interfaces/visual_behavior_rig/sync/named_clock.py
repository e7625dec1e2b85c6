"""A named clock: the times of one stream, for any of its interfaces."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError, UsageError

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class NamedClock:
    """Times of the samples of one stream.

    Attributes
    ----------
    name : str
        What the clock times, such as ``two-photon frames``.
    times : numpy.ndarray, shape (samples,), float64
        Ascending, in seconds of the session.
    source : str
        File and line that they come from.
    decisions : tuple of str
        What was left out or assumed, one sentence each.
    """

    name: str
    times: FloatArray
    source: str
    decisions: tuple[str, ...] = ()

    def fit(self, samples: int, surplus: int = 0) -> "NamedClock":
        """Return the clock cut to the samples of a stream.

        Parameters
        ----------
        samples : int
            How many the stream has.
        surplus : int
            How many pulses at the end may be cut; -1 for any number.

        Raises
        ------
        SourceError
            If there are fewer pulses than samples, or more than may be cut.
        """
        more = len(self.times) - samples
        if more < 0 or (more > surplus >= 0):
            raise SourceError(
                f"the clock of the {self.name} does not fit its stream",
                where=self.source,
                got=f"{len(self.times)} pulses for {samples} samples",
                expected=f"{samples} pulses" + (f", or up to {surplus} more" if surplus > 0 else ""),
                fix="check that both files belong to the same session; if so, allow surplus pulses to be cut",
            )
        if not more:
            return self
        cut = f"{more} of {len(self.times)} pulses of the {self.name} cut at the end: the stream has {samples} samples"
        return replace(self, times=self.times[:samples], decisions=(*self.decisions, cut))

    def align(self, interface: Any, samples: int | None = None, surplus: int = 0) -> "NamedClock":
        """Set these times on an interface by its ``set_aligned_timestamps``.

        Parameters
        ----------
        interface
            Any NeuroConv interface with temporal alignment, ours or NeuroConv's.
        samples : int, optional
            How many samples its stream has; asked of the interface where it knows them.
        surplus : int
            How many pulses at the end may be cut; -1 for any number.

        Returns
        -------
        NamedClock
            The clock as the interface got it.

        Raises
        ------
        SourceError
            If pulses and samples do not fit.
        UsageError
            If the interface does not know its samples, as pose estimations do not, and none are given.
        """
        fitted = self.fit(_samples_of(interface) if samples is None else samples, surplus)
        interface.set_aligned_timestamps(fitted.times)
        return fitted


def _samples_of(interface: Any) -> int:
    try:
        return len(interface.get_original_timestamps())
    except NotImplementedError as problem:
        raise UsageError(
            "the interface does not know its number of samples",
            where=type(interface).__name__,
            got=str(problem),
            expected="the number of its samples",
            fix="give samples, such as the rows of a table of poses",
        ) from problem
