"""Missing streams are empty; unreadable ones are noted, and are not the same."""

from types import SimpleNamespace

import pytest

from nwbgate.errors import SourceError
from nwbgate.qc.measurement import not_measured
from nwbgate.qc.streams import Streams


class Damaged:
    @property
    def licks(self):
        raise SourceError("the table licks lacks columns")


def test_a_stream_is_given_and_a_missing_one_is_nothing():
    streams = Streams(SimpleNamespace(licks=3), {})
    assert streams.get("licks") == 3
    assert streams.get("rewards") is None
    assert streams.array("rewards").size == 0
    assert streams.unreadable == {}


def test_what_cannot_be_read_is_noted_and_told_in_the_reasons():
    streams = Streams(Damaged(), {})
    assert streams.get("licks") is None
    assert [str(error) for error in streams.unreadable.values()] == ["the table licks lacks columns"]
    (row,) = streams.with_unreadable([not_measured("behavior.licks", "no licks")])
    assert row.reason == "no licks; unreadable: licks"


def test_planes_note_in_the_record_of_their_session():
    streams = Streams(SimpleNamespace(planes={"a": Damaged()}), {})
    assert streams.planes()["a"].get("licks") is None
    assert list(streams.unreadable) == ["licks"]


def test_without_a_record_it_is_an_error():
    with pytest.raises(SourceError, match="lacks columns"):
        Streams(Damaged()).get("licks")
