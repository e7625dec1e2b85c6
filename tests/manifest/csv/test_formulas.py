"""Cells that a spreadsheet program would run."""

import pandas as pd
import pytest

from nwbgate.manifest.csv.formulas import quote_formulas, unquote_formulas

FRAME = pd.DataFrame({
    "text": ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "plain", "-1.5e3", "+7", "", None, "it's"],
    "number": [-1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
})  # fmt: skip


def test_texts_that_run_are_quoted_and_numbers_stay_numbers():
    out = quote_formulas(FRAME)
    assert out["text"].tolist()[:5] == ["'=1+1", "'+cmd|' /C calc'!A0", "'-2+3", "'@SUM(A1)", "'\t=1"]
    assert out["text"].tolist()[5:9] == ["plain", "-1.5e3", "+7", ""]
    assert out["number"].tolist() == FRAME["number"].tolist()


def test_what_is_read_again_is_as_it_was():
    read = unquote_formulas(quote_formulas(FRAME))
    pd.testing.assert_frame_equal(read, FRAME, check_dtype=False)


@pytest.mark.parametrize("text", ["'quoted'", "''", "'"])
def test_an_apostrophe_of_ones_own_stays(text):
    frame = pd.DataFrame({"text": [text]})
    assert unquote_formulas(quote_formulas(frame))["text"].tolist() == [text]
