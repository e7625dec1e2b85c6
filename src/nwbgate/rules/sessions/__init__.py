"""The rules about the inside of one file, between its tables."""

from nwbgate.rules.rule import Rule
from nwbgate.rules.sessions import (
    changes,
    clocks,
    eye,
    frames,
    identity,
    licks,
    ophys,
    planes,
    rig,
    running,
    scaling,
    stimulus,
    trials,
    units,
)

#: Every rule of scope ``session``, by the stream it judges.
RULES: tuple[Rule, ...] = (
    *clocks.RULES,
    *scaling.RULES,
    *identity.RULES,
    *frames.RULES,
    *trials.RULES,
    *licks.RULES,
    *stimulus.RULES,
    *changes.RULES,
    *running.RULES,
    *eye.RULES,
    *rig.RULES,
    *planes.RULES,
    *ophys.RULES,
    *units.RULES,
)
