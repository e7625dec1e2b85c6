"""Rules about sweeps of intracellular recordings."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending, surely

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", column="stimulus", needs=["clocks.timestamps_increase"], where={"sweeps.stimulus": ()})
def stimulus_is_during_its_response(sweeps: "pd.DataFrame", series: "pd.DataFrame", clocks: "pd.DataFrame") -> "Rows":
    """Stimulus and response of one intracellular recording overlap in time.

    Why: the response to a stimulus is recorded while it is given; two that do not overlap are of different sweeps, or
    on different clocks.

    Example: the stimulus of a sweep runs from 0 to 1 s, its response from 12 to 13 s.

    Fix: give both the starting time of the sweep, or list the right pair in intracellular_recordings.
    """
    times = clocks.drop_duplicates("clock").set_index("clock")
    clock_of = dict(zip(series["path"], series["clock"], strict=True))

    def spans(paths: "pd.Series[str]") -> "pd.DataFrame":
        return times.reindex([clock_of.get(path) for path in paths])[["first", "last"]]

    own, given = spans(sweeps["path"]), spans(sweeps["stimulus"])
    apart = (numbers(own["first"]) > numbers(given["last"])) | (numbers(own["last"]) < numbers(given["first"]))
    words = [f"{first:.3f} to {last:.3f} s" for first, last in own.itertuples(index=False)]
    expected = [
        f"overlap with its stimulus, {first:.3f} to {last:.3f} s" for first, last in given.itertuples(index=False)
    ]
    return offending(sweeps, apart, lambda: as_column(sweeps, words), lambda: as_column(sweeps, expected))


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


RULES: tuple[Rule, ...] = (stimulus_is_during_its_response, sweep_is_numbered)
