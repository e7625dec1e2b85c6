"""Columns compared cell by cell."""

import pandas as pd
import pytest

from nwbgate.rules.columns import unlike_each_other


@pytest.mark.parametrize("date", ["0001-01-01", "1066-10-14", "2400-01-01"])
def test_dates_beyond_the_range_of_nanoseconds_are_compared(date):
    """Pandas counts nanoseconds from 1677 to 2262 only; a mistyped year is no reason to stop."""
    wrong, right = (pd.Series(pd.to_datetime([day], utc=True).as_unit("us")) for day in (date, "2018-09-16"))
    assert unlike_each_other(wrong, right).tolist() == [True]
    assert unlike_each_other(wrong, wrong).tolist() == [False]
