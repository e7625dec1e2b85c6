"""Ages as texts, and the days that they stand for."""

import pytest

from nwbgate.rules.ages import days, impossible, oldest


@pytest.mark.parametrize(
    ("age", "span"),
    [
        ("P90D", (90, 91)),
        ("P12W", (84, 91)),
        ("P63D/P147D", (63, 148)),
        ("P63D/", (63, float("inf"))),
        ("P1Y2M", (426.13, 456.57)),
        ("90 days", None),
        ("P", None),
        ("nan", None),
    ],
)
def test_an_age_is_a_span_of_days(age, span):
    assert days(age) == (pytest.approx(span) if span else None)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ("P147D/P63D", ", from 147 down to 64 days"),
        ("P2060D", ", 5.6 years"),
        ("P90D/P2000D", ", up to 5.5 years"),
        ("P90D", ""),
        ("P63D/", ""),
        ("unknown", ""),
    ],
)
def test_an_age_that_cannot_be_is_told_with_why(age, words):
    assert impossible(age, oldest("Mus musculus")) == words


def test_a_mouse_does_not_get_as_old_as_a_human():
    assert oldest("Mus musculus") < oldest("Homo sapiens") == oldest(None)
