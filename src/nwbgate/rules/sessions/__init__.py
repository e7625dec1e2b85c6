"""Rules about the tables inside one file."""

from nwbgate.rules.rule import Rule
from nwbgate.rules.sessions import clocks, coverage, genotype, geometry, identity, rig, scaling, series, sources
from nwbgate.rules.sessions.behavior import eye, licks, outcomes, rewards, running, trials
from nwbgate.rules.sessions.imaging import detected_events, masks, motion, planes, rois, trace_partners, traces
from nwbgate.rules.sessions.recording import responses, units, voltages
from nwbgate.rules.sessions.stimulus import (
    cadence,
    changes,
    event_frames,
    flashes,
    frames,
    images,
    novelty,
    presentations,
)

#: Every rule of scope ``session``, by the stream it judges.
RULES: tuple[Rule, ...] = (
    *clocks.RULES,
    *series.RULES,
    *coverage.RULES,
    *frames.RULES,
    *event_frames.RULES,
    *trials.RULES,
    *rewards.RULES,
    *outcomes.RULES,
    *licks.RULES,
    *flashes.RULES,
    *changes.RULES,
    *presentations.RULES,
    *novelty.RULES,
    *cadence.RULES,
    *images.RULES,
    *running.RULES,
    *eye.RULES,
    *rig.RULES,
    *geometry.RULES,
    *sources.RULES,
    *planes.RULES,
    *rois.RULES,
    *traces.RULES,
    *trace_partners.RULES,
    *detected_events.RULES,
    *masks.RULES,
    *motion.RULES,
    *identity.RULES,
    *scaling.RULES,
    *units.RULES,
    *genotype.RULES,
    *voltages.RULES,
    *responses.RULES,
)
