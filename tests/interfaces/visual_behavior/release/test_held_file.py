"""Held files are opened once in a block, and closed after it, whatever happens in it."""

import pickle
from contextlib import nullcontext

import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior.release.held_file import HeldFile
from support.standard_session import GRATINGS


def test_a_file_that_is_not_held_is_closed_after_use():
    with HeldFile(GRATINGS).opened() as file:
        assert file
    assert not file


def test_a_held_file_is_one_file_until_the_end_of_the_block():
    held = HeldFile(GRATINGS)
    with held.held_open():
        with held.opened() as first:
            pass
        with held.held_open(), held.opened() as again, HeldFile(GRATINGS).opened() as other:
            assert again is first
            assert other is not first
        assert first
    assert not first
    with held.opened() as later:
        assert later is not first


def test_an_error_in_the_block_stays_what_it_is_and_closes_the_file():
    held, opened = HeldFile(GRATINGS), []

    def broken():
        with held.held_open():
            with held.opened() as file:
                opened.append(file)
            raise KeyError("not about the file")

    with pytest.raises(KeyError, match="not about the file"):
        broken()
    assert not opened[0]


def test_it_is_pickled_without_its_open_file():
    held = HeldFile(GRATINGS)
    with held.held_open(), held.opened():
        other = pickle.loads(pickle.dumps(held))
    with other.opened() as file:
        assert file


@pytest.mark.parametrize("held", [True, False])
def test_what_cannot_be_read_is_an_error_about_the_file(tmp_path, held):
    def read(path):
        source = HeldFile(path)
        with source.held_open() if held else nullcontext(), source.opened():
            raise OSError("bad sector")

    with pytest.raises(SourceError, match="cannot read") as error:
        read(GRATINGS)
    assert error.value.got == "bad sector"
    with pytest.raises(UsageError, match="no such file"):
        read(tmp_path / "nothing.nwb")
