"""Rules about what a file says in words: names, keywords, publications, dates."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: What programs and people write where a value is to come, in small letters.
_TO_COME = frozenset({"nan", "null", "nat", "<na>", "tbd", "tba", "todo", "fixme", "xxx", "?", "???", "undefined"})
#: What says that there is none: an answer about drugs or viruses, and no name of anything.
_NONE = frozenset({"none", "na", "n/a", "n.a.", "-", "--"})
#: Fields that name or describe something there always is.
_ALWAYS = (
    "session_id", "subject_id", "species", "session_description", "institution", "lab",
    "experimenter", "identifier",
)  # fmt: skip
#: What a DOI is written after, and the form of one by its handbook: a prefix of the registrant, and a suffix.
_BEFORE_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:?\s*)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
#: Days that the clock of a computer, or a zone that was not given, may be wrong.
_A_DAY = 1.0


def is_placeholder(text: str, *, always: bool = False) -> bool:
    """Return whether a text stands where a value is to come.

    Parameters
    ----------
    text : str
        The text.
    always : bool
        Whether it names something there always is, so that "none" is no answer.
    """
    word = text.strip().casefold()
    return word in _TO_COME or (always and word in _NONE)


@check(scope="session", severity="warning", column="text")
def text_is_not_a_placeholder(texts: "pd.DataFrame") -> "Rows":
    """No text about session or animal is nan, TBD or another placeholder.

    Why: an empty cell of a table becomes nan on its way through a program, and is then searched, counted and
    published as a name. Where something may be absent, such as a virus, "none" is an answer.

    Example: institution is nan.

    Fix: write the value, or leave the field out.
    """
    pairs = zip(texts["field"], texts["text"], strict=True)
    wrong = [is_placeholder(str(text), always=field in _ALWAYS) for field, text in pairs]
    return offending(texts, np.array(wrong, dtype=bool), "{field} {text!r}", "a value, or no such field")


@check(scope="session", severity="warning", column="text", where={"texts.field": ("keywords",)})
def keyword_is_listed_once(texts: "pd.DataFrame") -> "Rows":
    """Each keyword is a word, and listed once.

    Why: archives offer keywords for searching; an empty one, or one in two spellings, splits what belongs together.

    Example: spikes, calcium, Spikes.

    Fix: leave the empty or repeated keyword out.
    """
    seen, wrong = {""}, []
    for field, text in zip(texts["field"], texts["text"], strict=True):
        word = str(text).strip().casefold()
        wrong.append(field == "keywords" and word in seen)
        seen |= {word} if field == "keywords" else set()
    return offending(texts, np.array(wrong, dtype=bool), "keyword {number}, {text!r}", "another word, listed once")


@check(scope="session", column="text", where={"texts.field": ("related_publications",)})
def publication_has_a_whole_doi(texts: "pd.DataFrame") -> "Rows":
    """A DOI has its prefix, a slash and a suffix.

    Why: DANDI and readers follow it; one that was cut off or misspelt leads nowhere. Citations, and addresses of other
    kinds, are not judged.

    Example: doi:10.7554, or doi:eLife.51675.

    Fix: copy the DOI from the publication, such as doi:10.7554/eLife.51675.
    """
    wrong = [
        field == "related_publications" and _is_broken_doi(str(text))
        for field, text in zip(texts["field"], texts["text"], strict=True)
    ]
    return offending(texts, np.array(wrong, dtype=bool), "{text}", "a DOI such as doi:10.7554/eLife.51675")


def _is_broken_doi(text: str) -> bool:
    """Return whether a text is meant as a DOI and is none."""
    words = text.strip()
    before = _BEFORE_DOI.match(words)
    said = words[before.end() :].strip() if before else words
    is_meant = before is not None or re.match(r"10\.\d{4}", said) is not None
    return is_meant and _DOI.fullmatch(said) is None


@check(scope="session", severity="warning", column="text", where={"texts.field": ("file_create_date",)})
def file_is_made_after_the_session_began(texts: "pd.DataFrame", session: "pd.DataFrame") -> "Rows":
    """The file was created after the session began, and not in the future.

    Why: a recording cannot be written before it is made; one of the two dates is wrong. Clocks may differ by a day.

    Example: file_create_date 2021-05-04, session_start_time 2022-05-04.

    Fix: correct session_start_time; look at the clock of the computer that wrote the file.
    """
    import pandas as pd

    start = _instant(session["session_start_time"].iloc[0])
    late = pd.Timestamp.now(tz="UTC") + pd.Timedelta(days=_A_DAY)
    early = start - pd.Timedelta(days=_A_DAY)
    wrong = [
        field == "file_create_date" and bool((made := _instant(text)) < early or made > late)  # NaT is neither
        for field, text in zip(texts["field"], texts["text"], strict=True)
    ]
    return offending(texts, np.array(wrong, dtype=bool), "{text}", f"from {start}, the start of the session, up to now")


def _instant(text: Any) -> Any:
    """Return a text as an instant of UTC, NaT for others."""
    import pandas as pd

    return pd.to_datetime(text, utc=True, errors="coerce", format="ISO8601") if isinstance(text, str) else pd.NaT


RULES: tuple[Rule, ...] = (
    text_is_not_a_placeholder,
    keyword_is_listed_once,
    publication_has_a_whole_doi,
    file_is_made_after_the_session_began,
)
