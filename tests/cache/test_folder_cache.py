"""What a cache gives back is true of the files as they are, whatever happened to it; else it gives nothing."""

import multiprocessing
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import time
import zlib

import pytest

from nwbgate.cache import file_stamp, folder_cache
from nwbgate.cache.folder_cache import NAME, FolderCache
from nwbgate.errors import SourceWarning
from support.closed_folder import closed_folder


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    monkeypatch.setattr(file_stamp, "GRANULARITY", 0)


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    paths = [folder / "sub" / f"{number}.nwb" for number in range(3)]
    for path in paths:
        path.write_text(path.name)
    time.sleep(0.02)  # the clock of the file system goes in steps of some milliseconds
    return paths


def read(path):
    return {"text": path.read_text()}


def is_sound(content):
    return isinstance(content, dict) and content.keys() == {"text"}


def folder_of(paths):
    return paths[0].parents[1]


def asked(paths, version="1", folder=None):
    """What is known of files, and which of them were read for it."""
    opened = []
    cache = FolderCache(folder or folder_of(paths))
    found = dict(cache.contents("text", version, paths, lambda path: opened.append(path) or read(path), is_sound))
    assert found == {path: read(path) for path in paths}
    return opened


def test_a_file_is_read_once(files):
    assert asked(files) == files
    assert asked(files) == []


def test_another_version_reads_again(files):
    asked(files)
    assert asked(files, version="2") == files
    assert asked(files) == files  # one version is kept


def test_a_changed_file_alone_is_read_again(files):
    asked(files)
    files[1].write_text("other")
    assert asked(files) == [files[1]]


def test_a_change_with_size_and_time_kept_is_read_again(files):
    asked(files)
    times = files[1].stat()
    files[1].write_text("X.nwb")
    os.utime(files[1], ns=(times.st_atime_ns, times.st_mtime_ns))
    assert files[1].stat().st_size == times.st_size
    assert asked(files) == [files[1]]


def test_a_replaced_file_is_read_again(files):
    asked(files)
    files[0].replace(files[1])
    assert asked(files[1:]) == [files[1]]


def test_a_file_changed_just_now_is_not_kept(files, monkeypatch):
    monkeypatch.setattr(file_stamp, "GRANULARITY", 2 * 10**9)
    assert asked(files) == files
    assert asked(files) == files


def test_a_file_that_changes_while_it_is_read_is_not_kept(files):
    cache = FolderCache(folder_of(files))
    stamps = cache.stamps(files)
    files[0].write_text("later")
    cache.keep("text", "1", files[0], stamps[files[0]], {"text": "0.nwb"})
    cache.save()
    assert asked(files) == files


def test_a_moved_folder_keeps_what_is_known(files, tmp_path):
    asked(files)
    moved = folder_of(files).rename(tmp_path / "elsewhere")
    assert asked([moved / "sub" / path.name for path in files]) == []


def test_a_copied_folder_is_read_again(files, tmp_path):
    asked(files)
    copy = shutil.copytree(folder_of(files), tmp_path / "copy")
    copies = [copy / "sub" / path.name for path in files]
    assert asked(copies) == copies


def test_files_that_are_gone_are_forgotten(files):
    asked(files)
    files[0].unlink()
    files[1].write_text("other")
    time.sleep(0.02)
    asked(files[1:])
    with sqlite3.connect(folder_of(files) / NAME) as database:
        kept = [row[0] for row in database.execute("SELECT file FROM entries ORDER BY file")]
    assert kept == [b"sub/1.nwb", b"sub/2.nwb"]


def test_a_name_that_is_no_text_is_kept(files):
    odd = files[0].with_name(os.fsdecode(b"\xff?#%.nwb"))
    odd.write_text("odd")
    time.sleep(0.02)
    assert asked([odd], folder=odd.parents[1]) == [odd]
    assert asked([odd], folder=odd.parents[1]) == []


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[: len(content) // 2], id="truncated"),
        pytest.param(lambda content: content[:100] + b"\xff" * 4000 + content[4100:], id="overwritten"),
        pytest.param(lambda content: b"not a database" * 1000, id="other content"),
        pytest.param(lambda content: content[:30], id="shorter than a header"),
    ],
)
def test_a_damaged_file_is_begun_again_with_a_note(files, damage):
    asked(files)
    file = folder_of(files) / NAME
    file.write_bytes(damage(file.read_bytes()))
    with pytest.warns(SourceWarning, match="damaged"):
        assert asked(files) == files
    assert asked(files) == []
    assert file.with_name(NAME + ".damaged").exists()


def test_an_empty_file_is_a_beginning(files):
    (folder_of(files) / NAME).touch()
    assert asked(files) == files
    assert asked(files) == []


def test_a_single_damaged_byte_of_content_is_noticed(files):
    asked(files)
    with sqlite3.connect(folder_of(files) / NAME) as database:
        (content,) = database.execute("SELECT content FROM entries WHERE file = ?", (b"sub/1.nwb",)).fetchone()
        database.execute(
            "UPDATE entries SET content = ? WHERE file = ?", (content[:-1] + bytes([content[-1] ^ 1]), b"sub/1.nwb")
        )
    assert asked(files) == [files[1]]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE others (name TEXT)",
        "CREATE TRIGGER spoil AFTER INSERT ON entries BEGIN DELETE FROM entries; END",
        "PRAGMA user_version = 99",
        "PRAGMA application_id = 1",
    ],
)
def test_a_database_of_another_program_is_set_aside(files, statement):
    asked(files)
    with sqlite3.connect(folder_of(files) / NAME) as database:
        database.execute(statement)
    with pytest.warns(SourceWarning, match="another program's"):
        assert asked(files) == files
    assert asked(files) == []


class Planted:
    """Runs when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("planted",)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pickle.dumps(Planted()), id="a pickle"),
        pytest.param(zlib.compress(b"[" * 100_000), id="too deep"),
        pytest.param(zlib.compress(b'{"other": 1}'), id="other JSON"),
        pytest.param(zlib.compress(b'{"text": "0.nwb"}')[:-3], id="cut off"),
        pytest.param(zlib.compress(b" " * (folder_cache.LONGEST + 2) + b'{"text": "0.nwb"}'), id="inflates"),
    ],
)
def test_hostile_content_is_passed_over(files, content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cache = FolderCache(folder_of(files))
    stamps = cache.stamps(files)
    for path in files:
        cache.keep("text", "1", path, stamps[path], read(path))
    key = ("text", b"sub/0.nwb", "1", str(stamps[files[0]]), 5)
    cache._waiting[0] = (*key, folder_cache.entry_digest(*key, content), content)
    cache.save()
    assert asked(files) == [files[0]]
    assert not (tmp_path / "planted").exists()


def test_a_link_of_its_name_is_not_followed(files, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (folder_of(files) / NAME).symlink_to(victim)
    with pytest.warns(SourceWarning, match="link"):
        assert asked(files) == files
    assert victim.read_text() == "precious"
    assert asked(files) == []


def test_a_folder_that_cannot_be_written_is_read_each_time_and_says_so_once():
    with closed_folder("a.nwb", "b.nwb") as closed:
        paths = [closed.parent / name for name in ("a.nwb", "b.nwb")]
        time.sleep(0.02)
        for _ in range(2):
            with pytest.warns(SourceWarning, match="cannot be used") as said:
                assert asked(paths, folder=closed.parent) == paths
            assert len(said) == 1


def test_a_cache_in_a_folder_that_cannot_be_written_is_read(files):
    asked(files)
    folder = folder_of(files)
    for path in (*files, folder / NAME):
        path.chmod(0o444)
    time.sleep(0.02)
    asked(files)
    folder.chmod(0o555)
    user = os.geteuid()
    try:
        if user == 0:
            for path in (folder, *folder.parents):
                if path.stat().st_mode & 0o755 != 0o755:
                    path.chmod(path.stat().st_mode | 0o555)
            os.seteuid(65534)
        assert asked(files) == []
    finally:
        os.seteuid(user)


def test_without_use_nothing_is_kept(files):
    cache = FolderCache(folder_of(files), in_use=False)
    assert dict(cache.contents("text", "1", files, read, is_sound))
    assert not (folder_of(files) / NAME).exists()


def keep_many(folder, first):
    """Keep entries of many files, each in a transaction of its own."""
    file_stamp.GRANULARITY = folder_cache.EVERY = 0
    paths = [folder / f"{number}.nwb" for number in range(first, first + 40)]
    assert len(dict(FolderCache(folder).contents("text", "1", paths, read, is_sound))) == 40


def test_two_processes_at_once_both_keep(tmp_path):
    for number in range(80):
        (tmp_path / f"{number}.nwb").write_text(str(number))
    time.sleep(0.02)
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=keep_many, args=(tmp_path, first)) for first in (0, 40)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert [each.exitcode for each in both] == [0, 0]
    assert asked([tmp_path / f"{number}.nwb" for number in range(80)], folder=tmp_path) == []


def test_a_writer_killed_at_any_time_leaves_a_sound_cache(tmp_path):
    for number in range(40):
        (tmp_path / f"{number}.nwb").write_text(str(number))
    paths = [tmp_path / f"{number}.nwb" for number in range(40)]
    context = multiprocessing.get_context("fork")
    for milliseconds in (2, 5, 10, 20, 40):
        writer = context.Process(target=keep_many, args=(tmp_path, 0))
        writer.start()
        time.sleep(milliseconds / 1000)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        FolderCache(tmp_path).entries("text", "1", FolderCache(tmp_path).stamps(paths))
    assert not list(tmp_path.glob("*.damaged"))
    asked(paths, folder=tmp_path)
    assert asked(paths, folder=tmp_path) == []


def test_a_server_whose_clock_is_late_keeps_nothing_that_may_still_change(files, monkeypatch):
    monkeypatch.setattr(file_stamp, "GRANULARITY", 2 * 10**9)
    ahead = time.time_ns
    monkeypatch.setattr(file_stamp.time, "time_ns", lambda: ahead() + 10 * 10**9)
    cache = FolderCache(files[0].parent)
    assert cache.stamps(files)[files[0]].is_settled  # by the clock of this computer
    assert len(list(cache.contents("kind", "1", files, read, is_sound))) == 3
    assert not FolderCache(files[0].parent).entries("kind", "1", cache.stamps(files))


@pytest.fixture
def coarse(tmp_path):
    """Give a folder of a file system that counts time in seconds."""
    image, folder = tmp_path / "image", tmp_path / "coarse"
    folder.mkdir()
    image.write_bytes(bytes(4_000_000))
    for command in (["mkfs.ext2", "-q", "-F", "-I", "128", image], ["mount", "-o", "loop", image, folder]):
        if shutil.which(command[0]) is None or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("needs root, loop devices and mkfs.ext2")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_change_within_the_same_second_is_noticed_where_time_goes_in_seconds(coarse, monkeypatch):
    monkeypatch.setattr(file_stamp, "GRANULARITY", 2 * 10**9)
    path, same = coarse / "a.nwb", 0
    for text in ("one", "two", "six", "ten"):
        before = file_stamp.FileStamp.of(path)
        path.write_text(text)
        same += file_stamp.FileStamp.of(path) == before
        assert list(FolderCache(coarse).contents("kind", "1", [path], read, is_sound)) == [(path, {"text": text})]
    assert same  # the stamps cannot tell some of these files from the ones before
    time.sleep(4.1)
    list(FolderCache(coarse).contents("kind", "1", [path], read, is_sound))
    cache = FolderCache(coarse)
    assert cache.entries("kind", "1", cache.stamps([path]))
