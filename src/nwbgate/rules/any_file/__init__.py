"""Rules about any NWB file, by the types of its objects."""

from nwbgate.rules.any_file import (
    amplitudes,
    electrodes,
    extent,
    fields_of_view,
    imaging,
    interval_tables,
    interval_times,
    marks,
    pipettes,
    scale,
    signals,
    subjects,
    summary_images,
    sweeps,
    table_columns,
    texts,
    unit_columns,
    units,
    videos,
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
    *fields_of_view.RULES,
    *sweeps.RULES,
    *table_columns.RULES,
    *subjects.RULES,
    *marks.RULES,
    *waveforms.RULES,
    *texts.RULES,
    *pipettes.RULES,
    *electrodes.RULES,
    *unit_columns.RULES,
    *interval_times.RULES,
    *summary_images.RULES,
    *videos.RULES,
)
