"""An opened NWB file as tracks: a session, a recording, or any other."""

from math import prod
from typing import Any

from nwbgate.browser.tracks.extent import length_words, stored_length
from nwbgate.browser.tracks.track import Opened
from nwbgate.reading.format.time_series import series_data
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.recording import Recording
from nwbgate.reading.sessions.session import Session


def as_tracks(data: NWBData) -> Opened:
    """Return what a file has to show."""
    if isinstance(data, Session):
        from nwbgate.browser.tracks.session_tracks import session_tracks  # a recording does not wait for it

        return session_tracks(data)
    if isinstance(data, Recording) and has_one_voltage(data):
        from nwbgate.browser.tracks.recording_tracks import recording_tracks

        return recording_tracks(data)
    from nwbgate.browser.tracks.any_file_tracks import any_file_tracks

    return any_file_tracks(data)


def has_one_voltage(recording: Recording) -> bool:
    """Return whether each series of a recording is one trace."""
    groups = [recording.series_group(name) for name in ("voltage", "baseline_subtracted", "dff")]
    return all(prod(series_data(group).shape[1:]) == 1 for group in groups if group is not None)


def facts_of(data: NWBData, *, measure: bool) -> dict[str, Any]:
    """Return kind, session, subject and length of a file.

    Parameters
    ----------
    data : NWBData
        The opened file.
    measure : bool
        Whether to read the ends of all series, which takes many requests to a server; else the length is empty.
    """
    facts = data.metadata
    kind = "session" if isinstance(data, Session) else "recording" if isinstance(data, Recording) else "NWB file"
    session = facts.get("behavior_session_id") or facts.get("session_id") or facts.get("identifier") or ""
    subject = facts.get("mouse_id") or facts.get("subject_id") or ""
    length = length_words(stored_length(data)) if measure else ""
    return {"kind": kind, "session": str(session), "subject": str(subject), "length": length}
