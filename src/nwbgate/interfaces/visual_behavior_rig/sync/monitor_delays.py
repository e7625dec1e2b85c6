"""Tabled monitor delays of rigs, for sessions without a usable photodiode."""

from dataclasses import dataclass

from nwbgate.errors import SourceError

#: Seconds by which a frame appears later than it was sent, as AllenSDK 2.16.2 has them for each rig.
TABLED = {
    "CAM2P.1": 0.020842,
    "CAM2P.2": 0.037566,
    "CAM2P.3": 0.021390,
    "CAM2P.4": 0.021102,
    "CAM2P.5": 0.021192,
    "MESO.1": 0.03613,
    "MESO.2": 0.03613,
}
#: Delay of all sessions without a sync file, on behavior boxes and elsewhere.
BEHAVIOR_BOX = 0.02115


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
    if rig not in TABLED:
        raise SourceError(
            "unknown monitor delay",
            where=f"rig {rig}",
            got=why,
            expected=f"a usable photodiode, or one of the rigs {', '.join(TABLED)}",
            fix="give the delay as monitor_delay in the session facts, in seconds",
        )
    return MonitorDelay(TABLED[rig], f"tabled: {why}")
