"""Rules about the dF/F of a recorded neuron against its spikes."""

from typing import TYPE_CHECKING, Any

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Fewest spikes from which a response is told.
_FEWEST = 5
#: Correlation of dF/F with its own spikes that is none, and that of another reading of it which surely is one: real
#: recordings have 0.12 to 0.82 with their own (Huang et al. 2021). A reading is chosen among many, so that it has to be
#: well above, and better by a wide margin.
_NONE, _SURELY, _MORE = 0.1, 0.6, 0.2
#: Correlation of the opposite sign that is none of chance.
_OPPOSITE = -0.4
#: Noise of dF/F as a ratio; that of recordings is 0.02 to 0.2, in percent 2 and more.
_NOISE = 1.0


@check(
    severity="warning",
    scope="session",
    column="own",
    fewest=1,
    needs=["voltages.spikes_are_at_peaks", "trace_columns.trace_varies", "trace_columns.trace_is_never_still"],
)
def dff_follows_spikes(spike_responses: "pd.DataFrame") -> "Rows":
    """dF/F of a recorded neuron rises with its spikes.

    Why: it is the calcium that those spikes let in. Where dF/F fits only when it is turned around in time, in sign, or
    shifted, that was done to it. Cells whose dF/F fits their spikes in no way are not judged.

    Example: dF/F correlates 0.03 with the spikes, and 0.71 when it is read from its end.

    Fix: take dF/F and spikes from one source, both from the first frame on.
    """
    words = as_column(
        spike_responses, [_unlike_spikes(row) for row in spike_responses.astype("float64").to_dict("records")]
    )
    return offending(spike_responses, words != "", words, "dF/F that rises with the spikes of its cell")


def _unlike_spikes(row: dict[Any, Any]) -> str:
    """Return another reading of dF/F that fits the spikes, or empty."""
    own = row["own"]
    if not row["n_spikes"] >= _FEWEST:
        return ""
    found = f"a correlation of {own:.2f} with {row['n_spikes']:.0f} spikes"
    if own < _OPPOSITE:
        return f"{found}: the sign of dF/F is reversed"
    if row["reversed"] > max(_SURELY, own + _MORE):
        return f"{found}, {row['reversed']:.2f} with dF/F from its end to its start: it is reversed in time"
    if own < _NONE and row["at_lag"] > _SURELY:
        return f"{found}, {row['at_lag']:.2f} with dF/F shifted by {row['lag']:+.2f} s"
    return ""


@check(scope="session", column="noise", fewest=1)
def dff_is_a_ratio(spike_responses: "pd.DataFrame") -> "Rows":
    """dF/F of a recorded neuron is a ratio, with a noise below 1.

    Why: dF/F is (F - F0) / F0. In percent it is 100 times as large, and is compared with others as if it were a ratio.

    Example: dF/F has a noise of 5.3, in percent.

    Fix: divide dF/F by 100.
    """
    noise = numbers(spike_responses["noise"])
    words = [f"a noise of {each:.3g}: dF/F may be in percent" for each in noise]
    return offending(spike_responses, noise > _NOISE, lambda: as_column(spike_responses, words), "a noise below 1")


RULES: tuple[Rule, ...] = (
    dff_follows_spikes,
    dff_is_a_ratio,
)
