"""Rules about spikes and electrodes, and about consistent metadata, of one file."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.manifest.derive import cre_line, driver_line, reporter_line
from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Reporter line -> the indicator it makes cells express (Madisen 2015, Daigle 2018; AllenSDK reads the same).
_INDICATORS = {
    "Ai93": "GCaMP6f",
    "Ai94": "GCaMP6s",
    "Ai95": "GCaMP6f",
    "Ai96": "GCaMP6s",
    "Ai148": "GCaMP6f",
    "Ai162": "GCaMP6s",
}
#: A genotype that names every allele: driver lines and then the reporter line, each over wild type.
_ALLELES = r"[^;]+/wt(;[^;]+/wt)+"


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


@check(scope="session", column="session_type")
def session_type_is_one(session: "pd.DataFrame", task_parameters: "pd.DataFrame") -> "Rows":
    """The session and its task parameters name one session type.

    Why: task parameters of another session type are another session's.

    Example: the session is OPHYS_1_images_A, its task parameters are of OPHYS_3_images_A.

    Fix: correct the one that is wrong.
    """
    if task_parameters.empty:
        return None
    said, task = session["session_type"], str(task_parameters["session_type"].iloc[0])
    return offending(session, said.notna() & (said != task), "session_type", task)


@check(scope="session", column="genotype", where={"session.genotype": []})
def lines_are_in_genotype(session: "pd.DataFrame") -> "Rows":
    """Driver and reporter lines are those of the genotype.

    Why: they are the genotype told again, and selections are made by either.

    Example: driver line Vip-IRES-Cre of a mouse that is Sst-IRES-Cre/wt;Ai148(TIT2L-GC6f-ICL-tTA2)/wt.

    Fix: correct the lines from the genotype, or the genotype from the colony database.
    """
    if session["genotype"].isna().all():
        return None
    genotype = session["genotype"].fillna("").astype(str)
    wrong = np.zeros(len(session), dtype=bool)
    for column, of_genotype in (("cre_line", cre_line), ("driver_line", driver_line), ("reporter_line", reporter_line)):
        lines = session[column].where(session["genotype"].notna()).fillna("").astype(str).str.split(r";\s*", regex=True)
        odd = [any(line not in full for line in named) for named, full in zip(lines, genotype, strict=True)]
        wrong |= np.array(odd, dtype=bool)
        whole = genotype.str.fullmatch(_ALLELES) & session[column].notna()
        expected = of_genotype(genotype.where(whole)).map(lambda value: {value} if isinstance(value, str) else value)
        pairs = zip(lines, expected, whole, strict=True)
        wrong |= np.array([known and set(named) != set(meant) for named, meant, known in pairs], dtype=bool)
    return offending(session, wrong, lambda: _lines(session), genotype)


def _lines(session: "pd.DataFrame") -> "pd.Series[Any]":
    """Return the lines that a file names."""
    named = session[["cre_line", "driver_line", "reporter_line"]].to_dict("records")
    return as_column(
        session, [", ".join(f"{name} {line}" for name, line in row.items() if isinstance(line, str)) for row in named]
    )


@check(scope="session", column="indicator", needs=["session.lines_are_in_genotype"])
def indicator_is_of_genotype(planes: "pd.DataFrame", session: "pd.DataFrame") -> "Rows":
    """The indicator of every plane matches the animal's reporter line.

    Why: kinetics and calibration depend on it. Genotypes with a reporter that is not known here are not judged.

    Example: indicator GCaMP6s in a mouse with Ai148, which expresses GCaMP6f.

    Fix: correct the indicator, or the genotype.
    """
    lines = [line for genotype in session["genotype"] for line in re.findall(r"Ai\d+", str(genotype))]
    expressed = {_INDICATORS[line] for line in lines if line in _INDICATORS}
    if not expressed:
        return None
    wrong = planes["indicator"].notna() & ~planes["indicator"].isin(expressed)
    return offending(planes, wrong, "indicator", " or ".join(sorted(expressed)))


@check(scope="session", column="plane", where={"planes.targeted_structure": []})
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
    session_type_is_one,
    lines_are_in_genotype,
    indicator_is_of_genotype,
    plane_is_named_for_its_place,
    cells_are_of_a_plane,
)
