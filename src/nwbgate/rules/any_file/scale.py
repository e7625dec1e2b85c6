"""Rules about units that the NWB schema fixes, and about the sampling of series."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending, surely_not

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

_VOLTS, _AMPERES, _WATTS = (("volts", "volt", "v"), ("amperes", "ampere", "a"), ("watts", "watt", "w"))
#: Unit that the NWB schema fixes for a type, with spellings of it; the first is that of the schema.
_FIXED = {
    "ElectricalSeries": _VOLTS, "SpikeEventSeries": _VOLTS, "CurrentClampSeries": _VOLTS, "IZeroClampSeries": _VOLTS,
    "VoltageClampStimulusSeries": _VOLTS, "VoltageClampSeries": _AMPERES, "CurrentClampStimulusSeries": _AMPERES,
    "OptogeneticSeries": _WATTS,
}  # fmt: skip
#: Series that are sampled without a pause.
_SAMPLED = ("ElectricalSeries", "RoiResponseSeries", "TwoPhotonSeries", "OnePhotonSeries")
#: Share of intervals that may be gaps before it is worth a warning.
_GAPS = 0.001
#: Fewest samples that tell the period of a clock.
_FEWEST = 100
#: Seconds of other units of time; how far two lengths and durations may differ; most clocks that are compared.
_UNITS_OF_TIME, _AS_MANY, _MOST_CLOCKS = (60.0, 1e3, 1e6), 0.01, 200


@check(scope="session", column="unit", where={"series.neurodata_type": tuple(_FIXED)})
def unit_is_of_its_type(series: "pd.DataFrame") -> "Rows":
    """A series whose unit the NWB schema fixes has that unit.

    Why: readers take the data of such a series for volts, amperes or watts, whatever the file says, and apply its
    conversion only.

    Example: an ElectricalSeries in microvolts with a conversion of 1.

    Fix: write the unit of the schema, and the conversion that takes the data to it.
    """
    accepted = [_FIXED.get(kind, ()) for kind in series["neurodata_type"]]
    own = series["accepted_units"].map(len).to_numpy() == 0
    wrong = own & np.array(
        [
            len(known) > 0 and str(unit).strip().lower() not in known
            for unit, known in zip(series["unit"], accepted, strict=True)
        ],
        dtype=bool,
    )
    return offending(
        series, wrong, "unit", lambda: as_column(series, [known[0] if known else "" for known in accepted])
    )


@check(
    scope="session",
    severity="warning",
    column="clock",
    needs=["clocks.timestamps_increase", "clocks.clock_is_of_the_session"],
    where={"series.neurodata_type": _SAMPLED},
)
def sampling_has_no_gaps(series: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """At most one in a thousand intervals of traces, voltages and movies is longer than 1.5 periods.

    Why: dropped frames shift every later sample where they are not in the timestamps, and distort filters and rates
    where they are. Only a warning: a recording may be made in parts.

    Example: 40 gaps of up to 0.41 s where the period is 0.033 s.

    Fix: align the samples with the sync line again; write a recording of parts as one series for each.
    """
    undescribed = series["table"].isna().to_numpy() & series["neurodata_type"].isin(_SAMPLED).to_numpy()
    if not undescribed.any():
        return None
    times = clocks.drop_duplicates("clock").set_index("clock").reindex(series["clock"])
    n_gaps, n = numbers(times["n_gaps"]), numbers(times["n"])
    wrong = undescribed & (n_gaps > _GAPS * n) & (n >= _FEWEST)

    def words() -> "pd.Series[Any]":
        rows = zip(times["n_gaps"], times["longest"], times["period"], strict=True)
        return as_column(
            series, [f"{gaps} gaps of up to {most:.4g} s where the period is {each:.4g} s" for gaps, most, each in rows]
        )

    return offending(series, wrong, words, f"at most {_GAPS:.1%} of the intervals")


@check(scope="session", column="has_plain_data")
def data_are_plain_values(series: "pd.DataFrame") -> "Rows":
    """The data of a series are numbers, truth values or texts.

    Why: the schema has no other data; readers, plots and this gate pass over compounds and references in silence.

    Example: samples of the two fields x and y in a TimeSeries.

    Fix: write one column for each field.
    """
    return offending(
        series, surely_not(series["has_plain_data"]), "compounds or references in a {neurodata_type}", "numbers"
    )


@check(scope="session", severity="warning", column="last", needs=["clocks.timestamps_increase"])
def clocks_are_in_one_unit(clocks: "pd.DataFrame") -> "Rows":
    """No timestamps are a 60th, 1000th or millionth of those of another series with as many samples.

    Why: two series of as many samples were recorded in the same time; one of the two counts minutes, or seconds where
    the other counts milliseconds. Rates are not judged, only timestamps.

    Example: 3,000 positions from 0 to 100 s, and 2,999 speeds from 0 to 1.67 s: these are minutes.

    Fix: convert the shorter timestamps to seconds.
    """
    stamped = clocks["clock"].astype(str).str.endswith("/timestamps").to_numpy() & clocks["stream"].isna().to_numpy()
    n, duration = numbers(clocks["n"]), numbers(clocks["last"]) - numbers(clocks["first"])
    judged = np.flatnonzero(stamped & (n >= _FEWEST) & (duration > 0))[:_MOST_CLOCKS]
    alike = np.abs(np.log(n[judged] / n[judged][:, None])) < _AS_MANY
    units = np.zeros(len(clocks))
    for factor in _UNITS_OF_TIME:
        ratio = duration[judged] / duration[judged][:, None] / factor
        units[judged[(alike & (np.abs(np.log(ratio)) < _AS_MANY)).any(axis=1)]] = factor
    expected = as_column(
        clocks, [f"{each:.3f} s, {unit:g} times as long" for each, unit in zip(duration * units, units, strict=True)]
    )
    return offending(clocks, units > 0, "{first:.3f} to {last:.3f} s for {n} samples", expected)


RULES: tuple[Rule, ...] = (data_are_plain_values, unit_is_of_its_type, sampling_has_no_gaps, clocks_are_in_one_unit)
