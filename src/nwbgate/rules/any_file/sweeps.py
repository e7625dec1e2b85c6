"""Rules about sweeps of intracellular recordings."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending, surely

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from nwbgate.rules.rule import Rows


#: Share of samples from which two sides of a sweep were meant to be as long.
_ALMOST = 0.99


@check(scope="session", column="stimulus", needs=["clocks.timestamps_increase"], where={"sweeps.stimulus": ()})
def stimulus_is_during_its_response(sweeps: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """Stimulus and response of one intracellular recording overlap in time.

    Why: the response to a stimulus is recorded while it is given; two that do not overlap are of different sweeps, or
    on different clocks.

    Example: the stimulus of a sweep runs from 0 to 1 s, its response from 12 to 13 s.

    Fix: give both the starting time of the sweep, or list the right pair in intracellular_recordings.
    """
    own, given = (spans(sweeps[side], series, clocks) for side in ("path", "stimulus"))
    apart = (numbers(own["first"]) > numbers(given["last"])) | (numbers(own["last"]) < numbers(given["first"]))
    words = [f"{first:.3f} to {last:.3f} s" for first, last in _times(own)]
    expected = [f"overlap with its stimulus, {first:.3f} to {last:.3f} s" for first, last in _times(given)]
    return offending(sweeps, apart, lambda: as_column(sweeps, words), lambda: as_column(sweeps, expected))


@check(
    scope="session",
    severity="warning",
    column="stimulus",
    needs=["sweeps.stimulus_is_during_its_response", "series.as_long_as_its_timestamps"],
    where={"sweeps.stimulus": ()},
)
def stimulus_is_as_long_as_its_response(
    sweeps: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame"
) -> "Rows":
    """Stimulus and response of one sweep that begin together do not differ by a few samples.

    Why: one amplifier writes both for as long; a conversion that leaves samples out at one end shifts the one against
    the other. Sides whose lengths differ by more than 1 % were meant to be so, and are not judged.

    Example: the stimulus of a sweep has 2000 samples, its response 1995; the last 0.5 ms are missing.

    Fix: write all samples of both, or give the shorter one its true starting time.
    """
    own, given = (spans(sweeps[side], series, clocks) for side in ("path", "stimulus"))
    lengths = [numbers(side["n_samples"]) for side in (own, given)]
    shorter, longer = np.minimum(*lengths), np.maximum(*lengths)
    begins = [numbers(side["first"]) for side in (own, given)]
    period = (numbers(own["last"]) - begins[0]) / np.maximum(lengths[0] - 1, 1)
    together = np.abs(begins[0] - begins[1]) < period / 2
    wrong = together & (shorter < longer) & (shorter >= _ALMOST * longer)
    expected = as_column(sweeps, [f"{number:.0f}, as its stimulus has" for number in lengths[1]])
    return offending(sweeps, wrong, as_column(sweeps, [f"{number:.0f} samples" for number in lengths[0]]), expected)


def spans(paths: "pd.Series[str]", series: "pd.DataFrame", clocks: "pd.DataFrame") -> "pd.DataFrame":
    """Return first and last time and number of samples of series.

    Parameters
    ----------
    paths : Series of str
        HDF5 paths of series, missing for none.
    series, clocks : DataFrame
        The summaries of these names.
    """
    times = clocks.drop_duplicates("clock").set_index("clock")
    own = series.set_index("path").reindex(paths)
    return times.reindex(own["clock"])[["first", "last"]].assign(n_samples=own["n_samples"].to_numpy())


def _times(spans: "pd.DataFrame") -> "Iterator[tuple[float, float]]":
    return zip(numbers(spans["first"]), numbers(spans["last"]), strict=True)


@check(scope="session", severity="warning", column="number")
def sweep_is_numbered(sweeps: "pd.DataFrame") -> "Rows":
    """Of several series of a pipette each has a sweep number, or is listed in intracellular_recordings.

    Why: without either, stimuli cannot be matched with responses.

    Example: 40 CurrentClampSeries and 40 CurrentClampStimulusSeries without sweep_number.

    Fix: write sweep_number, or add the pairs with NWBFile.add_intracellular_recording.
    """
    unknown = np.isnan(numbers(sweeps["number"])) & ~surely(sweeps["is_listed"])
    wrong = unknown if len(sweeps) > 2 else np.zeros(len(sweeps), dtype=bool)
    return offending(
        sweeps, wrong, as_column(sweeps, ["neither"] * len(sweeps)), "a sweep number, or a listed recording"
    )


RULES: tuple[Rule, ...] = (
    stimulus_is_during_its_response,
    stimulus_is_as_long_as_its_response,
    sweep_is_numbered,
)
