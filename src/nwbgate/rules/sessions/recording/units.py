"""Rules about spikes, electrodes and the planes that ROIs name."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", column="n_nan")
def spike_times_are_numbers(spikes: "pd.DataFrame") -> "Rows":
    """No spike time is missing.

    Why: a spike without a time corrupts every rate and alignment.

    Example: 2 of 231 spike times are NaN.

    Fix: leave the missing ones out.
    """
    return offending(spikes, numbers(spikes["n_nan"]) > 0, "{n_nan} NaN", "none")


@check(scope="session", column="n_unsorted", needs=["spikes.spike_times_are_numbers"])
def spike_times_are_sorted(spikes: "pd.DataFrame") -> "Rows":
    """Spike times of every unit never go back.

    Why: readers look spikes up by bisection and take differences for intervals.

    Example: 1 spike is earlier than the one before.

    Fix: sort the spike times.
    """
    got = "{n_unsorted} spikes earlier than the previous one"
    return offending(spikes, numbers(spikes["n_unsorted"]) > 0, got, "none")


@check(scope="session", column="n_repeated", needs=["spikes.spike_times_are_sorted"])
def spikes_of_a_pipette_are_distinct(spikes: "pd.DataFrame", voltages: "pd.DataFrame") -> "Rows":
    """No two spikes of a cell-attached neuron have the same time.

    Why: a pipette records one neuron, which spikes once at a time; two equal times are one spike, written twice. Units
    of a probe are not judged: sorting may give one unit two events in one sample.

    Example: 1 spike has the time of the spike before.

    Fix: leave the repeated spike out.
    """
    return offending(
        spikes, numbers(spikes["n_repeated"]) > 0, "{n_repeated} spikes with the time of the previous one", "none"
    )


@check(scope="session", column="n_bad_intervals", where={"spikes.n_intervals": []})
def observation_intervals_in_order(spikes: "pd.DataFrame") -> "Rows":
    """Observation intervals of a unit end after they start, and do not overlap.

    Why: firing rates divide by their length.

    Example: intervals of 0 to 30 s and of 20 to 50 s.

    Fix: join overlapping intervals and sort them.
    """
    wrong = numbers(spikes["n_bad_intervals"].fillna(0)) > 0
    return offending(spikes, wrong, "{n_bad_intervals} intervals out of order", "none")


@check(
    scope="session",
    column="n_outside",
    needs=["spikes.observation_intervals_in_order", "spikes.spike_times_are_numbers"],
    where={"spikes.n_intervals": []},
)
def spikes_inside_observation(spikes: "pd.DataFrame") -> "Rows":
    """Every spike lies inside the observation intervals of its unit.

    Why: a spike that could not have been seen is on another clock, or the interval is wrong.

    Example: a spike at 31.2 s in a recording observed from 0 to 30 s.

    Fix: put spikes and recording on one clock, or correct obs_intervals.
    """
    got = "{n_outside} of those from {first:.3f} to {last:.3f} s"
    return offending(spikes, numbers(spikes["n_outside"].fillna(0)) > 0, got, "spikes inside obs_intervals")


@check(
    scope="session",
    column="observed_to",
    needs=["spikes.spikes_inside_observation", "clocks.timestamps_increase"],
    where={"clocks.stream": ["ephys"], "spikes.n_intervals": []},
)
def observation_inside_recording(spikes: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """Observation intervals lie inside their recording.

    Why: nothing is observed while nothing is recorded.

    Example: obs_intervals end at 60 s, the voltage at 30 s.

    Fix: end the interval with the recording.
    """
    voltage = clocks[clocks["stream"] == "ephys"]
    if voltage.empty:
        return None
    first, last, period = voltage["first"].min(), voltage["last"].max(), voltage["period"].max()
    start, stop = numbers(spikes["observed_from"]), numbers(spikes["observed_to"])
    wrong = (start < first - 2 * period) | (stop > last + 2 * period)
    return offending(spikes, wrong, "observed_to", f"{first:.4g} to {last:.6g} s")


@check(
    scope="session",
    column="n_samples",
    needs=["series.as_long_as_its_timestamps"],
    where={"series.table": ["baseline_subtracted_voltage"]},
)
def filtered_voltage_follows_raw(series: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """The baseline-subtracted voltage has the samples and clock of the raw one.

    Why: it is the same recording, filtered; sample by sample the two are compared and spikes are drawn on both.

    Example: 1,199,137 raw samples, 1,199,136 filtered ones.

    Fix: write both from one recording, with one starting time and rate.
    """
    tables = series["table"]
    raw = series[tables == "voltage"]
    if raw.empty:
        return None
    digests = dict(zip(clocks["clock"], clocks["digest"], strict=True))
    digest = series["clock"].map(lambda clock: digests.get(clock, ""))
    same = (series["n_samples"] == raw["n_samples"].iloc[0]) & (digest == digest[raw.index[0]])
    wrong = (tables == "baseline_subtracted_voltage") & ~same
    return offending(
        series, wrong, "{n_samples} samples", f"{raw['n_samples'].iloc[0]} samples at the raw voltage's times"
    )


@check(scope="session", column="n_electrodes", where={"spikes.n_electrodes": []})
def unit_has_electrode(spikes: "pd.DataFrame") -> "Rows":
    """Units name their electrodes, and each is a row of the electrodes table.

    Why: without its electrode the location of a neuron is unknown. A table without a column electrodes is not judged,
    and neither are single units without one beside others that have theirs: they were found by other means.

    Example: a unit names electrode 3 of a table of one row.

    Fix: link the unit to the electrode it was recorded with.
    """
    named = numbers(spikes["n_electrodes"])
    unnamed = (named == 0) & ~(named > 0).any()
    wrong = unnamed | (numbers(spikes["n_dangling_electrodes"].fillna(0)) > 0)
    got = "{n_electrodes} electrodes, {n_dangling_electrodes} not in the table"
    return offending(spikes, wrong, got, "electrodes in the table")


@check(
    scope="session", column="electrode_group", needs=["spikes.unit_has_electrode"], where={"spikes.electrode_group": []}
)
def unit_in_group_of_its_electrodes(spikes: "pd.DataFrame") -> "Rows":
    """A unit's electrode group is that of its electrodes.

    Why: both say where the unit was recorded.

    Example: electrode_group is pipette_2, its electrode belongs to cell_attached_pipette.

    Fix: correct the unit's electrode_group or its electrodes.
    """
    told = spikes["electrodes_group"].notna() & (spikes["electrodes_group"] != "")
    known = (spikes["electrode_group"].notna() & told).to_numpy()
    differs = (spikes["electrode_group"] != spikes["electrodes_group"]).to_numpy()
    return offending(spikes, known & differs, "electrode_group", spikes["electrodes_group"])


@check(
    scope="session",
    column="plane",
    needs=["planes.plane_is_as_described"],
    where={"planes.targeted_structure": []},
)
def plane_is_named_for_its_place(planes: "pd.DataFrame") -> "Rows":
    """A plane is named by its targeted structure and depth, if known.

    Why: readers ask for a plane by this name; it must lead to that structure and depth.

    Example: a plane called VISp_175 whose targeted structure is VISl.

    Fix: rename the plane, or correct its structure or depth.
    """
    known = (planes["targeted_structure"].notna() & planes["targeted_imaging_depth"].notna()).to_numpy()
    if not known.any():
        return None
    expected = planes["targeted_structure"].astype(str) + "_" + planes["targeted_imaging_depth"].astype(str)
    fits = [
        name == place or str(name).startswith(f"{place}_")
        for name, place in zip(planes["plane"], expected, strict=True)
    ]
    return offending(planes, known & ~np.array(fits, dtype=bool), "plane", expected)


@check(scope="session", column="plane")
def cells_are_of_a_plane(cells: "pd.DataFrame", planes: "pd.DataFrame") -> "Rows":
    """Every ROI belongs to an imaging plane of the file.

    Why: without its plane an ROI has neither structure nor depth.

    Example: a segmentation links an imaging plane that is not in the file.

    Fix: link the segmentation to its imaging plane.
    """
    return offending(cells, ~cells["plane"].isin(planes["plane"]), "plane", " or ".join(map(str, planes["plane"])))


RULES: tuple[Rule, ...] = (
    spike_times_are_numbers,
    spike_times_are_sorted,
    spikes_of_a_pipette_are_distinct,
    observation_intervals_in_order,
    spikes_inside_observation,
    observation_inside_recording,
    filtered_voltage_follows_raw,
    unit_has_electrode,
    unit_in_group_of_its_electrodes,
    plane_is_named_for_its_place,
    cells_are_of_a_plane,
)
