"""What the rules about starts and stops let pass, and what they count."""

import h5py
import numpy as np
import pytest

from nwbgate.reading.facts.any_file.marks import mark_frame
from nwbgate.rules.any_file.marks import starts_and_stops_alternate


@pytest.mark.parametrize(
    ("marks", "wrong"),
    [
        ([1, -1, 1, -1], False),
        ([1, -1, 1], False),  # the recording ended in an interval
        ([1, 2, -1, 3, -2, -3, 1], False),  # kinds overlap
        ([], False),
        ([1, 1, -1], True),
        ([1, -1, -1], True),
        ([1, 0, -1], True),
        ([-1, 1, -1], True),
        ([1, 2, -1, 2, -2], True),
    ],
)
def test_starts_and_stops_of_each_kind_alternate(tmp_path, marks, wrong):
    with h5py.File(tmp_path / "marks.h5", "w") as file:
        group = file.create_group("light")
        group.attrs["neurodata_type"] = "IntervalSeries"
        group["data"] = np.array(marks, dtype="i1")
        frame = mark_frame([group])
    assert (starts_and_stops_alternate.function(frame) is not None) == wrong
