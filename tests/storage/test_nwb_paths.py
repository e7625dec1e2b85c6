"""Paths of a command line: files, folders and patterns."""

import os
from pathlib import Path

import pytest

from nwbgate.errors import UsageError
from nwbgate.storage.hdf5 import open_hdf5
from nwbgate.storage.nwb_paths import contents, hdf5_contents, nwb_files
from nwbgate.storage.remote_files.address import Address
from support.closed_folder import closed_folder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("b.nwb", "a.nwb", "sub/c.nwb", "sub/notes.txt", "none/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["b.nwb", "a.nwb"], ["b.nwb", "a.nwb"]),
        (["sub/notes.txt"], ["sub/notes.txt"]),
        (["."], ["a.nwb", "b.nwb", "sub/c.nwb"]),
        (["*.nwb"], ["a.nwb", "b.nwb"]),
        (["**/*.nwb"], ["a.nwb", "b.nwb", "sub/c.nwb"]),
        (["su*"], ["sub/c.nwb"]),
        (["a.nwb", "."], ["a.nwb", "b.nwb", "sub/c.nwb"]),
        (["sub/../a.nwb", "a.nwb"], ["sub/../a.nwb"]),
        ([], []),
    ],
)
def test_they_stand_for_files_each_once(folder, paths, expected):
    assert nwb_files(paths) == [Path(name) for name in expected]


def test_one_path_need_not_be_in_a_list(folder):
    assert nwb_files("sub") == nwb_files(Path("sub")) == [Path("sub/c.nwb")]


def test_a_pattern_that_cannot_be_read_is_refused_with_an_example(folder):
    with pytest.raises(UsageError, match="pattern") as error:
        nwb_files(["**.nwb"])
    assert "'data/**/*.nwb'" in error.value.expected


def test_a_pattern_may_be_absolute(folder):
    assert nwb_files([f"{folder}/su?/*.nwb"]) == [folder / "sub/c.nwb"]


@pytest.mark.parametrize("path", ["none", "*.hdf5", "missing.nwb"])
def test_a_path_that_stands_for_nothing_is_refused(folder, path):
    with pytest.raises(UsageError, match=r"(contains no NWB file|no such file)") as error:
        nwb_files([path])
    assert error.value.where == path


def test_a_file_with_the_name_of_a_pattern_is_a_file(folder):
    (folder / "x[1].nwb").touch()
    assert nwb_files(["x[1].nwb"]) == [Path("x[1].nwb")]


def test_one_file_by_two_spellings_is_one(folder):
    assert nwb_files(["a.nwb", folder / "a.nwb", "sub/../a.nwb"]) == [Path("a.nwb")]


def test_a_link_is_a_file_of_its_own(folder):
    """Two links to one stored content are two files of a dataset."""
    (folder / "sub/d.nwb").symlink_to("c.nwb")
    assert nwb_files("sub") == [Path("sub/c.nwb"), Path("sub/d.nwb")]


def test_a_link_to_what_is_absent_is_not_passed_over(folder):
    (folder / "sub/d.nwb").symlink_to("nowhere")
    assert nwb_files("sub") == nwb_files("sub/*.nwb") == [Path("sub/c.nwb"), Path("sub/d.nwb")]
    with pytest.raises(UsageError, match="no such file") as error:
        nwb_files("sub/d.nwb")
    assert error.value.got == "a link to nowhere, which is absent"


@pytest.fixture
def crowded(folder):
    """A folder with data that nwbgate does not read, and with what tools and file systems keep hidden."""
    for store in ("z.nwb.zarr", "z.nwb", "image.zarr"):
        (folder / "sub" / store).mkdir()
        (folder / "sub" / store / ".zgroup").write_text("{}")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere/e.nwb").touch()
    (folder / "sub/linked").symlink_to("../elsewhere", target_is_directory=True)
    (folder / "sub/raw.H5").touch()
    (folder / "sub/upper.NWB").touch()
    for hidden in ("._c.nwb", ".git/annex/objects/c.nwb", ".snapshot/hourly.0/c.nwb", ".ipynb_checkpoints/c.nwb"):
        (folder / "sub" / hidden).parent.mkdir(parents=True, exist_ok=True)
        (folder / "sub" / hidden).touch()
    (folder / "sub/.c.nwb.nwbgate-host-1-abc.nwb").touch()
    return folder


@pytest.mark.parametrize("path", ["sub", "sub/**/*"])
def test_hidden_files_and_folders_are_no_data(crowded, path):
    assert {Path("sub/c.nwb"), Path("sub/upper.NWB")} <= {*nwb_files(path)}
    assert not any(part.startswith(".") for file in nwb_files(path) for part in file.parts)


def test_hidden_files_that_are_named_are_data(crowded):
    assert nwb_files("sub/._c.nwb") == nwb_files("sub/._*.nwb") == [Path("sub/._c.nwb")]


def test_what_was_hidden_is_named(crowded):
    names = [".c.nwb.nwbgate-host-1-abc.nwb", "._c.nwb", ".git", ".ipynb_checkpoints", ".snapshot"]
    assert sorted(contents("sub").hidden) == sorted(Path("sub", name) for name in names)


def test_data_that_are_not_judged_are_named_with_the_reason(crowded):
    reasons = {other.path.name: other.reason for other in contents("sub").not_judged}
    assert sorted(reasons) == ["image.zarr", "linked", "raw.H5"]
    assert "Zarr" in reasons["image.zarr"]
    assert "../elsewhere" in reasons["linked"]
    assert "HDF5" in reasons["raw.H5"]


def test_a_file_that_is_named_is_judged_though_its_folder_would_not(crowded):
    found = contents(["sub", "sub/raw.H5"])
    assert Path("sub/raw.H5") in found.files
    assert "raw.H5" not in {other.path.name for other in found.not_judged}


def test_stores_are_files_however_they_are_meant(crowded):
    stores = [Path("sub/z.nwb"), Path("sub/z.nwb.zarr")]
    assert {*stores} <= {*nwb_files("sub")}
    assert {*stores} <= {*nwb_files("sub/*.nwb*")}
    assert nwb_files(stores) == stores
    assert nwb_files("sub/image.zarr") == [Path("sub/image.zarr")]
    assert not any(store in path.parents for path in nwb_files("sub") for store in stores)


def test_stores_are_left_to_another_program_where_only_files_are_published(crowded):
    found = hdf5_contents(Path("sub"))
    assert not any(path.name.startswith("z.nwb") for path in found.files)
    reasons = {other.path.name: other.reason for other in found.not_judged}
    assert "dandi upload" in reasons["z.nwb"]
    Path("stores").mkdir()
    Path("sub/z.nwb").rename("stores/z.nwb")
    with pytest.raises(UsageError, match="Zarr stores only") as error:
        hdf5_contents(Path("stores"))
    assert error.value.got == str(Path("stores/z.nwb"))
    assert "dandi upload" in error.value.fix


def test_a_loop_of_links_ends(folder):
    (folder / "sub/up").symlink_to("..", target_is_directory=True)
    (folder / "sub/self.nwb").symlink_to("self.nwb")
    assert nwb_files("sub") == [Path("sub/c.nwb"), Path("sub/self.nwb")]


def test_a_pipe_is_no_file(folder):
    os.mkfifo(folder / "sub/pipe.nwb")
    assert nwb_files("sub") == [Path("sub/c.nwb")]
    assert [other.reason for other in contents("sub").not_judged] == ["a pipe, socket or device, not a file"]
    for pipe in ("sub/pipe.nwb", "sub/p*.nwb"):
        with pytest.raises(UsageError, match="neither a file nor a folder"):
            nwb_files(pipe)


def test_a_folder_that_cannot_be_listed_is_refused():
    with closed_folder("a.nwb") as closed, pytest.raises(UsageError, match="cannot read") as error:
        nwb_files(closed.parent)
    assert (error.value.where, error.value.got) == (str(closed), "Permission denied")


@pytest.mark.parametrize("address", ["http://x.org/a.nwb", "https://x.org/a.nwb?b=*", "s3://bucket/a.nwb"])
def test_an_address_of_a_file_stays_one(address):
    (found,) = nwb_files([address])
    assert isinstance(found, Address)
    assert str(found) == address


def test_a_path_that_lost_a_slash_is_an_address_all_the_same():
    assert [str(path) for path in nwb_files([Path("https://x.org/a.nwb")])] == ["https://x.org/a.nwb"]


@pytest.mark.parametrize("address", ["https://x.org/a.nwb.zarr", "s3://b/a.NWB.zarr/", "http://x/a.zarr?b=c"])
def test_stores_on_servers_are_refused_with_a_way_out(address):
    with pytest.raises(UsageError, match="Zarr stores on servers cannot be read") as error:
        nwb_files(address)
    assert "dandi download" in error.value.fix
    with pytest.raises(UsageError, match="Zarr stores on servers cannot be read"):
        open_hdf5(Address(address))


def test_files_of_ftp_servers_are_refused():
    with pytest.raises(UsageError, match="cannot be read in ranges"):
        nwb_files("ftp://x.org/a.nwb")


def test_a_folder_named_like_the_beginning_of_an_address_is_one(folder):
    (folder / "http:").mkdir()
    (folder / "http:" / "d.nwb").touch()
    assert nwb_files(["http://d.nwb"]) == [Path("http:/d.nwb")]
