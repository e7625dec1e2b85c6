"""Values, units and places as a finding words them."""

import numpy as np
import pandas as pd
import pytest

from nwbgate.gate.finding_words import location, unit_of, visible, word
from nwbgate.rules.sessions import RULES


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.35008000000002537, "s", "0.35008 s"),
        (20.0, "", "20.0"),
        (np.int64(7), "px", "7 px"),
        (True, "s", "True"),
        (float("nan"), "s", "nothing"),
        ("im065", "s", "im065"),
        ([1, 2], "", "[1, 2]"),
    ],
)
def test_a_number_has_its_unit_and_no_rounding_error(value, unit, words):
    assert word(value, unit) == words


def test_characters_that_nobody_sees_are_shown_by_number():
    assert visible("453988\u200b") == "453988<U+200B>"
    assert visible("m\u00a01, Müller, 資料") == "m<U+00A0>1, Müller, 資料"
    assert visible("two words\n") == "two words\n"


def test_a_long_text_is_cut():
    assert word("x" * 300) == f"{'x' * 200}... (300 characters)"


@pytest.mark.parametrize(
    ("table", "column", "unit"),
    [
        ("trials", "change_time", "s"),
        ("cells", "x", "px"),
        ("trials", "hit", ""),
        ("mice", "age", ""),
        ("trials", None, ""),
    ],
)
def test_a_unit_is_that_of_the_session_table(table, column, unit):
    assert unit_of(table, column) == unit


def test_a_row_of_trials_is_placed_in_time():
    (rule,) = (each for each in RULES if each.code == "trials.change_time_in_trial")
    row = pd.Series({"trials_id": 6, "start_time": 360.38932})
    assert location(rule, ("trials_id",), 6, row) == "trials.change_time, trials_id 6, at 360.389 s"
