"""Room in the scratch folder is reserved before it is used, shared files count once, and nothing exceeds the limit."""

import threading
from pathlib import Path
from time import monotonic, sleep

import pytest

from nwbgate.errors import UsageError, WriteError
from nwbgate.streaming.scratch import OUTPUT, Scratch, StoppedStreamError, locked_scratch


def scratch_of(folder, limit, *sessions, keep=False):
    users = {}
    for paths in sessions:
        for path in paths:
            users[path] = users.get(path, 0) + 1
    return Scratch(folder, limit, users, keep=keep)


@pytest.fixture
def files(tmp_path):
    return [tmp_path / "release" / f"{letter}.nwb" for letter in "abc"]


@pytest.fixture
def stop():
    return threading.Event()


def write(path: Path, size: int) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(size))


def test_a_session_waits_until_another_has_given_its_room_back(tmp_path, files, stop):
    scratch = scratch_of(tmp_path, 100, files[:1], files[1:2])
    scratch.reserve(0, {files[0]: 60}, 0, stop)
    second = threading.Thread(target=scratch.reserve, args=(1, {files[1]: 50}, 0, stop))
    second.start()
    second.join(0.3)
    assert second.is_alive()
    write(files[0], 60)
    scratch.release(0, files[:1], delete=True)
    second.join(5)
    assert not second.is_alive()
    assert scratch.bytes_used == 50
    assert not files[0].exists()


def test_room_for_the_output_is_part_of_the_reservation(tmp_path, files, stop):
    scratch = scratch_of(tmp_path, 100, files[:1])
    scratch.reserve(0, {files[0]: 40}, 30, stop)
    assert scratch.bytes_used == 70
    scratch.release(0, files[:1], delete=True)
    assert scratch.bytes_used == 0


def test_a_file_of_two_sessions_counts_once_and_is_deleted_with_the_last(tmp_path, files, stop):
    scratch = scratch_of(tmp_path, 100, files[:1], files[:1])
    scratch.reserve(0, {files[0]: 60}, 0, stop)
    scratch.reserve(1, {files[0]: 60}, 0, stop)
    assert scratch.bytes_used == 60
    write(files[0], 60)
    scratch.release(0, files[:1], delete=True)
    assert files[0].exists()
    scratch.release(1, files[:1], delete=True)
    assert not files[0].exists()
    assert scratch.bytes_used == 0


def test_what_lies_in_the_folder_counts_and_becomes_part_of_a_reservation(tmp_path, files, stop):
    scratch = scratch_of(tmp_path, 100, files[:1])
    write(files[0].with_name("a.nwb.part"), 30)
    assert scratch.bytes_used == 30
    scratch.reserve(0, {files[0]: 90}, 0, stop)
    assert scratch.bytes_used == 90


def test_downloads_of_earlier_runs_give_way(tmp_path, files, stop):
    scratch = scratch_of(tmp_path, 100, files[:1], files[1:2])
    write(files[1], 80)
    write(tmp_path / "release" / "table.csv", 5)
    scratch.reserve(0, {files[0]: 90}, 0, stop)
    assert not files[1].exists()
    assert scratch.bytes_used == 95


def test_a_session_without_room_in_an_idle_folder_is_refused(tmp_path, files, stop):
    scratch = scratch_of(tmp_path, 100, files[:1])
    write(tmp_path / "mine.txt", 30)
    with pytest.raises(WriteError, match="no room for this session") as caught:
        scratch.reserve(0, {files[0]: 90}, 0, stop)
    assert "--scratch-limit" in caught.value.fix
    assert (tmp_path / "mine.txt").exists()


def test_kept_files_stay(tmp_path, files, stop):
    scratch = scratch_of(tmp_path, 100, files[:1], keep=True)
    scratch.reserve(0, {files[0]: 60}, 0, stop)
    write(files[0], 60)
    scratch.release(0, files[:1], delete=True)
    assert files[0].exists()
    assert scratch.bytes_used == 60


def test_files_of_finished_sessions_are_discarded_unless_others_need_them(tmp_path, files):
    scratch = scratch_of(tmp_path, 100, files[:1])
    write(files[0], 10)
    write(files[1], 10)
    scratch.discard(files[:2])
    assert [path.exists() for path in files[:2]] == [True, False]


def test_a_stop_ends_the_waiting(tmp_path, files, stop):
    scratch = scratch_of(tmp_path, 100, files[:1], files[1:2])
    scratch.reserve(0, {files[0]: 60}, 0, stop)
    threading.Timer(0.1, stop.set).start()
    begun = monotonic()
    with pytest.raises(StoppedStreamError):
        scratch.reserve(1, {files[1]: 50}, 0, stop)
    assert monotonic() - begun < 3


def test_many_threads_never_hold_more_than_the_limit(tmp_path, stop):
    paths = [tmp_path / "release" / f"{number}.nwb" for number in range(24)]
    scratch = Scratch(tmp_path, 100, dict.fromkeys(paths, 1))
    most = []

    def session(number):
        scratch.reserve(number, {paths[number]: 10 + number}, 5, stop)
        most.append(scratch.bytes_used)
        sleep(0.002)
        scratch.release(number, [paths[number]], delete=True)

    threads = [threading.Thread(target=session, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(most) == 24
    assert max(most) <= 100


def test_a_folder_belongs_to_one_run_and_loses_the_outputs_of_killed_ones(tmp_path):
    write(tmp_path / OUTPUT / "half.nwb", 10)
    with locked_scratch(tmp_path):
        assert not (tmp_path / OUTPUT).exists()
        with pytest.raises(UsageError, match="another run uses this scratch folder"), locked_scratch(tmp_path):
            pass
    with locked_scratch(tmp_path):
        pass
