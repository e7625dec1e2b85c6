"""Values that stand for unknown ones and must not be published by mistake."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from nwbgate.dandi.files.subject_facts import SubjectFacts
from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding

#: Starts that programs and people write for an unknown one: 1900, and the zero of Unix.
_EARLIEST, _ZERO = 1901, "1970-01-01T00:00:00"
#: Words that are no names.
_WORDS = re.compile(r"(unknown|none|null|nan|n/?a|tbd|todo|test|dummy|placeholder|anonymous|x{2,}|\?+)?", re.IGNORECASE)
#: A sentence of the notes in which a recipe names its own stand-in for the subject.
_STAND_IN = re.compile(r"stand-in|stands (in )?for|placeholder", re.IGNORECASE)


def placeholder_findings(path: Path, facts: SubjectFacts) -> list[Finding]:
    """Return a finding for each placeholder of a file.

    Parameters
    ----------
    path : Path
        The file.
    facts : SubjectFacts
        What it states.
    """
    return [
        file_finding("publish.placeholder", path, message, location=location)
        for location, message in _placeholders_in(facts)
    ]


def _placeholders_in(facts: SubjectFacts) -> Iterator[tuple[str, str]]:
    if _is_stand_in_start(facts.session_start_time):
        yield "/session_start_time", f"session_start_time is {facts.session_start_time}, a placeholder"
    if _WORDS.fullmatch(facts.subject_id.strip()):
        yield "/general/subject/subject_id", f"subject_id is {facts.subject_id!r}, which names no animal"
    elif sentence := _stand_in_sentence(facts):
        yield "/general/subject/subject_id", f"subject_id is {facts.subject_id!r}; the notes say: {sentence}"
    if facts.sex.strip().upper() in ("", "U"):
        yield "/general/subject/sex", f"sex is {facts.sex!r}, unknown"
    if _WORDS.fullmatch(facts.species.strip()):
        yield "/general/subject/species", f"species is {facts.species!r}, unknown"


def _is_stand_in_start(text: str) -> bool:
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return False  # the schema and the inspector report it
    return start.year < _EARLIEST or start.replace(tzinfo=None).isoformat() == _ZERO


def _stand_in_sentence(facts: SubjectFacts) -> str:
    """Return the sentence of the notes that calls the subject a stand-in."""
    sentences = re.split(r"(?<=[.;])\s+|\n", facts.notes)
    about = (each for each in sentences if "subject" in each.lower() and _STAND_IN.search(each))
    return next(about, "").strip()
