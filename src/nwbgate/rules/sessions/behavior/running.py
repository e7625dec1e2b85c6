"""Rules about running: filtered, raw and wheel speed agree."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Least correlation of filtered and raw speed in means over 0.5 s. A low-pass filter of 4 or 10 Hz leaves 0.9999 in
#: every session written by AllenSDK 2.16.2; a speed of another time or session has about 0.
_FOLLOWS = 0.8
#: Filtered speed as a multiple of the raw one: a low-pass filter keeps slow speeds as they are.
_FILTER_SCALE = (0.9, 1.1)
#: Lag in samples: filtering forward and backward (filtfilt) has none; one sample is left for another filter.
_FILTER_LAG = 1
#: Samples (1 s at 60 Hz) for which a filtered speed cannot stay exactly the same while the raw one changes.
_STILL = 60
#: Share of samples in motion in which a filtered speed may be the raw one, or that of the sample before.
_SAME = 0.3
#: Raw speed as a multiple of the wheel's, either way round: rigs differ in polarity, and the radius is one for all.
_WHEEL_SCALE = (0.8, 1.25)
#: Spans in motion (10 s) that a factor needs, and the share of them that must agree on it.
_FEWEST_SPANS, _AGREEING = 20, 0.7
#: What a raw speed has probably been given as, by its ratio to the wheel's; and how near a ratio must be.
_HINTS = {
    0.01: ": m/s instead of cm/s",
    10.0: ": mm/s instead of cm/s",
    1 / 60: ": cm per frame instead of cm/s",
    180 / np.pi: ": the angle is in radians instead of degrees",
}
_SAME_FACTOR = 0.05
#: Lag in samples between raw speed and wheel: both are of the same frames; 0.1 s is left for the encoder's own filter.
_WHEEL_LAG = 6
#: Speed in cm/s that only an encoder's wrap gives: one turn within a frame of 60 Hz is 2,073 cm/s.
_WRAP = 1000.0
#: Mean raw speed in cm/s below which the pipeline turns the sign.
_BACKWARD = -1.0
#: Samples in a row or not (a second at 60 Hz) in which a raw speed may be backward by noise.
_OFTEN = 60
#: Raw speeds in the rarer direction that a wheel which turns one way only surely lost.
_FEW_BACKWARD = 20
#: Raw speeds (5 min at 60 Hz) among which some are negative.
_FEWEST_SPEEDS = 18_000
#: Supply of the encoder in volts, which is about 4.88 (rig files of 2018 to 2020), and its least signal range.
_SUPPLY, _SIGNAL_RANGE = (3.0, 6.0), 0.01

_NEEDS = ["series.as_long_as_its_timestamps"]


@check(
    scope="session",
    column="correlation",
    needs=[*_NEEDS, "filtered_speed.no_wrap_in_speed", "wheel_speed.speed_is_of_the_wheel"],
)
def filtered_follows_raw(filtered_speed: "pd.DataFrame") -> "Rows":
    """The filtered running speed is the raw one, smoothed.

    Why: it is the raw speed after a low-pass filter that shifts nothing, so means over half a second, sign and timing
    are equal, and it never stands still while the mouse moves.

    Example: filtered speed is 2.00 times the raw one.

    Fix: filter the raw speed again (third-order Butterworth, 4 Hz, forward and backward).
    """
    words = [_unlike_raw(row) for row in filtered_speed.to_dict("records")]
    wrong = np.array([bool(each) for each in words])
    return offending(
        filtered_speed, wrong, lambda: filtered_speed.assign(words=words)["words"], "the raw speed, smoothed"
    )


def _unlike_raw(row: dict[Any, Any]) -> str:
    """Return how a filtered speed differs from the raw one, or empty."""
    if row["correlation"] < -_FOLLOWS:
        return f"the raw speed with the opposite sign (correlation {row['correlation']:.2f})"
    if abs(row["lag"]) > _FILTER_LAG:
        return f"a speed that follows the raw one by {row['lag']} samples"
    if row["correlation"] < _FOLLOWS:
        return f"a speed that correlates {row['correlation']:.2f} with the raw one over 0.5 s"
    if not _FILTER_SCALE[0] <= row["scale"] <= _FILTER_SCALE[1] and row["scale"] == row["scale"]:
        return f"{row['scale']:.3g} times the raw speed"
    return _filter_words(row)


def _filter_words(row: dict[Any, Any]) -> str:
    """Return how a filtered speed lacks the marks of a filter, or empty."""
    if row["share_raw"] > _SAME:
        return f"the raw speed itself in {row['share_raw']:.0%} of the samples: it was not filtered"
    if row["share_held"] > _SAME:
        return f"the value of the sample before in {row['share_held']:.0%} of the samples: it was sampled more slowly"
    if row["n_still"] >= _STILL:
        return f"a speed that stands still for {row['n_still']} samples from sample {row['still_at']} on"
    return ""


@check(severity="warning", scope="session", column="n_repeated", needs=["filtered_speed.filtered_follows_raw"])
def running_repeats_nothing(filtered_speed: "pd.DataFrame") -> "Rows":
    """No stretch of the running speed repeats an earlier one, sample by sample.

    Why: no mouse runs twice alike; a block of samples was written twice, and what should be there is lost.

    Example: 1000 samples are those of 17 s before.

    Fix: compute the speed again from the stimulus pickle.
    """
    wrong = numbers(filtered_speed["n_repeated"]) > 0
    got = "{n_repeated} of {n} samples again, the first, sample {repeated_at}, being sample {original}"
    return offending(filtered_speed, wrong, got, "samples that differ")


@check(
    severity="warning",
    scope="session",
    column="n_backward",
    needs=["filtered_speed.filtered_follows_raw", "filtered_speed.mouse_runs_forward"],
)
def filtered_goes_backward_too(filtered_speed: "pd.DataFrame") -> "Rows":
    """The filtered speed is negative somewhere if the raw one often is.

    Why: a filter keeps the sign; a speed that is never negative is its absolute value, or was cut at 0.

    Example: 3,100 raw speeds are below -2 cm/s, and no filtered one is below 0.

    Fix: filter the raw speed again, with its sign.
    """
    frame = filtered_speed
    wrong = (numbers(frame["n_backward"]) == 0) & (numbers(frame["n_raw_backward"]) >= _OFTEN)
    got = "no negative speed, beside {n_raw_backward} raw ones below -2 cm/s"
    return offending(frame, wrong, got, "negative speeds, as the raw ones")


@check(scope="session", column="fastest")
def no_wrap_in_speed(filtered_speed: "pd.DataFrame") -> "Rows":
    """No raw running speed is that of a whole turn of the encoder.

    Why: the encoder's voltage falls to zero once a turn; a step that is not unwrapped looks like a sprint backwards.

    Example: a speed of 2,060 cm/s; mice run up to about 100.

    Fix: unwrap the encoder's voltage before it is differentiated.
    """
    return offending(filtered_speed, numbers(filtered_speed["fastest"]) > _WRAP, "{fastest:.0f} cm/s", "below 150 cm/s")


@check(severity="warning", scope="session", column="raw_mean", needs=["filtered_speed.filtered_follows_raw"])
def mouse_runs_forward(filtered_speed: "pd.DataFrame") -> "Rows":
    """The mean raw running speed is not backward.

    Why: mice run forward on a wheel; rigs of the other polarity are turned where the mean is below -1 cm/s.

    Example: a mean of -12.4 cm/s.

    Fix: turn the sign of raw and filtered speed.
    """
    wrong = numbers(filtered_speed["raw_mean"]) < _BACKWARD
    return offending(filtered_speed, wrong, "a mean of {raw_mean:.1f} cm/s", f"at least {_BACKWARD:g} cm/s")


@check(severity="warning", scope="session", column="slowest", needs=["filtered_speed.filtered_follows_raw"])
def wheel_turns_both_ways(filtered_speed: "pd.DataFrame") -> "Rows":
    """Some raw speeds are negative.

    Why: a wheel is never still. Under a resting mouse, and by the noise of its encoder, it also turns backward; a speed
    that is never negative lost its sign.

    Example: 26,927 speeds from 0 to 38 cm/s.

    Fix: take the speed from the encoder again, without absolute values.
    """
    wrong = (numbers(filtered_speed["n"]) >= _FEWEST_SPEEDS) & (numbers(filtered_speed["slowest"]) >= 0)
    got = "{n:,} speeds from {slowest:.3g} to {fastest:.3g} cm/s"
    return offending(filtered_speed, wrong, got, "speeds in both directions")


@check(scope="session", column="middle")
def encoder_has_supply(encoder: "pd.DataFrame") -> "Rows":
    """The encoder's supply is about 4.9 V and its signal varies.

    Why: angle and speed are the signal over the supply; without either, the wheel was not measured.

    Example: v_in is 0 V throughout.

    Fix: take the voltages from the stimulus file again; without them, leave running out.
    """
    low, middle, high = (numbers(encoder[name]) for name in ("low", "middle", "high"))
    supply = (encoder["signal"] == "v_in").to_numpy()
    wrong = np.where(supply, (middle < _SUPPLY[0]) | (middle > _SUPPLY[1]), high - low < _SIGNAL_RANGE)
    words = encoder["signal"].map({"v_in": "about 4.9 V (3 to 6)", "v_sig": "a voltage that varies"})
    return offending(encoder, wrong, "{signal} from {low:.4g} to {high:.4g} V", words)


@check(
    scope="session",
    column="ratio",
    needs=[
        *_NEEDS,
        "clocks.timestamps_are_session_seconds",
        "encoder.encoder_has_supply",
        "filtered_speed.no_wrap_in_speed",
    ],
)
def speed_is_of_the_wheel(wheel_speed: "pd.DataFrame") -> "Rows":
    """The raw running speed is that of the wheel's angle and of its encoder's voltage.

    Why: speed is the wheel's turning times the radius at which the mouse runs, 5.50 cm; all three are of one wheel.
    The sign may differ, because rigs do in polarity.

    Example: raw speed is 0.010 times that of the wheel: it is in m/s.

    Fix: compute the raw speed again from the encoder.
    """
    words = as_column(wheel_speed, [_unlike_wheel(row) for row in wheel_speed.to_dict("records")])
    return offending(wheel_speed, words != "", words, "the speed of the wheel")


@check(scope="session", column="n_one_way", needs=["wheel_speed.speed_is_of_the_wheel"])
def wheel_turns_back_with_the_speed(wheel_speed: "pd.DataFrame") -> "Rows":
    """The wheel turns backward where the raw speed does.

    Why: the speed is that of the wheel. An angle or voltage whose changes have one sign only lost the other.

    Example: 310 speeds are backward, and dx is never negative.

    Fix: take the angle from the encoder again, without absolute values.
    """
    wrong = numbers(wheel_speed["n_one_way"]) > _FEW_BACKWARD
    got = "{n_one_way} speeds against the other direction, and {signal} in one direction only"
    return offending(wheel_speed, wrong, got, "a wheel that turns both ways")


def _unlike_wheel(row: dict[Any, Any]) -> str:
    """Describe how a raw speed differs from the wheel's, or return an empty text."""
    if row["n_moving"] < _FEWEST_SPANS:
        return ""
    if row["agreeing"] < _AGREEING:
        shifted = f", shifted by {row['lag']} samples" if abs(row["lag"]) > _WHEEL_LAG else ""
        return f"agreement with {row['signal']} in {row['agreeing']:.0%} of the time in motion{shifted}"
    if not _WHEEL_SCALE[0] <= abs(row["ratio"]) <= _WHEEL_SCALE[1]:
        hint = next((text for factor, text in _HINTS.items() if abs(abs(row["ratio"]) / factor - 1) < _SAME_FACTOR), "")
        return f"{row['ratio']:.3g} times the speed of {row['signal']}{hint}"
    if abs(row["lag"]) > _WHEEL_LAG:
        return f"a shift of {row['lag']} samples against {row['signal']}"
    return ""


RULES: tuple[Rule, ...] = (
    filtered_follows_raw,
    running_repeats_nothing,
    filtered_goes_backward_too,
    no_wrap_in_speed,
    mouse_runs_forward,
    wheel_turns_both_ways,
    encoder_has_supply,
    speed_is_of_the_wheel,
    wheel_turns_back_with_the_speed,
)
