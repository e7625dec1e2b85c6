"""Agreement of raw sources, for files converted from a rig."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from nwbgate.qc.measurement import Measurement, not_measured
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

#: One comparison: a row of the table ``source_agreement``.
Comparison = Mapping[Any, Any]
_ABSENT = "the file does not tell how far its raw sources agree"


def unmatched_number(row: Comparison) -> float:
    """Return how many events or samples of one source the other does not have."""
    return float(row["n_unmatched"])


def unmatched_share(row: Comparison) -> float:
    """Return the share of events without a partner elsewhere, 0 to 1.

    Raises
    ------
    UnmeasurableError
        If there was no event.
    """
    if not row["n_expected"]:
        raise UnmeasurableError("there was no event to compare")
    return float(row["n_unmatched"]) / float(row["n_expected"])


def missing_share(row: Comparison) -> float:
    """Return the share of expected events missing from the other source, 0 to 1.

    Raises
    ------
    UnmeasurableError
        If no event was expected.
    """
    if not row["n_expected"]:
        raise UnmeasurableError("no event was expected")
    return max(1.0 - float(row["n_found"]) / float(row["n_expected"]), 0.0)


def odd_share(row: Comparison) -> float:
    """Return the share of photodiode intervals other than a second, 0 to 1.

    Raises
    ------
    UnmeasurableError
        If it saw fewer than two turns.
    """
    if row["n_found"] < 2:
        raise UnmeasurableError(f"{row['n_found']} turns of the photodiode, at least 2 are needed")
    return float(row["n_unmatched"]) / (float(row["n_found"]) - 1)


def surplus(row: Comparison) -> float:
    """Return how many more samples the other source has; negative where it has fewer."""
    return float(row["n_found"]) - float(row["n_expected"])


def deviation(row: Comparison) -> float:
    """Return the largest distance of two clocks of the same frames, in seconds."""
    return float(row["deviation_sec"])


def reported_number(row: Comparison) -> float:
    """Return the number of the first source alone."""
    return float(row["n_expected"])


#: Metric to the comparison that it is about, its function, and its unit.
METRICS = {
    "sources.late_frames_unmatched": ("late_stimulus_frames", unmatched_number, "1"),
    "sources.clock_deviation": ("late_stimulus_frames", deviation, "s"),
    "sources.licks_unfelt": ("licks", unmatched_share, "1"),
    "sources.photodiode_missing": ("photodiode_turns", missing_share, "1"),
    "sources.photodiode_odd": ("photodiode_turns", odd_share, "1"),
    "sources.eye_frames_apart": ("eye_frames", unmatched_number, "1"),
    "sources.eye_frames_lost": ("lost_eye_frames", reported_number, "1"),
    "sources.imaging_surplus": ("imaging_frames", surplus, "1"),
}


def measure_sources(rows: Sequence[Comparison]) -> Iterator[Measurement]:
    """Yield the rows ``sources.*`` of the comparisons of a session's raw sources.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of the table ``source_agreement``; none for a file that was not converted from a rig.
    """
    for metric, (comparison, compute, unit) in METRICS.items():
        about = [row for row in rows if row["comparison"] == comparison]
        for row in about:
            yield measure_row(metric, partial(compute, row), unit, str(row["object"]))
        if not about:
            yield not_measured(metric, f"these sources were not compared: {comparison}" if rows else _ABSENT, unit)
