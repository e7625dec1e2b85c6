"""Ids that look the same: what alone tells them apart is named."""

import pytest

from nwbgate.manifest.csv.look_alikes import difference, look_alike


@pytest.mark.parametrize(
    ("one", "other", "word"),
    [
        ("m1", "M1", "case"),
        ("caf\u00e9", "cafe\u0301", "Unicode form"),
        ("m1", "m\u200b1", "invisible"),
        ("m1", "m1\u00a0", "invisible"),
        ("m1", "\ufeffM1", "case, Unicode form or invisible"),
    ],
)
def test_what_cannot_be_seen_is_named(one, other, word):
    assert word in difference(one, other)
    assert look_alike(one, ["x", other]) == other


@pytest.mark.parametrize(("one", "other"), [("m1", "m1"), ("m1", "m2"), ("m1", "m11"), ("", "m1")])
def test_ids_that_are_equal_or_differ_in_more_are_not_alike(one, other):
    assert difference(one, other) == ""
    assert look_alike(one, [other]) == ""
