"""Agreement of session facts, pickle and sync file on their session."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import PurePath

from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import SessionFacts
from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import Agreement
from nwbgate.interfaces.visual_behavior_rig.tables.pickle_agreement import contradiction

#: Starts of one session, by files of several computers: AllenSDK 2.16.2 warns above it.
SAME_START = timedelta(hours=1)
#: Facts may be in UTC and files in local time of Seattle, so that facts are 7 or 8 hours later.
UTC_AHEAD = (timedelta(hours=7) - SAME_START, timedelta(hours=8) + SAME_START)
#: Number at the beginning of a file's name, before what it holds.
_NUMBER = re.compile(r"(\d{6,})_")


def session_contradictions(facts: SessionFacts, pickle: StimulusPickle, sync_start: str = "") -> list[Agreement]:
    """Return a comparison for each fact that sources tell differently.

    Parameters
    ----------
    facts : SessionFacts
        Content of the JSON.
    pickle : StimulusPickle
        The stimulus pickle that it names.
    sync_start : str, optional
        Local start time by the sync file, as recorded.

    Returns
    -------
    list of Agreement
        Facts of `source_comparisons.yaml`. What a source does not tell is not compared.
    """
    told = {
        "mouse": (facts.external_specimen_name, pickle.settings.mouse_id),
        "rig": (facts.rig_name, pickle.facts.get("rig_id", "")),
        "session_type": (facts.stimulus_name or "", pickle.settings.session_type),
    }
    different = [
        _contradiction(name, f"{own} by the session facts, which is written", f"{other} by the pickle")
        for name, (own, other) in told.items()
        if own and other and own.casefold() != other.casefold()
    ]
    files = {fact: getattr(facts, fact) for fact in ("sync_file", "eye_tracking_filepath")}
    return [
        *different,
        *_starts(facts, pickle.start_time, _moment(sync_start)),
        *misnamed_files("session_files", "session", facts.ophys_session_id, files),
    ]


def misnamed_files(comparison: str, about: str, number: int | None, files: Mapping[str, str | None]) -> list[Agreement]:
    """Return a comparison if names of files tell another number.

    Parameters
    ----------
    comparison : str
        ``session_files`` or ``plane_files``.
    about : str
        ``session``, or the name of an imaging plane.
    number : int or None
        Identifier of the session or experiment by its facts.
    files : mapping of str to str or None
        Path of each file by its fact.
    """
    told = {fact: _NUMBER.match(PurePath(path).name) for fact, path in files.items() if path}
    wrong = [
        f"{fact} is named {found[1]}, of {about} {number}"
        for fact, found in told.items()
        if found and number is not None and len(found[1]) == len(str(number)) and int(found[1]) != number
    ]
    return [contradiction(comparison, wrong, about)] if wrong else []


def _starts(facts: SessionFacts, pickle: datetime | None, sync: datetime | None) -> Iterator[Agreement]:
    """Yield contradictions of the starts by facts, pickle and sync file."""
    own = facts.date_of_acquisition.replace(tzinfo=None)
    for name, words, other in (("start", "the pickle", pickle), ("sync_start", "the sync file", sync)):
        if other is not None and not _is_one_start(own - other.replace(tzinfo=None)):
            yield _contradiction(
                name, f"{facts.date_of_acquisition} by the session facts, which is written", f"{other} by {words}"
            )
            if name == "sync_start":
                return
    if sync is not None and pickle is not None and pickle.tzinfo is None and abs(sync - pickle) > SAME_START:
        yield _contradiction("sync_start", f"{pickle} by the pickle", f"{sync} by the sync file")


def _is_one_start(later: timedelta) -> bool:
    return abs(later) <= SAME_START or UTC_AHEAD[0] <= later <= UTC_AHEAD[1]


def _moment(written: str) -> datetime | None:
    """Return a time as sync files write it, None for anything else."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=None)
    except ValueError:
        return None


def _contradiction(name: str, own: str, other: str) -> Agreement:
    return contradiction(name, [f"{own}, {other}"])
