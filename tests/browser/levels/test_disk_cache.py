"""What is kept on disk is whole, of this file, and never more than it may be."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from nwbgate.browser.levels.disk_cache import DiskCache, forget_oldest, identity

ARRAY = np.arange(200, dtype=np.float64).reshape(100, 2)


@pytest.fixture
def cache(tmp_path):
    kept = DiskCache(tmp_path / "levels", "a file")
    kept.save("voltage", ARRAY)
    return kept


def test_what_was_saved_is_loaded(cache):
    np.testing.assert_array_equal(cache.load("voltage", (100, 2)), ARRAY)


def test_another_trace_file_or_shape_has_nothing(cache):
    assert cache.load("dff", (100, 2)) is None
    assert DiskCache(cache.folder, "another file").load("voltage", (100, 2)) is None
    assert cache.load("voltage", (101, 2)) is None


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:50] + b"x" + b[51:], lambda b: b"", lambda b: b + b"x"]
)
def test_a_damaged_file_is_not_read(cache, damage):
    path = cache.path("voltage")
    path.write_bytes(damage(path.read_bytes()))
    assert cache.load("voltage", (100, 2)) is None
    cache.save("voltage", ARRAY)
    assert cache.load("voltage", (100, 2)) is not None


def test_writers_at_once_leave_one_whole_file_and_nothing_else(cache):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: cache.save("voltage", ARRAY), range(8)))
    np.testing.assert_array_equal(cache.load("voltage", (100, 2)), ARRAY)
    assert len(list(cache.folder.iterdir())) == 1


def test_a_place_that_refuses_costs_nothing_but_the_cache(tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    kept = DiskCache(tmp_path / "taken", "a file")
    kept.save("voltage", ARRAY)
    assert kept.load("voltage", (100, 2)) is None
    assert DiskCache(None, "").load("voltage", (100, 2)) is None


def test_the_identity_changes_with_the_file(tmp_path):
    path = tmp_path / "a.nwb"
    path.write_bytes(b"one")
    first = identity(path)
    os.utime(path, ns=(1, 1))
    second = identity(path)
    path.write_bytes(b"longer")
    assert len({first, second, identity(path)}) == 3
    assert identity("https://server/a.nwb") == "https://server/a.nwb"


def test_the_longest_unused_are_forgotten(tmp_path):
    for number in range(4):
        path = tmp_path / f"{number}.levels"
        path.write_bytes(b"x" * 100)
        os.utime(path, ns=(number, number))
    forget_oldest(tmp_path, 250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.levels", "3.levels"]


#: Saves an array of 8 MB, again and again, in a process that a test kills or limits.
WRITER = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from nwbgate.browser.levels.disk_cache import DiskCache
cache, times, most = DiskCache(Path(sys.argv[1]), "a file"), int(sys.argv[2]), int(sys.argv[3])
array = np.arange(2**21, dtype=np.float64)
if most:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
print("begun", flush=True)
for _ in range(times):
    cache.save("voltage", array)
print("saved", flush=True)
"""


def writer(folder, times, most=0):
    command = [sys.executable, "-c", WRITER, str(folder), str(times), str(most)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finished(process):
    with process:
        assert process.communicate(timeout=60)[0].split() == ["begun", "saved"]
    assert process.returncode == 0


@pytest.mark.slow
def test_a_killed_process_beside_another_leaves_a_whole_file(tmp_path):
    expected = np.arange(2**21, dtype=np.float64)
    with writer(tmp_path, 100_000) as killed:
        assert killed.stdout.readline() == "begun\n"
        other = writer(tmp_path, 5)
        kept = DiskCache(tmp_path, "a file")
        for _ in range(200):  # a reader sees nothing or all, whatever the two are doing
            found = kept.load("voltage", (2**21,))
            assert found is None or np.array_equal(found, expected)
            if found is not None and other.poll() is not None:
                break
            time.sleep(0.02)
        killed.send_signal(signal.SIGKILL)
    finished(other)
    np.testing.assert_array_equal(kept.load("voltage", (2**21,)), expected)
    kept.save("voltage", expected)  # and a later run writes as ever
    np.testing.assert_array_equal(kept.load("voltage", (2**21,)), expected)


@pytest.mark.slow
def test_a_full_disk_keeps_nothing_and_breaks_nothing(tmp_path):
    finished(writer(tmp_path, 1, most=2**20))
    assert DiskCache(tmp_path, "a file").load("voltage", (2**21,)) is None
    assert list(tmp_path.iterdir()) == []
