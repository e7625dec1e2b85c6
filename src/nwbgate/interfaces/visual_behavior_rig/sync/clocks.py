"""Clocks of a session: times of each stream with a sync line."""

from dataclasses import replace

from nwbgate.algorithms.frame_clocks import STARTUP_INTERVAL, begins_with_spike, plane_group
from nwbgate.algorithms.photodiode_delay import measured_delay
from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.sync.named_clock import FloatArray, NamedClock
from nwbgate.interfaces.visual_behavior_rig.sync.rig_lines import SIGNALS, Edge, FrameEdge, Signal
from nwbgate.interfaces.visual_behavior_rig.sync.session_delay import MonitorDelay, tabled_delay
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile

#: Surplus pulses that are cut without being asked: a Scientifica microscope sends up to six after its last frame.
SURPLUS_OF_SINGLE_PLANE = 6


class Clocks:
    """Named clocks of one sync file.

    Parameters
    ----------
    sync : SyncFile
        The recording of the lines.

    Attributes
    ----------
    sync : SyncFile
        As given.
    """

    def __init__(self, sync: SyncFile) -> None:
        self.sync = sync

    @property
    def decisions(self) -> tuple[str, ...]:
        """Decisions about all clocks: how often the counter wrapped."""
        wraps, bits = self.sync.wraps, self.sync.metadata.counter_bits
        return (f"the {bits}-bit counter of {self.sync.path.name} wrapped {wraps}x and was continued",) if wraps else ()

    def line(self, name: str, edge: Edge = "rising") -> NamedClock:
        """Return the clock of any line, by its name in the file.

        Raises
        ------
        SourceError
            If the file has no such line; those present are named.
        """
        return self._clock(Signal(name, edge, (name,)))

    def signal(self, name: str) -> NamedClock:
        """Return the clock of a signal (a key of `rig_lines.SIGNALS`), under any line name.

        Raises
        ------
        SourceError
            If the file has no line of the signal; those present are named.
        """
        return self._clock(SIGNALS[name])

    def stimulus(self, frames: int | None = None) -> NamedClock:
        """Return the stimulus clock from falling edges, at most one surplus.

        Parameters
        ----------
        frames : int, optional
            Frames of the stimulus pickle. Without them all edges are frames.

        Raises
        ------
        SourceError
            If the number of edges is not that of the frames or one more, also without the first edge where that is
            the spike of a starting DAQ board.
        """
        clock = self.signal("stimulus")
        if frames is None:
            return clock
        rising = self.sync.rising(self.sync.first_line(SIGNALS["stimulus"].names, "stimulus frames"))
        if len(clock.times) > frames and begins_with_spike(rising):
            spike = f"first pulse of the stimulus frames dropped: the next came more than {STARTUP_INTERVAL} s later"
            clock = replace(clock, times=clock.times[1:], decisions=(*clock.decisions, spike))
        if len(clock.times) in (frames, frames + 1):
            return clock
        raise SourceError(
            "the numbers of stimulus frames in pickle and sync file differ",
            where=clock.source,
            got=f"{len(clock.times)} falling edges",
            expected=f"{frames} or {frames + 1}, for the frames of the pickle",
            fix="check that both files belong to the same session",
        )

    def imaging(
        self,
        frames: int | None = None,
        group: int = 0,
        groups: int = 0,
        allow_trim: int = 0,
        edge: FrameEdge = "rising",
    ) -> NamedClock:
        """Return the clock of the two-photon frames of one group of planes.

        Parameters
        ----------
        frames : int, optional
            Frames of the traces. Without them all pulses are frames.
        group, groups : int
            Number of the group, and how many there are; 0 groups for a microscope without.
        allow_trim : int
            Surplus pulses at the end that may be cut; those of a microscope without groups may be 6 in any case.
        edge : {"rising", "falling"}
            Edge that is a frame. ``falling``: on Nikon and older microscopes, from the first imaging trigger on.

        Raises
        ------
        SourceError
            If there are fewer pulses than frames, or more than may be cut.
        """
        clock = self.signal("imaging") if edge == "rising" else self._falling_frames()
        if groups > 1:
            name = f"{clock.name}, group {group} of {groups}"
            clock = replace(clock, name=name, times=plane_group(clock.times, group, groups))
        if frames is None:
            return clock
        return clock.fit(frames, max(allow_trim, 0 if groups > 1 else SURPLUS_OF_SINGLE_PLANE))

    def camera(self, name: str, frames: int | None = None) -> NamedClock:
        """Return the clock of a camera: ``eye``, ``behavior`` or ``face``.

        Parameters
        ----------
        name : str
            Which camera.
        frames : int, optional
            Frames of its video; any number of surplus pulses is cut at the end.

        Raises
        ------
        SourceError
            If there are more frames than pulses.
        """
        clock = self.signal(name)
        return clock if frames is None else clock.fit(frames, -1)

    def monitor_delay(self, rig: str, stimulus: FloatArray) -> MonitorDelay:
        """Return the monitor delay, measured with the photodiode or tabled for the rig.

        Parameters
        ----------
        rig : str
            Name of the rig, such as ``CAM2P.4``.
        stimulus : numpy.ndarray, shape (frames,)
            Times of the stimulus frames, in seconds.

        Raises
        ------
        SourceError
            If no delay can be measured and none is tabled.
        """
        try:
            photodiode = self.signal("photodiode")
        except SourceError:
            return tabled_delay(rig, "no line of a photodiode")
        try:
            return MonitorDelay(measured_delay(photodiode.times, stimulus), "measured with the photodiode")
        except ValueError as problem:
            return tabled_delay(rig, str(problem))

    def _falling_frames(self) -> NamedClock:
        """Return two-photon falling edges from the first imaging trigger on."""
        clock = self._clock(replace(SIGNALS["imaging"], edge="falling"))
        try:
            triggers = self.signal("acquisition").times
        except SourceError:  # a rig without this line: every edge is a frame
            return clock
        early = int((clock.times < triggers[0]).sum()) if len(triggers) else 0
        if not early:
            return clock
        cut = f"{early} of {len(clock.times)} pulses of the {clock.name} cut at the start: no imaging trigger yet"
        return replace(clock, times=clock.times[early:], decisions=(*clock.decisions, cut))

    def _clock(self, signal: Signal) -> NamedClock:
        line = self.sync.first_line(signal.names, signal.meaning)
        readings = {"rising": self.sync.rising, "falling": self.sync.falling, "both": self.sync.edges}
        return NamedClock(signal.meaning, readings[signal.edge](line), f"{self.sync.path}: line {line}")
