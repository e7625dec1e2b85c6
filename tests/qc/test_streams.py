"""What is not there is empty; what cannot be read is noted, and is not the same."""

from types import SimpleNamespace

import pytest

from nwbgate.errors import SourceError
from nwbgate.qc.streams import stream, unread


class Damaged:
    @property
    def licks(self):
        raise SourceError("the table licks lacks columns")


def test_a_stream_is_given_and_a_missing_one_is_nothing():
    with unread() as problems:
        assert stream(SimpleNamespace(licks=3), "licks") == 3
        assert stream(SimpleNamespace(), "licks") is None
    assert problems == {}


def test_what_cannot_be_read_is_noted_within_and_without():
    with unread() as outer:
        with unread() as inner:
            assert stream(Damaged(), "licks") is None
        assert stream(SimpleNamespace(), "rewards") is None
    assert [str(error) for error in inner.values()] == ["the table licks lacks columns"]
    assert outer == inner


def test_where_nobody_listens_it_is_an_error():
    with pytest.raises(SourceError, match="lacks columns"):
        stream(Damaged(), "licks")
