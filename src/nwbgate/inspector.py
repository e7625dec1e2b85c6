"""nwbgate's in-file rules as checks of NWB Inspector.

``nwbinspector FOLDER --modules nwbgate.inspector`` runs them beside its own. Each rule is one check, named for the
rule's code with underscores (``trials_one_outcome``); an error is CRITICAL, a warning a BEST_PRACTICE_VIOLATION. As in
``nwbgate check``, a rule is silent while a rule it needs has fired. A file that is not on this machine is passed over.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from nwbinspector import Importance, InspectorMessage, register_check
from pynwb import NWBFile

from nwbgate.errors import NwbgateError
from nwbgate.reading.facts.file_frames import key_columns, session_frames
from nwbgate.rules.rule import Rule, Severity
from nwbgate.rules.sessions import RULES

#: Importance that NWB Inspector shows for each severity of ours.
IMPORTANCE = {Severity.ERROR: Importance.CRITICAL, Severity.WARNING: Importance.BEST_PRACTICE_VIOLATION}

#: Name of the check that a file's tables can be read at all.
READABLE = "session_tables_are_readable"

#: Characters shown of a value in a message.
_LONGEST = 200

_RULES = {rule.code: rule for rule in RULES}
_ORDER = tuple(TopologicalSorter({rule.code: rule.needs for rule in RULES}).static_order())
_TABLES = frozenset(table for rule in RULES for table in rule.tables)

Check = Callable[[NWBFile], InspectorMessage | None]


def check_name(code: str) -> str:
    """Return the Python name of the check for a rule's code."""
    return code.replace(".", "_")


@lru_cache(maxsize=1)
def _judge_once(path: Path, mtime_ns: int) -> Mapping[str, str | Exception]:
    """Judge one file by every rule, once for all of NWB Inspector's checks.

    Returns
    -------
    mapping of str to str or Exception
        Name of a check to the message of its finding, or to what the rule raised.
    """
    try:
        frames = session_frames(path, _TABLES)
    except NwbgateError as error:
        return {READABLE: str(error)}
    said: dict[str, str | Exception] = {}
    silent: set[str] = set()
    for code in _ORDER:
        rule = _RULES[code]
        outcome = None if silent.intersection(rule.needs) else _outcome(rule, frames)
        if outcome is not None:
            said[check_name(code)] = outcome
        if outcome is not None or silent.intersection(rule.needs):
            silent.add(code)
    return MappingProxyType(said)


def _outcome(rule: Rule, frames: Mapping[str, pd.DataFrame]) -> str | Exception | None:
    """Return the message of a rule that fires or breaks, or None."""
    if any(table not in frames and table not in rule.optional for table in rule.tables):
        return None
    try:
        rows = rule.function(*(frames.get(table) for table in rule.tables))
        return None if rows is None or rows.empty else _message(rule, rows, key_columns(rule.table))
    except Exception as error:  # a rule is code of any author; NWB Inspector reports it as a check that broke
        return error


def _message(rule: Rule, rows: pd.DataFrame, keys: tuple[str, ...]) -> str:
    """Describe a finding: title, first row's values and place, number of rows."""
    first = rows.iloc[0]
    said = {word: _word(first[word]) for word in ("got", "expected") if word in rows.columns}
    words = [f"{word} {value}" for word, value in said.items() if value]
    place = ", ".join(f"{key} {_word(first[key])}" for key in keys if key in rows.columns) or f"row {rows.index[0]}"
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    found = f": {', '.join(words)}" if words else ""
    sentence = str(first["sentence"]) if "sentence" in rows.columns else f"{rule.title.rstrip('.')}{found}"
    return f"{sentence} ({rule.table}, {place}{more}). {rule.fix}".strip()


def _word(value: object) -> str:
    """Return a readable, shortened cell value; empty for a missing one."""
    if pd.Series([value], dtype=object).isna().any():
        return ""
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text):,} characters)"


def _check(name: str, importance: Importance, documentation: str) -> Check:
    """Return one registered check, an attribute of this module."""

    def judge(nwbfile: NWBFile) -> InspectorMessage | None:
        path = Path(nwbfile.container_source or "")
        said = _judge_once(path, path.stat().st_mtime_ns).get(name) if path.is_file() else None
        if isinstance(said, Exception):
            raise said
        return InspectorMessage(message=said) if said is not None else None

    judge.__name__ = judge.__qualname__ = name
    judge.__doc__ = documentation
    registered: Check = register_check(importance=importance, neurodata_type=NWBFile)(judge)
    globals()[name] = registered
    return registered


#: Every check of this module by its name.
CHECKS: Mapping[str, Check] = {
    READABLE: _check(READABLE, Importance.CRITICAL, "The session tables are readable."),
    **{
        check_name(rule.code): _check(
            check_name(rule.code), IMPORTANCE[rule.severity], f"{rule.title}\n\n{rule.explanation}"
        )
        for rule in RULES
    },
}
