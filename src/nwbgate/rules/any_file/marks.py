"""Rules about series of marks and of frequency bands."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", severity="warning", column="n_same")
def starts_and_stops_alternate(interval_marks: "pd.DataFrame") -> "Rows":
    """Starts and stops of an IntervalSeries follow each other.

    Why: a positive mark starts an interval, a negative one of the same absolute value stops it. A start after a start
    is a stop that was lost, and every later interval is turned into a gap by programs that count in pairs.

    Example: 1, -1, 1, 1, -1 for the times of a light.

    Fix: write the mark that is missing, or correct its sign.
    """
    same, zero, first = (numbers(interval_marks[name]) for name in ("n_same", "n_zero", "n_stops_first"))
    got = "{n_same} of {n_marks} marks repeat a sign, {n_zero} are 0, {n_stops_first} kinds begin with a stop"
    return offending(interval_marks, (same + zero + first) > 0, got, "a start, a stop, a start, ...")


@check(scope="session", column="n_bands")
def bands_are_those_of_the_data(bands: "pd.DataFrame") -> "Rows":
    """A DecompositionSeries lists as many bands as its data have.

    Why: a column of the data without its band, or with that of its neighbor, is power at an unknown frequency. A table
    without any row says nothing.

    Example: 3 bands listed, 2 in the data.

    Fix: list the bands in the order of the last dimension of the data.
    """
    listed, stored = numbers(bands["n_bands"]), numbers(bands["n_in_data"])
    return offending(
        bands,
        (listed > 0) & (listed != stored) & ~np.isnan(stored),
        "{n_bands} bands listed, {n_in_data} in the data",
        "one band for each",
    )


@check(scope="session", column="n_reversed")
def band_limits_are_in_order(bands: "pd.DataFrame") -> "Rows":
    """A band has a lower and a higher limit, both 0 or more.

    Why: filters that are made from reversed or negative limits pass nothing, or the wrong part.

    Example: 30 to 12 Hz.

    Fix: write the lower limit first.
    """
    reversed_, negative = numbers(bands["n_reversed"]), numbers(bands["n_negative"])
    got = "{n_reversed} reversed, {n_negative} negative of {n_bands}"
    return offending(bands, (reversed_ + negative) > 0, got, "lower limit, upper limit")


@check(scope="session", severity="warning", column="highest", needs=["bands.band_limits_are_in_order"])
def bands_are_below_half_the_rate(bands: "pd.DataFrame") -> "Rows":
    """No band reaches above half the sampling rate of the series that was decomposed.

    Why: a sampled signal has no such frequencies; the limits are in another unit, or the source is another series.

    Example: a band to 800 Hz of an LFP that was sampled at 250 Hz.

    Fix: write limits in hertz, and link the series that was decomposed.
    """
    highest, most = numbers(bands["highest"]), numbers(bands["half_rate"])
    return offending(
        bands,
        np.isfinite(highest) & (highest > 1.01 * most),
        "a band to {highest:.4g} Hz",
        "up to half the rate of its source",
    )


RULES: tuple[Rule, ...] = (
    starts_and_stops_alternate,
    bands_are_those_of_the_data,
    band_limits_are_in_order,
    bands_are_below_half_the_rate,
)
