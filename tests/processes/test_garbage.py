"""Nothing is collected while libraries are imported, and afterwards it is as it was."""

import gc
import subprocess
import sys

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


def test_a_public_name_is_imported_without_collection():
    program = (
        "import gc, sys, nwbgate; count = lambda: sum(one['collections'] for one in gc.get_stats()); before = count();"
        "nwbgate.open; assert 'pandas' in sys.modules; print(count() - before, gc.isenabled())"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    collections, enabled = result.stdout.split()
    assert int(collections) < 10  # of about 200 otherwise; what is counted is what came before and after
    assert enabled == "True"
