"""How far running may be from the wheel and from its own filter, and what the finding says of it."""

import pandas as pd
import pytest

from nwbgate.rules.sessions.behavior import running
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE

NONE = float("nan")


def changed(table: str, column: str, value: object, row: int = 0):
    """An edit of one number of one summary."""

    def edit(frames: Frames) -> None:
        frames[table].loc[row, column] = value

    return edit


def backward_without_a_sign(frames: Frames) -> None:
    frames["filtered_speed"].loc[0, ["n_backward", "n_raw_backward"]] = [0, 3000]


CASES: list[Case] = [
    ("filtered_speed.running_repeats_nothing", changed("filtered_speed", "n_repeated", 500)),
    ("filtered_speed.filtered_goes_backward_too", backward_without_a_sign),
    ("filtered_speed.filtered_follows_raw", changed("filtered_speed", "scale", 2.0)),
    ("filtered_speed.no_wrap_in_speed", changed("filtered_speed", "fastest", 2060.0)),
    ("filtered_speed.mouse_runs_forward", changed("filtered_speed", "raw_mean", -12.4)),
    ("filtered_speed.wheel_turns_both_ways", changed("filtered_speed", "slowest", 0.0)),
    ("encoder.encoder_has_supply", changed("encoder", "middle", 0.0, row=1)),
    ("wheel_speed.speed_is_of_the_wheel", changed("wheel_speed", "ratio", 0.01)),
    ("wheel_speed.wheel_turns_back_with_the_speed", changed("wheel_speed", "n_one_way", 21)),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_of_running_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


FILTERED = {
    "n": 6000, "correlation": 0.9999, "scale": 1.0, "lag": 0, "n_still": 0, "still_at": 0, "raw_mean": 12.0,
    "slowest": -3.4, "fastest": 80.0, "share_raw": 0.0, "share_held": 0.0,
}  # fmt: skip
WHEEL = {"signal": "dx", "n_moving": 200, "ratio": 1.0, "agreeing": 1.0, "lag": 0}
ENCODER = {"signal": "v_in", "n": 6000, "low": 4.88, "middle": 4.88, "high": 4.89}


def words(rule, row: dict) -> str | None:
    """What a rule says that it got in one row; None where it is silent."""
    found = rule.function(pd.DataFrame([row]))
    return None if found is None else found["got"].iloc[0]


@pytest.mark.parametrize(
    "change",
    [
        {}, {"scale": 0.9}, {"scale": 1.1}, {"lag": 1}, {"n_still": 59}, {"correlation": 0.8}, {"correlation": NONE},
        {"share_raw": 0.3}, {"share_held": 0.3}, {"scale": NONE, "correlation": NONE},
    ],
)  # fmt: skip
def test_a_filtered_speed_within_the_bounds_is_passed(change):
    assert words(running.filtered_follows_raw, FILTERED | change) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"correlation": -0.99}, "opposite sign"),
        ({"lag": -30}, "follows the raw one by -30 samples"),
        ({"correlation": 0.1}, "correlates 0.10"),
        ({"scale": 2.0}, "2 times the raw speed"),
        ({"share_raw": 0.99}, "the raw speed itself in 99% of the samples: it was not filtered"),
        ({"share_held": 0.5}, "the value of the sample before in 50% of the samples: it was sampled more slowly"),
        ({"n_still": 300, "still_at": 5000}, "stands still for 300 samples from sample 5000 on"),
    ],
)
def test_a_filtered_speed_is_found_with_what_its_pattern_shows(change, said):
    assert said in words(running.filtered_follows_raw, FILTERED | change)


@pytest.mark.parametrize(
    ("factor", "said"), [(0.01, "m/s"), (10, "mm/s"), (57.3, "radians"), (0.0167, "per frame"), (-2, "-2 times")]
)
def test_a_speed_unlike_the_wheels_is_found_with_the_likely_cause(factor, said):
    assert said in words(running.speed_is_of_the_wheel, WHEEL | {"ratio": factor})


@pytest.mark.parametrize(
    "change", [{"ratio": -1.0}, {"ratio": 0.8}, {"agreeing": 0.7}, {"lag": 6}, {"n_moving": 19, "ratio": 9.0}]
)
def test_polarity_is_free_and_a_wheel_that_stood_says_nothing(change):
    assert words(running.speed_is_of_the_wheel, WHEEL | change) is None


@pytest.mark.parametrize(
    ("change", "fires"),
    [
        ({"middle": 3.0}, False),
        ({"middle": 0.0}, True),
        ({"signal": "v_sig", "low": 0.0}, False),
        ({"signal": "v_sig", "low": 4.885}, True),
    ],
)
def test_the_encoder_needs_a_supply_and_a_signal_that_varies(change, fires):
    assert (words(running.encoder_has_supply, ENCODER | change) is not None) == fires


def test_a_sprint_is_no_wrap_and_standing_still_is_not_backward():
    assert words(running.no_wrap_in_speed, FILTERED | {"fastest": 1000.0}) is None
    assert words(running.mouse_runs_forward, FILTERED | {"raw_mean": -1.0}) is None


@pytest.mark.parametrize(("n", "slowest", "found"), [(18_000, 0.0, True), (17_999, 0.0, False), (18_000, -0.1, False)])
def test_only_a_long_session_without_negative_speeds_is_found(n, slowest, found):
    row = FILTERED | {"n": n, "slowest": slowest}
    assert (words(running.wheel_turns_both_ways, row) is not None) == found
