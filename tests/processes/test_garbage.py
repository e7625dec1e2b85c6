"""Nothing is collected meanwhile, and afterwards it is as it was."""

import gc

import pytest

from nwbgate.processes.garbage import not_collecting


def test_it_is_off_inside_and_on_again():
    with not_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_on_again_after_an_error():
    with pytest.raises(ImportError), not_collecting():
        raise ImportError("no such library")
    assert gc.isenabled()


def test_who_had_it_off_keeps_it_off():
    gc.disable()
    try:
        with not_collecting():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
