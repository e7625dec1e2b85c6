"""Tabled monitor delays of rigs, for sessions without a usable photodiode."""

from dataclasses import dataclass

from nwbgate.errors import SourceError
from nwbgate.manifest.usual_delays import usual_delays


@dataclass(frozen=True)
class MonitorDelay:
    """Delay of the monitor of a session.

    Attributes
    ----------
    seconds : float
        From the command to draw a frame to light on the screen.
    basis : str
        Where it comes from, such as ``measured with the photodiode``.
    """

    seconds: float
    basis: str

    @property
    def decision(self) -> str:
        """Source of the delay, as a sentence."""
        return f"monitor delay {self.seconds:.6f} s, {self.basis}"


def tabled_delay(rig: str, why: str) -> MonitorDelay:
    """Return the tabled delay of a rig.

    Parameters
    ----------
    rig : str
        Its name.
    why : str
        Why none was measured.

    Raises
    ------
    SourceError
        If the rig is not in the table.
    """
    if rig not in usual_delays():
        raise SourceError(
            "unknown monitor delay",
            where=f"rig {rig}",
            got=why,
            expected=f"a usable photodiode, or one of the rigs {', '.join(usual_delays())}",
            fix="give the delay as monitor_delay in the session facts, in seconds",
        )
    return MonitorDelay(usual_delays()[rig], f"tabled: {why}")
