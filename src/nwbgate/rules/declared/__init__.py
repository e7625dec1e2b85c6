"""Declared rules: each constraint of a specification (``schemas/*.yaml``) as a rule.

Codes are ``<table>.<column>.<kind>``. A rule needs what its question presupposes: the kinds of its column that come
before it. Kinds that ask about two tables or about several columns are in `nwbgate.rules.declared.relations`.
"""

from collections.abc import Callable

from nwbgate.rules.declared.place import Place
from nwbgate.rules.declared.presence import null_when, present, required, required_when, type_, unique
from nwbgate.rules.declared.values import corrected, enum, maximum, minimum, pattern
from nwbgate.rules.rule import Rule

#: Kinds that ask about one column (or one row), in the order in which they are judged.
KINDS: tuple[Callable[[Place], Rule | None], ...] = (
    present,
    type_,
    required,
    required_when,
    null_when,
    unique,
    enum,
    pattern,
    minimum,
    maximum,
    corrected,
)
