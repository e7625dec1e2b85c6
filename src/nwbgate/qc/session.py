"""All measurements of a session, with one imaging plane in memory at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nwbgate.qc.columns import after_change, column, drawn_presentations, flags, having, span, task_presentations
from nwbgate.qc.measurement import NOT_APPLICABLE, Measurement, raise_faults, table
from nwbgate.qc.metrics.behavior.eye import measure_eye
from nwbgate.qc.metrics.behavior.running import measure_encoder, measure_speed
from nwbgate.qc.metrics.behavior.stimulus import measure_flashes, measure_omissions
from nwbgate.qc.metrics.behavior.task import Outcomes, measure_licks, measure_trials
from nwbgate.qc.metrics.clocks import delays, measure_clock, measure_delays, measure_two_clocks
from nwbgate.qc.metrics.imaging.activity import measure_activity
from nwbgate.qc.metrics.imaging.drift import measure_drift
from nwbgate.qc.metrics.imaging.motion import measure_motion
from nwbgate.qc.metrics.imaging.planes_together import PlanesTogether
from nwbgate.qc.metrics.imaging.rois import measure_rois
from nwbgate.qc.metrics.imaging.saturation import measure_saturation, projection_top
from nwbgate.qc.metrics.sources import measure_sources
from nwbgate.qc.streams import Streams
from nwbgate.qc.unmeasurable import guard_rows, measure_row

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.reading.sessions.session import Session


def measure_session(session: "Session") -> "pd.DataFrame":
    """Measure the quality of a session: behavior, stimulus, clocks and imaging planes.

    Parameters
    ----------
    session : Session
        As `nwbgate.open` returns it. A stream that it does not have gives rows that say so.

    Returns
    -------
    DataFrame
        One row per metric and object: metric, value, unit, object, window, reason. A value of NaN was not measured, for
        the reason given.
    """
    return table(raise_faults(session_rows(Streams(session, {}))))


def session_rows(session: Streams) -> list[Measurement]:
    """Return the rows of a session, including faults of nwbgate."""
    planes = list(measure_planes(session))  # first, so that the stimulus' images are not in memory beside them
    return list(session.with_unreadable([*measure_behavior(session), *planes]))


def measure_behavior(session: Streams) -> Iterator[Measurement]:
    """Yield the rows that a session without imaging has too.

    Parameters
    ----------
    session : Streams
        Streams of a session.
    """
    for group in (_clocks, _running, _eye, _trials, _stimulus, _sources):
        name = group.__name__.removeprefix("_")
        yield from guard_rows(name, partial(group, session), partial(group, Streams(None)))


def measure_planes(session: Streams) -> Iterator[Measurement]:
    """Yield the rows of a session's imaging planes, alone and together.

    Parameters
    ----------
    session : Streams
        Streams of a session. What was read of a plane is given back before the next one is read.
    """
    planes = session.planes()
    stimulus, shown = session.array("stimulus_timestamps"), span(session.table("stimulus_presentations"))
    together = PlanesTogether()
    for name, plane in planes.items():
        whole = partial(measure_plane, plane, name, stimulus, shown)
        yield from guard_rows(f"plane {name}", whole, partial(measure_plane, Streams(None), name, stimulus, None))
        together.add(plane, name)
        plane.plane.forget()
    if not planes:
        rows = measure_plane(Streams(None), "session", stimulus, None)
        yield from _without_numbers(rows, f"{NOT_APPLICABLE}the session has no imaging plane")
    yield from together.measure()


def measure_plane(
    plane: Streams, name: str, stimulus: npt.NDArray[np.float64], shown: tuple[float, float] | None
) -> Iterator[Measurement]:
    """Yield the rows of one imaging plane.

    Parameters
    ----------
    plane : Streams
        Streams of the plane; with none every row says that there is nothing.
    name : str
        What its rows call it.
    stimulus : array, shape (stimulus frames,)
        Times of the stimulus frames in seconds.
    shown : tuple of float, or None
        Begin and end of what was shown, in seconds.
    """
    times, traces = plane.array("ophys_timestamps"), plane.fluorescence()
    yield from measure_drift(traces, times, name)
    yield from measure_saturation(traces, name)
    for projection in ("max_projection", "average_projection"):
        pixels = plane.array(projection)
        yield measure_row(f"saturation.top_of_{projection}", partial(projection_top, pixels), "1", name)
    yield from measure_motion(*plane.shifts(), name)
    yield from measure_activity(plane.matrix("dff"), times, name)
    yield from measure_rois(plane.masks(), name)
    yield from measure_clock(times, "imaging", name)
    yield from measure_two_clocks(times, stimulus, shown, name)


def _without_numbers(rows: Iterable[Measurement], reason: str) -> Iterator[Measurement]:
    return (replace(row, value=np.nan, reason=reason) for row in rows)


def _clocks(session: Streams) -> Iterator[Measurement]:
    frames = session.array("stimulus_timestamps")
    yield from measure_clock(frames, "stimulus")
    yield from measure_clock(column(session.table("eye_tracking"), "timestamps"), "eye")
    yield from measure_clock(column(session.table("running_speed"), "timestamps"), "running")
    shown = having(drawn_presentations(session.table("stimulus_presentations")), "start_time", "start_frame")
    yield from measure_delays(column(shown, "start_time"), column(shown, "start_frame"), frames)
    licks = having(session.table("licks"), "timestamps", "frame")
    yield measure_row("clocks.licks_off", lambda: _licks_off(licks, frames), "s")


def _licks_off(licks: "pd.DataFrame | None", frames: npt.NDArray[np.float64]) -> float:
    off = delays(column(licks, "timestamps"), column(licks, "frame"), frames)
    return float(np.max(np.abs(off)))


def _running(session: Streams) -> Iterator[Measurement]:
    yield from measure_speed(column(session.table("running_speed"), "speed"))
    yield from measure_encoder(column(session.table("running_encoder"), "v_sig"))


def _eye(session: Streams) -> Iterator[Measurement]:
    eye = session.table("eye_tracking")
    yield from measure_eye(flags(eye, "likely_blink"), column(eye, "pupil_area_raw"), column(eye, "pupil_area"))


def _passive(session: Streams) -> bool:
    return "passive" in str(session.mapping("metadata").get("session_type", ""))


def _trials(session: Streams) -> Iterator[Measurement]:
    names = [field.name for field in fields(Outcomes)]
    trials, licks = having(session.table("trials"), *names), having(session.table("licks"), "timestamps")
    outcomes = Outcomes(**{name: flags(trials, name) for name in names})
    passive = _passive(session)
    yield from measure_trials(outcomes, session.array("reward_rate"), passive=passive)
    frames = session.array("stimulus_timestamps")
    seconds = float(np.ptp(frames)) if frames.size else 0.0
    rows = measure_licks(column(licks, "timestamps"), seconds, passive=passive)
    yield from rows if licks is not None else _without_numbers(rows, "the session has no table of licks")


def _sources(session: Streams) -> Iterator[Measurement]:
    agreement = session.table("source_agreement")
    yield from measure_sources([] if agreement is None else agreement.to_dict("records"))


def _stimulus(session: Streams) -> Iterator[Measurement]:
    trials = having(session.table("trials"), "change_time", "stop_time")
    shown = having(
        task_presentations(session.table("stimulus_presentations")), "omitted", "is_change", "start_time", "image_name"
    )
    omitted, onsets = flags(shown, "omitted"), column(shown, "start_time")
    changes, sham = flags(shown, "is_change"), flags(shown, "is_sham_change")
    changes = changes | sham if len(sham) else changes
    after = after_change(onsets, column(trials, "change_time"), column(trials, "stop_time"))
    fraction = session.mapping("task_parameters").get("omitted_flash_fraction")
    yield from measure_omissions(omitted, changes, after, np.nan if fraction is None else float(fraction))
    images = [str(name) for name in column(shown, "image_name")[~omitted]]
    templates = session.table("stimulus_templates")
    known = [] if templates is None else [str(name) for name in templates.index]
    yield from measure_flashes(onsets, images, known)
