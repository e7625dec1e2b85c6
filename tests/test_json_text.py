"""JSON texts of other programs."""

import pytest

from nwbgate.json_text import parse_json


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, "{", "", b"\xff"])
def test_what_is_no_json_or_has_no_end_is_a_value_error(text):
    with pytest.raises(ValueError):
        parse_json(text)


def test_json_is_read():
    assert parse_json('{"a": [1, null]}') == {"a": [1, None]}
