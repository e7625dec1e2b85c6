"""The clock of a stream: source seconds to session seconds."""

from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.errors import UsageError

FloatArray = npt.NDArray[np.float64]

#: Samples that lie this near to a regular grid (s) are regular; far below any sampling period, far above rounding.
REGULAR = 1e-9


class Clock:
    """A piecewise linear map of times, initially the identity.

    Streams that were sampled together share one clock, so that aligning one of them aligns them all.
    """

    def __init__(self) -> None:
        self._source: FloatArray | None = None
        self._session: FloatArray | None = None
        self._shift = 0.0

    @property
    def is_steady(self) -> bool:
        """Whether session time runs at the source's pace."""
        return self._source is None

    @property
    def alignment(self) -> dict[str, Any]:
        """The alignment as plain data: empty, a shift, or a digest of the knots."""
        if self._source is None or self._session is None:
            return {"shift": self._shift} if self._shift else {}
        return {"knots": sha256(self._source.tobytes() + self._session.tobytes()).hexdigest()}

    def times(self, source: FloatArray) -> FloatArray:
        """Return the session times of source times, in seconds, same shape."""
        if self._source is None or self._session is None:
            return source + self._shift
        times = np.interp(source, self._source, self._session)
        before, after = source < self._source[0], source > self._source[-1]
        times[before] = self._session[0] + (source[before] - self._source[0])
        times[after] = self._session[-1] + (source[after] - self._source[-1])
        return times

    def shift(self, seconds: float) -> None:
        """Shift all times in seconds, on top of any earlier alignment.

        Raises
        ------
        UsageError
            If they are not finite.
        """
        if not np.isfinite(seconds):
            raise UsageError(
                "the aligned starting time is not finite",
                where="set_aligned_starting_time",
                got=str(seconds),
                expected="a finite number of seconds",
                fix="give the seconds to add to the times of the stream",
            )
        if self._session is None:
            self._shift += seconds
        else:
            self._session = self._session + seconds

    def align(self, source: FloatArray, session: FloatArray) -> None:
        """Map these source times to these session times, replacing any earlier alignment.

        Parameters
        ----------
        source : numpy.ndarray, shape (n,)
            Ascending source times, in seconds.
        session : numpy.ndarray, shape (n,)
            The session time of each, in seconds.

        Raises
        ------
        UsageError
            If the session times are not as many as the source times, or not finite.
        """
        aligned = np.array(session, dtype=np.float64)
        if aligned.shape != source.shape:
            got = f"shape {aligned.shape}"
            raise UsageError(
                "wrong number of aligned timestamps",
                got=got,
                expected=f"shape {source.shape}",
                where="set_aligned_timestamps",
                fix="give one time for each sample",
            )
        if not np.isfinite(aligned).all():
            raise UsageError(
                "the aligned timestamps are not finite",
                got=str(aligned[~np.isfinite(aligned)][0]),
                where="set_aligned_timestamps",
                fix="give one finite time for each sample",
            )
        self._source, self._session = np.array(source, dtype=np.float64), aligned

    def refuse_backwards(self) -> None:
        """Reject data on a clock that stands still or runs backwards.

        Raises
        ------
        UsageError
            Naming the first time that is not later than the one before.
        """
        if self._session is None or not (backwards := np.flatnonzero(np.diff(self._session) <= 0)).size:
            return
        first = int(backwards[0])
        raise UsageError(
            "the aligned timestamps do not ascend",
            got=f"{self._session[first + 1]} s after {self._session[first]} s, at index {first + 1}",
            expected="ascending times",
            fix="pass ascending times to set_aligned_timestamps",
            where="set_aligned_timestamps",
        )


def timing(clock: Clock, samples: int, period: float, shift: float = 0.0) -> dict[str, Any]:
    """Return the timing arguments of a pynwb time series.

    Parameters
    ----------
    clock : Clock
        Clock of the stream.
    samples : int
        Length of the series.
    period : float
        Sampling period in the source's seconds.
    shift : float
        Seconds added to all times.

    Returns
    -------
    dict
        ``rate`` (Hz) and ``starting_time`` (s) where samples are regular in the session's time, else ``timestamps``.
    """
    if clock.is_steady:
        return {"rate": 1.0 / period, "starting_time": float(clock.times(np.zeros(1))[0]) + shift}
    times = clock.times(np.arange(samples, dtype=np.float64) * period) + shift
    step = (times[-1] - times[0]) / (samples - 1) if samples > 1 else period
    if np.abs(times - (times[0] + np.arange(samples) * step)).max() <= REGULAR:
        return {"rate": float(1.0 / step), "starting_time": float(times[0])}
    return {"timestamps": times}
