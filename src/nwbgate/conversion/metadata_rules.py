"""Metadata of a session judged by the rules of files, before anything is read."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nwbgate.errors import MetadataError

if TYPE_CHECKING:
    from nwbgate.rules.rule import Finding

#: Fields of the metadata that the rules judge, by the section that they are in.
_SESSION = ("session_start_time", "identifier", "session_id")
_SUBJECT = ("subject_id", "species", "sex", "age", "date_of_birth", "weight", "genotype")
#: Codes of rules about nothing else than these texts and facts.
_JUDGED = (
    "session.age_is_possible", "session.age_follows_from_birth", "session.born_before_the_session",
    "session.weight_is_possible", "texts.text_is_not_a_placeholder", "texts.keyword_is_listed_once",
    "texts.publication_has_a_whole_doi",
)  # fmt: skip


def judge_metadata(metadata: Mapping[str, Any], where: str = "") -> tuple[str, ...]:
    """Judge what metadata say of session and animal, as ``nwbgate check`` judges the file.

    Parameters
    ----------
    metadata : mapping
        Merged metadata of one session, as NeuroConv takes them.
    where : str
        File or row of a table that the metadata were read from, for the error.

    Returns
    -------
    tuple of str
        What the rules warn about.

    Raises
    ------
    MetadataError
        For the first rule of severity error that is broken.
    """
    import pandas as pd

    from nwbgate.gate.judge import judge
    from nwbgate.rules import all_rules

    rules = [rule for rule in all_rules() if rule.code in _JUDGED]
    frames = {
        "session": pd.DataFrame([_session_facts(metadata)], dtype=object),
        "texts": pd.DataFrame([*_texts(metadata)], columns=["path", "number", "field", "text"]),
    }
    found = judge(rules, frames, {"texts": ("path", "number")}).findings
    for finding in found:
        if finding.severity == "error":
            raise _refusal(finding, where)
    return tuple(f"{finding.message} ({finding.code})" for finding in found)


def _refusal(finding: "Finding", where: str) -> MetadataError:
    """Return a finding as the error that stops the conversion."""
    title, _, words = finding.message.partition(": ")
    got, _, expected = words.removeprefix("got ").partition(", expected ")
    return MetadataError(
        title,
        where=f"{where or 'metadata'}: {finding.column}" if finding.table == "session" else f"{where or 'metadata'}",
        got=got,
        expected=f"{expected} ({finding.code})",
        fix=finding.fix,
    )


def _session_facts(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of the table ``session`` that metadata fill."""
    session, subject = metadata.get("NWBFile") or {}, metadata.get("Subject") or {}
    values = {name: session.get(name) for name in _SESSION} | {name: subject.get(name) for name in _SUBJECT}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _texts(metadata: Mapping[str, Any]) -> Iterator[tuple[str, int, str, str]]:
    """Yield the rows of the summary ``texts``: section, number, field and text."""
    for section in ("NWBFile", "Subject"):
        for name, value in (metadata.get(section) or {}).items():
            texts = value if isinstance(value, list | tuple) else [value]
            for number, text in enumerate(texts):
                if isinstance(text, str):
                    yield f"{section}.{name}", number, name, text
