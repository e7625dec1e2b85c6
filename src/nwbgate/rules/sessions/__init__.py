"""The rules about the inside of one file, between its tables."""

from nwbgate.rules.rule import Rule
from nwbgate.rules.sessions import (
    changes,
    clocks,
    detected_events,
    eye,
    frames,
    identity,
    licks,
    masks,
    planes,
    rig,
    rois,
    running,
    scaling,
    stimulus,
    traces,
    trials,
    units,
    voltages,
)

#: Every rule of scope ``session``, by the stream it judges.
RULES: tuple[Rule, ...] = (
    *clocks.RULES,
    *frames.RULES,
    *trials.RULES,
    *licks.RULES,
    *stimulus.RULES,
    *changes.RULES,
    *running.RULES,
    *eye.RULES,
    *rig.RULES,
    *planes.RULES,
    *rois.RULES,
    *traces.RULES,
    *detected_events.RULES,
    *masks.RULES,
    *identity.RULES,
    *scaling.RULES,
    *units.RULES,
    *voltages.RULES,
)
