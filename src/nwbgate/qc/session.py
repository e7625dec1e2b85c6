"""Everything that is measured of a session and its imaging planes, one plane in memory at a time."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError
from nwbgate.qc.activity import measure_activity
from nwbgate.qc.behavior import Outcomes, measure_licks, measure_trials
from nwbgate.qc.clocks import delays, measure_clock, measure_delays, measure_two_clocks
from nwbgate.qc.crosstalk import PlaneSummary, measure_crosstalk, summary
from nwbgate.qc.drift import measure_drift
from nwbgate.qc.eye import measure_eye
from nwbgate.qc.measurement import Measurement, not_measured, table
from nwbgate.qc.motion import measure_motion
from nwbgate.qc.rois import measure_rois
from nwbgate.qc.running import measure_encoder, measure_speed
from nwbgate.qc.saturation import measure_saturation, projection_top
from nwbgate.qc.stimulus import measure_flashes, measure_omissions
from nwbgate.qc.unmeasurable import UnmeasurableError, measured

if TYPE_CHECKING:
    import pandas as pd

#: Blocks in which images or gratings change begin with this.
_TASK_BLOCK = "change_detection"
_NOTHING = np.empty(0)
_NO_TRACES = np.empty((0, 0))


def measure_session(session: Any) -> "pd.DataFrame":
    """Measure the quality of a session: its behavior, stimulus, clocks, and each of its imaging planes.

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
    planes = list(measure_planes(session))  # first, so that the stimulus' images are not in memory beside them
    return table([*measure_behavior(session), *planes])


def measure_behavior(session: Any) -> Iterator[Measurement]:
    """Yield the rows of what a session has also without imaging.

    Parameters
    ----------
    session : Session
        As `nwbgate.open` returns it.
    """
    yield from _clocks(session)
    yield from _running(session)
    yield from _eye(session)
    yield from _trials(session)
    yield from _stimulus(session)


def measure_planes(session: Any) -> Iterator[Measurement]:
    """Yield the rows of the imaging planes of a session, and of what they share.

    Parameters
    ----------
    session : Session
        As `nwbgate.open` returns it. What was read of a plane is given back before the next one is read.
    """
    planes = _stream(session, "planes") or {}
    stimulus, span = _stream(session, "stimulus_timestamps"), _span(session)
    summaries: list[PlaneSummary] = []
    for name, plane in planes.items():
        yield from measure_plane(plane, name, _NOTHING if stimulus is None else stimulus, span)
        summaries += _summaries(plane, name)
        plane.forget()
    if not planes:
        yield from _without_numbers(measure_plane(None, "session", _NOTHING, None), "the session has no imaging plane")
    rows = list(measure_crosstalk(summaries))
    yield from rows
    if not rows:
        for metric in ("crosstalk.traces_excess", "crosstalk.projections_excess"):
            yield not_measured(metric, "no two planes of the session were recorded together")


def measure_plane(plane: Any, name: str, stimulus: Any, span: tuple[float, float] | None) -> Iterator[Measurement]:
    """Yield the rows of one imaging plane.

    Parameters
    ----------
    plane : Plane or None
        The plane; with None every row says that there is nothing.
    name : str
        What its rows call it.
    stimulus : array, shape (stimulus frames,)
        Times of the stimulus frames in seconds.
    span : tuple of float, or None
        Begin and end of what was shown, in seconds.
    """
    times, fluorescence = _given(_stream(plane, "ophys_timestamps")), _fluorescence(plane)
    yield from measure_drift(fluorescence, times, name)
    yield from measure_saturation(fluorescence, name)
    for projection in ("max_projection", "average_projection"):
        pixels = _given(_stream(plane, projection))
        yield measured(f"saturation.top_of_{projection}", partial(projection_top, pixels), "1", name)
    yield from measure_motion(*_shifts(plane), name)
    yield from measure_activity(_matrix(plane, "dff"), times, name)
    yield from measure_rois(_masks(plane), name)
    yield from measure_clock(times, "imaging", name)
    yield from measure_two_clocks(times, stimulus, span, name)


def _stream(owner: Any, name: str) -> Any:
    """Return what a session or plane has under a name; None where it has nothing of the kind, or nothing readable."""
    try:
        return getattr(owner, name, None)
    except SourceError:  # a table without its columns: said by the check of the file
        return None


def _given(values: Any) -> Any:
    return _NOTHING if values is None else np.asarray(values)


def _column(frame: "pd.DataFrame | None", name: str) -> Any:
    """Return a column of a table as an array; an empty one where the table lacks it."""
    return _NOTHING if frame is None or name not in frame else frame[name].to_numpy()


def _flags(frame: "pd.DataFrame | None", name: str) -> npt.NDArray[np.bool_]:
    """Return a column of truth values, a missing one being false."""
    if frame is None:
        return np.zeros(0, dtype=bool)
    return frame[name].eq(True).fillna(False).to_numpy(bool) if name in frame else np.zeros(len(frame), dtype=bool)


def _without_numbers(rows: Iterable[Measurement], reason: str) -> Iterator[Measurement]:
    return (replace(row, value=np.nan, reason=reason) for row in rows)


def _matrix(plane: Any, name: str) -> Any:
    try:
        return _NO_TRACES if plane is None else plane.matrix(name)
    except AttributeError:  # the plane has no such traces
        return _NO_TRACES


def _fluorescence(plane: Any) -> Any:
    """Return the demixed traces of a plane, from which no neuropil was subtracted; else the corrected ones."""
    demixed = _matrix(plane, "demixed")
    return demixed if demixed.size else _matrix(plane, "corrected")


def _shifts(plane: Any) -> tuple[Any, Any]:
    motion = _stream(plane, "motion_correction")
    return _column(motion, "x"), _column(motion, "y")


def _masks(plane: Any) -> Any:
    table_of_masks = _stream(plane, "roi_masks")
    if table_of_masks is None or not len(table_of_masks):
        return np.empty((0, 0, 0), dtype=bool)
    return np.stack(list(table_of_masks["roi_mask"]))


def _summaries(plane: Any, name: str) -> Iterator[PlaneSummary]:
    """Yield the summary of a plane; nothing where it cannot be compared with others."""
    group = plane.metadata.get("imaging_plane_group")
    times, projection = _stream(plane, "ophys_timestamps"), _stream(plane, "average_projection")
    if group is None or group < 0 or times is None or projection is None:
        return
    with suppress(UnmeasurableError):
        yield summary(
            name,
            int(group),
            fluorescence=_fluorescence(plane),
            times=times,
            masks=_masks(plane),
            projection=projection,
        )


def _span(session: Any) -> tuple[float, float] | None:
    """Return begin and end of all that was drawn, in seconds; None where nothing was."""
    shown = _drawn(_stream(session, "stimulus_presentations"))
    begins, ends = _column(shown, "start_time"), _column(shown, "end_time")
    return (float(begins.min()), float(ends.max())) if len(begins) and len(ends) else None


def _drawn(shown: "pd.DataFrame | None") -> "pd.DataFrame | None":
    """Return the presentations but the gray screens: those begin when nothing is drawn, at no frame of their own."""
    if shown is None:
        return None
    gray = np.ones(len(shown), dtype=bool)
    if "image_name" in shown:
        gray &= shown["image_name"].fillna("").astype(str).eq("").to_numpy()
    if "movie_frame_index" in shown:
        gray &= ~shown["movie_frame_index"].ge(0).fillna(False).to_numpy(bool)
    return shown[~gray]


def _clocks(session: Any) -> Iterator[Measurement]:
    frames = _given(_stream(session, "stimulus_timestamps"))
    yield from measure_clock(frames, "stimulus")
    yield from measure_clock(_column(_stream(session, "eye_tracking"), "timestamps"), "eye")
    yield from measure_clock(_column(_stream(session, "running_speed"), "timestamps"), "running")
    shown = _drawn(_stream(session, "stimulus_presentations"))
    yield from measure_delays(_column(shown, "start_time"), _column(shown, "start_frame"), frames)
    licks = _stream(session, "licks")
    yield measured("clocks.licks_off", lambda: _licks_off(licks, frames), "s")


def _licks_off(licks: "pd.DataFrame | None", frames: Any) -> float:
    off = delays(_column(licks, "timestamps"), _column(licks, "frame"), frames)
    return float(np.max(np.abs(off)))


def _running(session: Any) -> Iterator[Measurement]:
    yield from measure_speed(_column(_stream(session, "running_speed"), "speed"))
    yield from measure_encoder(_column(_stream(session, "running_encoder"), "v_sig"))


def _eye(session: Any) -> Iterator[Measurement]:
    eye = _stream(session, "eye_tracking")
    yield from measure_eye(_flags(eye, "likely_blink"), _column(eye, "pupil_area_raw"), _column(eye, "pupil_area"))


def _passive(session: Any) -> bool:
    return "passive" in str((_stream(session, "metadata") or {}).get("session_type", ""))


def _trials(session: Any) -> Iterator[Measurement]:
    trials, licks = _stream(session, "trials"), _stream(session, "licks")
    names = (field.name for field in fields(Outcomes))
    outcomes = Outcomes(**{name: _flags(trials, name) for name in names})
    passive = _passive(session)
    yield from measure_trials(outcomes, _given(_stream(session, "reward_rate")), passive=passive)
    frames = _given(_stream(session, "stimulus_timestamps"))
    seconds = float(np.ptp(frames)) if frames.size else 0.0
    rows = measure_licks(_column(licks, "timestamps"), seconds, passive=passive)
    yield from rows if licks is not None else _without_numbers(rows, "the session has no table of licks")


def _stimulus(session: Any) -> Iterator[Measurement]:
    shown, trials = _stream(session, "stimulus_presentations"), _stream(session, "trials")
    if shown is not None:
        shown = shown[shown["stimulus_block_name"].astype(str).str.startswith(_TASK_BLOCK)]
    omitted, onsets = _flags(shown, "omitted"), _column(shown, "start_time")
    changes = _flags(shown, "is_change") | _flags(shown, "is_sham_change")
    after = _after_change(onsets, _column(trials, "change_time"), _column(trials, "stop_time"))
    fraction = (_stream(session, "task_parameters") or {}).get("omitted_flash_fraction")
    yield from measure_omissions(omitted, changes, after, np.nan if fraction is None else float(fraction))
    images = [str(name) for name in _column(shown, "image_name")[~omitted]]
    templates = _stream(session, "stimulus_templates")
    names = [] if templates is None else [str(name) for name in templates.index]
    yield from measure_flashes(onsets, images, names)


def _after_change(onsets: Any, changes: Any, stops: Any) -> npt.NDArray[np.bool_]:
    """Return which flashes begin between the change and the end of a trial."""
    known = np.isfinite(changes) & np.isfinite(stops)
    begins, ends = changes[known], stops[known]
    order = np.argsort(begins)
    place = np.searchsorted(begins[order], onsets, side="right") - 1
    return (place >= 0) & (onsets < ends[order][np.maximum(place, 0)]) if len(begins) else np.zeros(len(onsets), bool)
