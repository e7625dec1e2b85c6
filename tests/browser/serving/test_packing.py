"""What is packed is unpacked, and JSON is safe inside of a script."""

import json

import numpy as np
import pandas as pd

from nwbgate.browser.serving.packing import json_text, pack, unpack


def test_arrays_and_texts_come_back():
    arrays = {
        "a": np.array([1.5, np.nan]), "b": np.arange(3, dtype=np.float32),
        "c": np.array([[1, -2]], np.int32), "d": np.arange(5, dtype=np.uint8), "e": np.empty(0),
    }  # fmt: skip
    about, found = unpack(pack({"name": "\u00b5V", "number": np.int64(3)}, arrays))
    assert about == {"name": "\u00b5V", "number": 3}
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array.ravel())


def test_every_array_begins_at_a_multiple_of_eight():
    packed = pack({"x": 1}, {"a": np.arange(3, dtype=np.uint8), "b": np.arange(2.0)})
    start = 4 + int.from_bytes(packed[:4], "little")
    assert start % 8 == 0
    assert packed[start + 8 : start + 16] == np.float64(0).tobytes()


def test_json_holds_no_tag_and_no_nan():
    text = json_text({"a": "</script><!--", "b": float("nan"), "c": np.array([1.0, np.inf]), "d": pd.Timestamp("2020")})
    assert "<" not in text
    found = json.loads(text)
    assert found == {"a": "</script><!--", "b": None, "c": [1.0, None], "d": "2020-01-01 00:00:00"}
