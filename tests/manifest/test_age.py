"""Ages: ISO 8601 durations and ranges, read as NWB Inspector reads them."""

from datetime import UTC, datetime

import pytest
from nwbinspector.checks import check_subject_age, check_subject_proper_age_range
from pynwb.file import Subject

from nwbgate.manifest.age import days, is_age

AGES = ["P90D", "P12W", "P1Y2M3D", "P1DT12H", "P63D/P147D", "P90D/", "/P90D", "P1.5D"]
OTHERS = ["90 days", "P", "PT", "90", "", "P90", "P100D/P90D", "P90D/P90D", "P1M/P4W", "P1D/P2D/P3D", "p90d", " P90D"]


@pytest.mark.parametrize("text", AGES)
def test_an_age_that_nwb_inspector_takes_is_one(text):
    subject = Subject(subject_id="m", age=text)
    assert is_age(text)
    assert not list(filter(None, (check_subject_age(subject), check_subject_proper_age_range(subject))))


@pytest.mark.parametrize("text", OTHERS)
def test_any_other_text_is_none(text):
    assert not is_age(text)


def test_a_duration_is_counted_in_days():
    assert days("P2W") == 14
    assert days("P1DT12H") == 1.5
    assert days("P1Y") == pytest.approx(
        (datetime(2400, 1, 1, tzinfo=UTC) - datetime(2000, 1, 1, tzinfo=UTC)).days / 400
    )
    assert days("a year") is None
