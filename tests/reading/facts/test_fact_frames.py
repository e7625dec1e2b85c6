"""Facts of files as typed frames."""

import numpy as np
import pandas as pd

from nwbgate.manifest.specification.fact_columns import FACTS
from nwbgate.reading.facts.fact_frames import fact_frame


def test_files_are_joined_in_order_and_what_one_lacks_is_missing():
    frame = fact_frame("nwb_files", [{"path": ["a"], "n_units": [3]}, {"path": ["b"], "duration": [1.5]}])
    assert frame["path"].tolist() == ["a", "b"]
    assert frame["n_units"].tolist() == [3, pd.NA]
    assert frame["duration"].fillna(-1).tolist() == [-1, 1.5]


def test_types_hold_without_a_row():
    for name, columns in FACTS.items():
        frame = fact_frame(name, [{"path": []}])
        assert {column: str(kind) for column, kind in frame.dtypes.items()} == columns


def test_missing_whole_numbers_and_booleans_stay_missing():
    cells = {"path": ["a", "a"], "cell_roi_id": [1, np.nan], "valid_roi": [True, pd.NA]}
    frame = fact_frame("nwb_rois", [cells])
    assert frame["cell_roi_id"].isna().tolist() == [False, True]
    assert frame["valid_roi"].isna().tolist() == [False, True]
