"""Common differences between the times of two clocks, with their likely cause."""

import numpy as np

from nwbgate.manifest.usual_delays import usual_delays
from nwbgate.rules.sessions.rows import Times

#: Two times that come from one frame differ by less than this, in seconds: rounding, not a clock of its own.
ROUNDING = 1e-4
#: A constant offset that repeats this well, in seconds, is one offset.
_CONSTANT = 1e-3
#: Fewest rows from which an offset is called common.
_FEWEST = 3
#: Delays of monitors that are possible on an undescribed rig, in seconds.
POSSIBLE_DELAYS = (0.003, 0.06)
#: Largest difference between the delay of a session and the rig's usual one, in seconds. It is one frame and a bit, so
#: that a delay left out, or added twice, differs by more.
DELAY_DIFFERS = 0.018


def rig_delay(equipment: object) -> float | None:
    """Return the usual monitor delay of a rig in seconds, or None."""
    name = str(equipment or "")
    return next((delay for rig, delay in usual_delays().items() if name.startswith(rig)), None)


def common_offset(differences: Times) -> float | None:
    """Return the non-zero offset shared by all differences in seconds, or None.

    Parameters
    ----------
    differences : array of float, shape (rows,)
        Time minus expected time, seconds; missing ones are left out.
    """
    known = differences[np.isfinite(differences)]
    if len(known) < _FEWEST or np.ptp(known) > _CONSTANT:
        return None
    offset = float(np.median(known))
    return offset if abs(offset) > ROUNDING else None


def difference_words(differences: Times, delay: float | None) -> list[str]:
    """Return each row's time difference in words, with its likely cause.

    Parameters
    ----------
    differences : array of float, shape (rows,)
        Time minus expected time, seconds.
    delay : float or None
        Delay of the session's monitor in seconds, if it is known.
    """
    shared = common_offset(differences)
    if shared is None:
        return [f"{difference:+.4f} s off" for difference in differences]
    return [f"all {np.isfinite(differences).sum()} are {shared:+.4f} s off{cause_of_offset(shared, delay)}"] * len(
        differences
    )


def cause_of_offset(offset: float, delay: float | None) -> str:
    """Return a constant offset's likely cause as a suffix, or empty."""
    for sign, verb in ((1, "was added"), (-1, "was subtracted")):
        if delay is not None and abs(offset - sign * delay) < _CONSTANT:
            return f": the monitor delay {verb}"
    frames = offset * 60
    if 0.5 < abs(frames) < 20.5 and abs(frames - round(frames)) < 0.1:
        return f": {abs(round(frames))} frames of a 60 Hz monitor"
    return ": another clock" if abs(offset) > 1 else ""


def unlike_seconds(first: float, last: float, span: tuple[float, float] | None) -> str:
    """Describe times that cannot be seconds of this session, or return an empty text.

    Parameters
    ----------
    first, last : float
        First and last of the times.
    span : tuple of float, or None
        First and last time of a clock of the session that is right, seconds.
    """
    if first > UNIX:
        return "seconds since 1970 (Unix time)" if last < 1000 * UNIX else "milliseconds since 1970 (Unix time)"
    if span is None or not span[1] > 0:
        return ""
    if last > 100 * span[1]:
        return "milliseconds" if last < 1e5 * span[1] else "microseconds"
    if first > span[1] or last < span[0]:
        return "times of another session's clock"
    return ""


#: No session lasts three years: a time above this, in seconds, counts from 1970.
UNIX = 1e8
