"""Rules about channels of traces and voltages: values, their range, and copies."""

from typing import TYPE_CHECKING

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import Mask, as_column, numbers, offending, surely

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: What is measured all the time; an animal that is not seen has no position.
_ALWAYS = ("roi", "extracellular", "membrane", "current")
#: Channels of which no two are equal, and of those the ones with noise of their own.
_APART = ("roi", "extracellular", "position")
_OWN = ("roi", "extracellular")
#: What amplifiers and cameras record, where stimuli are stored, and samples that are never equal by chance.
_RECORDED = ("roi", "extracellular", "membrane", "current", "voltage")
_STIMULI, _FEWEST_EQUAL = "/stimulus/", 20
#: Share of the samples at one extreme from which a channel is saturated, and fewest samples that tell.
_SATURATED, _FEWEST = 0.01, 1000
#: Samples of a run of equal ones that noise never has, and share of its neighbors that may be equal anyway.
_STILL, _COARSE = 200, 0.5


@check(scope="session", column="n_nan")
def channel_has_values(signals: "pd.DataFrame") -> "Rows":
    """No channel is without any value.

    Why: a channel of NaN was never filled, and every mean over channels is NaN.

    Example: all 12,000 samples of the trace of ROI 7 are NaN.

    Fix: extract the trace again, or leave the channel out.
    """
    wrong = numbers(signals["n_nan"]) == numbers(signals["n_read"])
    return offending(signals, wrong, "{n_nan} of {n_read} samples of channel {column} NaN", "values")


@check(scope="session", severity="warning", column="n_nan_inside", where={"signals.kind": _ALWAYS})
def channel_has_no_hole(signals: "pd.DataFrame") -> "Rows":
    """No trace has NaN between two of its samples.

    Why: one NaN makes every mean, filter and correlation NaN. Before the first and after the last sample NaN is common
    and harmless. Positions may be lost and are exempt.

    Example: 300 samples in the middle of a dF/F trace are NaN.

    Fix: restore the samples; where frames are truly lost, cut the recording there, or leave them out of data and times.
    """
    wrong = (numbers(signals["n_nan_inside"]) > 0) & signals["kind"].isin(_ALWAYS).to_numpy()
    return offending(signals, wrong, "{n_nan_inside} of {n_read} samples of channel {column} NaN", "none")


@check(scope="session", column="n_infinite")
def channel_is_finite(signals: "pd.DataFrame") -> "Rows":
    """No sample is infinite.

    Why: it is a division by a baseline or a gain of 0, and makes every mean and filter infinite.

    Example: 2 samples of the dF/F of ROI 3 are infinite.

    Fix: compute the trace again with a baseline that is not 0.
    """
    wrong = numbers(signals["n_infinite"]) > 0
    return offending(signals, wrong, "{n_infinite} infinite samples of channel {column}", "none")


@check(
    scope="session",
    severity="warning",
    column="is_constant",
    needs=["signals.channel_has_values"],
    where={"signals.kind": ("roi", "extracellular", "membrane")},
)
def channel_varies(signals: "pd.DataFrame") -> "Rows":
    """No trace and no voltage is constant.

    Why: it is a dead channel, or one that was never filled. Where most samples of a series are 0, as of detected
    events, a channel may be silent.

    Example: all samples of channel 191 are 0.

    Fix: extract the trace again, or mark the electrode or ROI as not valid.
    """
    judged = signals["kind"].isin(("roi", "extracellular", "membrane")).to_numpy() & ~_silent(signals)
    wrong = surely(signals["is_constant"]) & judged
    return offending(signals, wrong, "{n_read} equal samples of channel {column}", "a trace that varies")


def _silent(signals: "pd.DataFrame") -> Mask:
    """Return which channels are mostly 0 in a series where others vary."""
    constant = signals["is_constant"].groupby(signals["path"]).transform("all")
    return surely(signals["is_sparse"]) & ~surely(constant)


@check(scope="session", column="digest", needs=["signals.channel_has_values"], where={"signals.kind": _APART})
def channel_is_not_a_copy(signals: "pd.DataFrame") -> "Rows":
    """No two channels of a series are equal, sample by sample.

    Why: two cells, electrodes or coordinates are never equal to the last bit; one of the two is a copy.

    Example: channels 3 and 4 of the raw voltage are equal.

    Fix: write the series again from its source, and look for the loop that copied one.
    """
    again = signals.duplicated(["path", "digest"]).to_numpy() & signals["kind"].isin(_APART).to_numpy()
    wrong = again & ~surely(signals["is_constant"]) & ~surely(signals["is_sparse"])
    return offending(signals, wrong, "channel {column} equal to an earlier one", "a channel of its own")


@check(
    scope="session",
    severity="warning",
    column="digest",
    needs=["signals.channel_is_not_a_copy", "signals.channel_varies", "signals.stretch_is_not_repeated"],
    where={"signals.kind": _RECORDED},
)
def series_is_not_another_one(signals: "pd.DataFrame") -> "Rows":
    """No recorded series has the samples of another one.

    Why: two sweeps, inputs or stages of processing are never equal to the last bit; one of the two holds what the
    other should. Stimuli are given again and again, and not judged.

    Example: the response of sweep 12 is that of sweep 11.

    Fix: write the series again from its source, and look for the index that did not move on.
    """
    stimulus = signals["path"].str.startswith(_STIMULI).to_numpy(dtype=bool)
    own = signals["kind"].isin(_RECORDED).to_numpy() & ~stimulus & (numbers(signals["n_read"]) >= _FEWEST_EQUAL)
    own &= ~surely(signals["is_constant"]) & ~surely(signals["is_sparse"])
    rows = signals[own]
    if not rows["digest"].duplicated().any():
        return None
    rows = rows.sort_values(["path", "column"])
    whole = rows.groupby("path")["digest"].agg(" ".join)
    again = {*whole.index[whole.duplicated()]}
    first = dict(zip(whole[::-1], whole.index[::-1], strict=True))
    wrong = signals["path"].isin(again).to_numpy() & ~signals.duplicated("path").to_numpy()
    others = [f"the samples of {first[whole[path]]}" if path in again else "" for path in signals["path"]]
    return offending(signals, wrong, lambda: as_column(signals, others), "samples of its own")


@check(
    scope="session",
    severity="warning",
    column="at_extreme",
    needs=["signals.channel_is_finite"],
    where={"signals.kind": ("extracellular", "membrane", "roi")},
)
def channel_is_not_saturated(signals: "pd.DataFrame") -> "Rows":
    """At most one sample in a hundred is at the lowest or highest value of its channel.

    Why: an amplifier or camera at its limit records the limit, not the signal. Only a warning: the rest may be sound.

    Example: 8 % of the samples of channel 12 are 32767.

    Fix: leave the channel or the time out of the analysis, and say so in the file.
    """
    judged = signals["kind"].isin(("extracellular", "membrane", "roi")).to_numpy() & ~surely(signals["is_sparse"])
    judged &= ~signals["path"].str.startswith(_STIMULI).to_numpy(dtype=bool)  # steps stay at their voltage
    share = numbers(signals["at_extreme"])
    wrong = judged & ~surely(signals["is_constant"]) & (share > _SATURATED) & (numbers(signals["n_read"]) >= _FEWEST)
    return offending(signals, wrong, "{at_extreme:.1%} of channel {column}", f"at most {_SATURATED:.0%}")


@check(
    scope="session",
    severity="warning",
    column="n_still",
    needs=["signals.channel_varies", "signals.channel_is_not_saturated"],
    where={"signals.kind": _OWN},
)
def channel_is_never_still(signals: "pd.DataFrame") -> "Rows":
    """No trace or voltage with noise has the same value 200 times in a row.

    Why: packets that were lost are filled with zeros or with the last sample, and every filter rings there. Series that
    are mostly 0, and channels whose neighbors are equal anyway, are not judged.

    Example: 30,000 equal samples in a row of all channels of a raw voltage.

    Fix: find the lost packets in the log of the acquisition; mark the time as invalid (invalid_times).
    """
    n, still = numbers(signals["n_read"]), numbers(signals["n_still"])
    coarse = numbers(signals["n_equal"]) > _COARSE * (n - still)
    judged = signals["kind"].isin(_OWN).to_numpy() & ~surely(signals["is_sparse"]) & ~surely(signals["is_constant"])
    clipped = numbers(signals["at_extreme"]) * n >= still  # a trace that is 0 until the first event, and never below
    wrong = judged & ~coarse & ~clipped & (still >= _STILL)
    return offending(signals, wrong, "{n_still} equal samples in a row of channel {column}", "noise")


@check(
    scope="session",
    severity="warning",
    column="n_repeated",
    needs=["signals.channel_varies", "signals.channel_is_not_a_copy"],
    where={"signals.kind": _OWN},
)
def stretch_is_not_repeated(signals: "pd.DataFrame") -> "Rows":
    """No stretch of a recording repeats an earlier one, sample by sample, in all channels.

    Why: noise never repeats itself; a buffer was written twice, and what should be there is lost.

    Example: 1000 samples of a raw voltage are those of the second before.

    Fix: write the series again from its source.
    """
    first = ~signals.duplicated("path").to_numpy() & signals["kind"].isin(_OWN).to_numpy()
    wrong = first & (numbers(signals["n_repeated"]) > 0) & ~surely(signals["is_sparse"])
    return offending(signals, wrong, "{n_repeated} of {n_read} samples repeat earlier ones", "none")


RULES: tuple[Rule, ...] = (
    channel_is_never_still,
    stretch_is_not_repeated,
    channel_has_values,
    channel_has_no_hole,
    channel_is_finite,
    channel_varies,
    channel_is_not_a_copy,
    series_is_not_another_one,
    channel_is_not_saturated,
)
