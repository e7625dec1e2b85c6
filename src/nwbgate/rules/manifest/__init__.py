"""Written rules about the tables of a manifest."""

from nwbgate.rules.manifest import (
    cells,
    containers,
    dates,
    depths,
    ids,
    mice,
    microscopes,
    recordings,
    released_files,
    trial_counts,
)
from nwbgate.rules.rule import Rule

#: Every rule about tables, by the table it judges.
RULES: tuple[Rule, ...] = (
    *mice.RULES,
    *dates.RULES,
    *ids.RULES,
    *microscopes.RULES,
    *trial_counts.RULES,
    *containers.RULES,
    *depths.RULES,
    *cells.RULES,
    *released_files.RULES,
    *recordings.RULES,
)
