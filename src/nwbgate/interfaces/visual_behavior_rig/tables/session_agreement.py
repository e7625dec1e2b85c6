"""Agreement of session facts, pickle and sync file on their session."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import SessionFacts
from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import Agreement

#: Facts may be in UTC and pickles in local time, so that starts of one session are up to 8 hours apart.
SAME_SESSION = timedelta(hours=12)


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
        _contradiction(name, f"{own} by the session facts", f"{other} by the pickle")
        for name, (own, other) in told.items()
        if own and other and own.casefold() != other.casefold()
    ]
    return [*different, *_starts(facts, pickle.start_time, _moment(sync_start))]


def _starts(facts: SessionFacts, pickle: datetime | None, sync: datetime | None) -> Iterator[Agreement]:
    """Yield what contradicts the start of the session by its facts."""
    own = facts.date_of_acquisition
    for name, words, other in (("start", "the pickle", pickle), ("sync_start", "the sync file", sync)):
        if other is not None and abs(other.replace(tzinfo=None) - own.replace(tzinfo=None)) > SAME_SESSION:
            yield _contradiction(name, f"{own} by the session facts", f"{other} by {words}")


def _moment(written: str) -> datetime | None:
    """Return a time as sync files write it, None for anything else."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _contradiction(name: str, own: str, other: str) -> Agreement:
    sentence = f"{name.replace('_', ' ')}: {own}, {other}; that of the session facts is written"
    return Agreement(name, "session", 1, 1, 1, sentence=sentence)
