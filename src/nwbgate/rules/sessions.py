"""The rules about the inside of one file, between its tables."""

from nwbgate.rules import (
    sessions_changes,
    sessions_clocks,
    sessions_licks,
    sessions_ophys,
    sessions_stimulus,
    sessions_trials,
    sessions_units,
)
from nwbgate.rules.rule import Rule

#: Every rule of scope ``session``, by the stream it judges.
RULES: tuple[Rule, ...] = (
    *sessions_clocks.RULES,
    *sessions_trials.RULES,
    *sessions_licks.RULES,
    *sessions_stimulus.RULES,
    *sessions_changes.RULES,
    *sessions_ophys.RULES,
    *sessions_units.RULES,
)
