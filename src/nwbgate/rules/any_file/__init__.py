"""Rules about any NWB file, by the types of its objects."""

from nwbgate.rules.any_file import (
    amplitudes,
    extent,
    imaging,
    interval_tables,
    marks,
    scale,
    signals,
    subjects,
    sweeps,
    table_columns,
    texts,
    units,
    waveforms,
)
from nwbgate.rules.rule import Rule

#: Every rule by neurodata_type.
RULES: tuple[Rule, ...] = (
    *extent.RULES,
    *interval_tables.RULES,
    *signals.RULES,
    *amplitudes.RULES,
    *scale.RULES,
    *units.RULES,
    *imaging.RULES,
    *sweeps.RULES,
    *table_columns.RULES,
    *subjects.RULES,
    *marks.RULES,
    *waveforms.RULES,
    *texts.RULES,
)
