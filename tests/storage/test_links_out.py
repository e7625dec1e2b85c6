"""No file passes the door that leads out of itself, unless to files beside it and where that is asked for."""

import os
import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest

import nwbgate
from nwbgate.cli import main
from nwbgate.errors import MalformedError, OutsideError, TooLargeError
from nwbgate.storage.hdf5 import open_hdf5
from support.made_nwb_files import write

SECRET = "a line of another file"


def external_link(file: h5py.File, name: str) -> None:
    file["acquisition/linked"] = h5py.ExternalLink(name, "/acquisition/voltage")


def external_storage(file: h5py.File, name: str) -> None:
    file.create_dataset("scratch/stored", (16,), "i1", external=[(name, 0, 16)])


def virtual_dataset(file: h5py.File, name: str) -> None:
    layout = h5py.VirtualLayout((10,), "f8")
    layout[:] = h5py.VirtualSource(name, "acquisition/voltage/data", (100,))[:10]
    file.create_virtual_dataset("scratch/virtual", layout)


WAYS = [external_link, external_storage, virtual_dataset]


@pytest.fixture
def leading(tmp_path):
    """Make a file that leads to another one, of any name."""

    def lead(way, name: str) -> Path:
        path = write(tmp_path)
        with h5py.File(path, "r+") as file:
            way(file, name)
        return path

    return lead


@pytest.fixture
def beside(tmp_path) -> Path:
    return write(tmp_path, 1)


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    return write(tmp_path / "elsewhere", 2)


@pytest.mark.parametrize("way", WAYS)
def test_a_way_out_is_refused_and_named(leading, elsewhere, way):
    path = leading(way, str(elsewhere))
    with pytest.raises(OutsideError) as refused:
        open_hdf5(path)
    assert str(elsewhere) in refused.value.got
    with pytest.raises(OutsideError):  # not beside the file
        open_hdf5(path, follow_links=True)


@pytest.mark.parametrize("way", WAYS)
def test_a_way_to_a_file_beside_is_followed_where_that_is_asked_for(leading, beside, way):
    path = leading(way, str(beside))
    with pytest.raises(OutsideError, match="--follow-links"):
        open_hdf5(path)
    with open_hdf5(path, follow_links=True) as file:
        assert "acquisition" in file


@pytest.mark.parametrize("way", WAYS)
def test_every_verb_refuses_a_way_out_and_shows_nothing_of_it(leading, tmp_path, way, capsys):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    path = leading(way, str(secret))
    report = nwbgate.check(path, inspector=False, jobs=1)
    assert [finding.code for finding in report.records] == ["file.leads_outside"]
    for verb in ("show", "facts", "qc", "check"):
        assert main([verb, str(path)]) == 1
    assert SECRET not in "".join(capsys.readouterr())
    with pytest.raises(OutsideError):
        nwbgate.open(path)


def test_a_link_to_a_pipe_does_not_hang(leading, tmp_path):
    pipe = tmp_path / "sub-m1" / "pipe.nwb"
    pipe.parent.mkdir(exist_ok=True)
    os.mkfifo(pipe)
    path = leading(external_link, "pipe.nwb")
    for follow_links in (False, True):
        report = nwbgate.check(path, inspector=False, jobs=1, follow_links=follow_links)
        assert [finding.code for finding in report.records] == ["file.leads_outside"]


def test_a_file_beside_that_leads_elsewhere_is_no_way(leading, beside, elsewhere):
    with h5py.File(beside, "r+") as file:
        external_link(file, str(elsewhere))
    with pytest.raises(OutsideError, match="elsewhere"):
        open_hdf5(leading(external_link, beside.name), follow_links=True)


def test_files_that_link_to_each_other_are_followed_once(leading, beside):
    path = leading(external_link, beside.name)
    with h5py.File(beside, "r+") as file:
        external_link(file, path.name)
    open_hdf5(path, follow_links=True).close()


def test_modular_storage_is_judged_with_the_files_beside_it(leading, beside):
    path = leading(external_link, beside.name)
    assert main(["check", str(path), "--no-inspector"]) == 1
    assert main(["check", str(path), "--no-inspector", "--follow-links"]) == 0
    with nwbgate.open(path, follow_links=True) as data:
        assert "acquisition/voltage" in data.series


def test_a_virtual_dataset_of_the_file_itself_is_no_way_out(leading):
    open_hdf5(leading(virtual_dataset, ".")).close()


def circle(file: h5py.File) -> None:
    file["acquisition/again"] = file["/"]


def deep(file: h5py.File) -> None:
    file.create_group("scratch" + "/deeper" * 100)


def doubled(file: h5py.File) -> None:
    group = file.create_group("scratch")
    for _ in range(40):
        below = group.create_group("one")
        group["other"] = below
        group = below


@pytest.mark.parametrize("change", [circle, deep, doubled])
def test_a_tree_without_an_end_is_a_finding(tmp_path, change):
    path = write(tmp_path)
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(MalformedError):
        open_hdf5(path)
    assert [finding.code for finding in nwbgate.check(path, jobs=1).records] == ["file.malformed"]


def test_a_column_that_inflates_to_gigabytes_is_not_read(tmp_path):
    """A few megabytes of zeros: HDF5 would inflate 4 GiB."""
    path = write(tmp_path)
    with h5py.File(path, "r+") as file:
        table = file.create_group("units")
        table.attrs.update({"colnames": ["spike_times"], "neurodata_type": "Units", "namespace": "core"})
        table.create_dataset("spike_times", (2**29,), "f8", chunks=(2**20,), compression="gzip")
        table.create_dataset("id", data=np.arange(1))
    with pytest.raises(TooLargeError):
        open_hdf5(path)
    assert "file.too_large" in {finding.code for finding in nwbgate.check(path, jobs=1).records}


@pytest.mark.parametrize("written", [False, True])
def test_times_that_inflate_to_gigabytes_are_not_read(tmp_path, written):
    """Four megabytes of zeros, or nothing: the inspector and qc would hold 4 GiB."""
    path = write(tmp_path)
    with h5py.File(path, "r+") as file:
        times = file.create_dataset(
            "acquisition/made/timestamps", (2**29,), "f8", chunks=(2**20,), compression="gzip", shuffle=True
        )
        zeros = zlib.compress(bytes(2**23), 9)
        for first in range(0, 2**29 if written else 0, 2**20):
            times.id.write_direct_chunk((first,), zeros)
    with pytest.raises(TooLargeError, match="inflate to 4,294,967,296"):
        open_hdf5(path)


def test_times_of_a_regular_clock_may_be_well_compressed(tmp_path):
    path = write(tmp_path)
    with h5py.File(path, "r+") as file:
        times = file.create_dataset(
            "acquisition/made/timestamps", (2**28,), "f8", chunks=(2**20,), compression="gzip", shuffle=True
        )
        shuffled = np.arange(2**20, dtype=np.float64).view(np.uint8).reshape(-1, 8).T.tobytes()
        chunk = zlib.compress(shuffled, 9)
        for first in range(0, 2**28, 2**20):
            times.id.write_direct_chunk((first,), chunk)
    open_hdf5(path).close()
