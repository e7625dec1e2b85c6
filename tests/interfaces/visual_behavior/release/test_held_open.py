"""Files are opened once in a block, and are closed after it, whatever happens in it."""

import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior.release.held_open import held_open, released_file_of
from support.standard_session import ACTIVE, GRATINGS


def test_a_file_is_closed_when_nobody_holds_it():
    with released_file_of(GRATINGS) as file:
        assert file
    assert not file


def test_a_held_file_is_one_file_until_the_end_of_the_block():
    with held_open():
        with released_file_of(GRATINGS) as first:
            pass
        with held_open(), released_file_of(GRATINGS) as again, released_file_of(ACTIVE) as other:
            assert again is first
            assert other is not first
        assert first
        assert other
    assert not first
    assert not other


def test_an_error_in_the_block_stays_what_it_is_and_closes_the_files():
    def broken():
        with held_open():
            with released_file_of(GRATINGS) as file:
                opened.append(file)
            raise KeyError("not about the file")

    opened = []
    with pytest.raises(KeyError, match="not about the file"):
        broken()
    assert not opened[0]


@pytest.mark.parametrize("held", [True, False])
def test_what_cannot_be_read_is_an_error_about_the_file(tmp_path, held):
    def read(path):
        with released_file_of(path):
            raise OSError("bad sector")

    def run(path):
        if held:
            with held_open():
                read(path)
        else:
            read(path)

    with pytest.raises(SourceError, match="cannot read") as error:
        run(GRATINGS)
    assert error.value.got == "bad sector"
    with pytest.raises(UsageError, match="no such file"):
        run(tmp_path / "nothing.nwb")
