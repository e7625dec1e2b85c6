"""The valid manifest of two made-up mice, to plant faults in, and the rules that fire on it."""

from collections.abc import Callable
from functools import cache

import pandas as pd

from nwbgate.findings.outcome import Outcome
from nwbgate.gate.judge import judge
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.manifest.tables import read_tables
from nwbgate.rules import all_rules
from support.places import VALID_MANIFEST

Frames = dict[str, pd.DataFrame]
#: Changes frames in place.
Edit = Callable[[Frames], None]

FOLDER = VALID_MANIFEST
SPEC = load_spec("visual_behavior@1.1.0")
RULES = [rule for rule in all_rules(SPEC) if rule.scope == "manifest"]
KEYS = {name: table.keys for name, table in SPEC.tables.items()}


@cache
def _read() -> Frames:
    return read_tables(FOLDER, SPEC)


def good() -> Frames:
    """The four tables, on which no rule fires."""
    return {name: frame.copy() for name, frame in _read().items()}


def outcome(frames: Frames, *, complete: bool = False) -> Outcome:
    """Judge frames by every rule about tables."""
    found = judge(RULES, frames, KEYS, complete=complete)
    assert not found.broken, found.broken
    return found


def fired(frames: Frames) -> dict[str, tuple[object, ...]]:
    """The codes that fire on frames, with the keys of the rows."""
    return {finding.code: finding.keys for finding in outcome(frames).findings}
