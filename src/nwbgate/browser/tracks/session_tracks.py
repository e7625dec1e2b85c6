"""Tracks of a behavior session: trials, licks, rewards, stimuli, running, pupil and imaging planes."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.browser.tracks.any_file_tracks import any_file_tracks
from nwbgate.browser.tracks.plane_tracks import plane_tracks
from nwbgate.browser.tracks.samples import ArraySamples, Samples
from nwbgate.browser.tracks.track import EventsTrack, Intervals, Opened, Rows, TraceTrack, Track, rows_of
from nwbgate.reading.sessions.event_kinds import SESSION_EVENTS, events_finder
from nwbgate.reading.sessions.session import Session

#: Outcome of a trial, by the first of these columns that is true.
_OUTCOMES = {
    "aborted": "aborted", "auto_rewarded": "auto-rewarded", "hit": "hit", "miss": "miss",
    "false_alarm": "false alarm", "correct_reject": "correct reject",
}  # fmt: skip
_BEHAVIOR, _STIMULUS = "Behavior", "Stimulus"


def session_tracks(session: Session) -> Opened:
    """Return what a session has to show; streams that it lacks are left out."""
    there = {*dir(session)}
    tracks: list[Track] = []
    if "stimulus_presentations" in there:
        tracks.append(
            Intervals(
                "presentations", _STIMULUS, source="stimulus_presentations", read=_cached_rows(_presentations, session)
            )
        )
    for name, kind, read in (
        ("trials", Intervals, _trials), ("licks", EventsTrack, _licks), ("rewards", EventsTrack, _rewards),
    ):  # fmt: skip
        if name in there:
            tracks.append(kind(name, _BEHAVIOR, source=name, read=_cached_rows(read, session)))
    if "running_speed" in there:
        tracks.append(_trace("running speed", "cm/s", "running_speed", partial(_running, session)))
    if "eye_tracking" in there and len(session.eye_tracking):
        tracks.append(_trace("pupil area", "pixels\N{SUPERSCRIPT TWO}", "eye_tracking", partial(_pupil, session)))
    unshown: list[str] = []
    activity, planes = plane_tracks(session, unshown)
    others = any_file_tracks(session, shown=False)
    known = {track.name for track in tracks}
    more = [track for track in others.tracks if track.name not in known]
    return Opened(
        "session", [*tracks, *activity, *more], planes, others.stacks,
        aligned_to=_points(session, there), facts=_facts(session), notes=[*others.notes, *unshown],
        tables=partial(_table, session),
    )  # fmt: skip


def _cached_rows(read: Callable[[Session], Rows], session: Session) -> Callable[[], Rows]:
    return cache(partial(read, session))


def _trace(name: str, unit: str, source: str, samples: Callable[[], Samples]) -> TraceTrack:
    once = cache(samples)

    def ends() -> tuple[float, float]:
        times = once().times(0, len(once()))
        return (float(times[0]), float(times[-1])) if len(times) else (np.nan, np.nan)

    return TraceTrack(name, _BEHAVIOR, unit, True, source, samples=once, ends=ends)


def _trials(session: Session) -> Rows:
    trials = session.trials
    outcome = np.full(len(trials), "other", dtype=object)
    for column, word in reversed(_OUTCOMES.items()):
        if column in trials:
            outcome[_true(trials[column])] = word
    return rows_of(
        trials["start_time"], trials["stop_time"], category=outcome, label=[f"trial {row}" for row in trials.index]
    )


def _licks(session: Session) -> Rows:
    return rows_of(session.licks["timestamps"])


def _rewards(session: Session) -> Rows:
    rewards = session.rewards
    kinds = np.where(_true(rewards["auto_rewarded"]), "auto-rewarded", "earned")
    return rows_of(rewards["timestamps"], category=kinds, label=[f"{volume} ml" for volume in rewards["volume"]])


def _presentations(session: Session) -> Rows:
    """Return presentations by image; omissions are a category, changes are marked in the label."""
    shown = session.stimulus_presentations
    category = shown["image_name"].fillna("") if "image_name" in shown else pd.Series("", index=shown.index)
    if "orientation" in shown:
        angles = shown["orientation"].map(lambda angle: "" if pd.isna(angle) else f"grating {angle:g}\N{DEGREE SIGN}")
        category = category.where(category != "", angles)
    if "omitted" in shown:
        category = category.mask(_true(shown["omitted"]), "omitted")
    other = shown["stimulus_name"].fillna("stimulus") if "stimulus_name" in shown else "stimulus"
    category = category.where(category != "", "no image: " + other)
    changes = _true(shown["is_change"]) if "is_change" in shown else np.zeros(len(shown), bool)
    label = ["change" if change else "" for change in changes]
    return rows_of(shown["start_time"], shown["end_time"], category=category, label=label)


def _true(column: "pd.Series[Any]") -> Any:
    return column.astype("boolean").fillna(False).to_numpy(bool)


def _running(session: Session) -> ArraySamples:
    frame = session.running_speed
    return ArraySamples(frame["speed"], frame["timestamps"])


def _pupil(session: Session) -> ArraySamples:
    """Return the area of the pupil, NaN at blinks."""
    frame = session.eye_tracking
    return ArraySamples(frame["pupil_area"], frame["timestamps"])


def _points(session: Session, there: set[str]) -> dict[str, Callable[[], Any]]:
    """Return the kinds of events whose tables the session has."""
    tables = {"changes": "trials", "sham_changes": "trials", "images": "stimulus_presentations",
              "omissions": "stimulus_presentations", "rewards": "rewards", "licks": "licks"}  # fmt: skip
    return {kind: partial(_times, session, kind) for kind in SESSION_EVENTS if tables.get(kind, kind) in there}


def _times(session: Session, kind: str) -> Any:
    return events_finder(kind, SESSION_EVENTS)(session).times


def _facts(session: Session) -> dict[str, str]:
    return {name: str(fact) for name, fact in session.metadata.items() if fact is not None}


def _table(session: Session, name: str) -> Any:
    """Return a session table by the name that findings use."""
    if name in {"trials", "licks", "rewards", "stimulus_presentations", "running_speed", "eye_tracking"}:
        return getattr(session, name, None)
    return None
