"""Headers of objects are read as HDF5 reads them, and what is not understood is left to HDF5."""

import os
from struct import pack

import h5py
import numpy as np
import pytest

from nwbgate.errors import OutsideError, TooLargeError
from nwbgate.storage.file_tree import ways_out
from nwbgate.storage.hdf5 import open_hdf5
from nwbgate.storage.object_headers import bytes_of, is_plain
from support.made_nwb_files import write


def plain_objects(file: h5py.File) -> dict[str, bool]:
    """Return whether each object of a file is plain."""
    read, found = bytes_of(file), {}
    file.visititems(lambda name, item: found.update({name: is_plain(read, h5py.h5o.get_info(item.id).addr)}))
    return found


@pytest.fixture
def path(tmp_path):
    return tmp_path / "made.h5"


def test_every_object_of_an_nwb_file_is_plain(tmp_path):
    with h5py.File(write(tmp_path)) as file:
        found = plain_objects(file)
    assert len(found) > 30
    assert all(found.values())


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((), {}),
        ((3, 4), {}),
        ((0,), {"maxshape": (None,), "chunks": (5,)}),
        ((100, 10), {"chunks": (10, 10), "compression": "gzip", "shuffle": True, "fletcher32": True}),
        ((2**27,), {}),
    ],
)
def test_a_dataset_inside_the_file_is_plain(path, shape, options):
    with h5py.File(path, "w") as file:
        data = file.create_dataset("data", shape, "f8", **options)
        data.attrs.update({f"attribute {number}": "text" * 50 for number in range(40)})  # needs further blocks
    with h5py.File(path) as file:
        assert plain_objects(file) == {"data": True}


def add_external_storage(file: h5py.File) -> None:
    file.create_dataset("data", (16,), "i1", external=[("other", 0, 16)])


def add_virtual_dataset(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((10,), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "data", (10,))
    file.create_virtual_dataset("data", layout)


@pytest.mark.parametrize("add", [add_external_storage, add_virtual_dataset])
@pytest.mark.parametrize("attributes", [0, 40])
def test_a_dataset_outside_the_file_is_not_plain(path, add, attributes):
    with h5py.File(path, "w") as file:
        add(file)
        file["data"].attrs.update({f"attribute {number}": "text" * 50 for number in range(attributes)})
    with h5py.File(path) as file:
        assert plain_objects(file) == {"data": False}
        assert [way.place for way in ways_out(file)] == ["/data"]


@pytest.mark.parametrize(("shape", "dtype"), [((2**27 + 1,), "f8"), ((2**16, 2**16), "f4"), ((2**30 + 1,), "S1")])
def test_a_dataset_above_a_gigabyte_is_left_to_hdf5(path, shape, dtype):
    with h5py.File(path, "w") as file:
        file.create_dataset("data", shape, dtype, chunks=True)
    with h5py.File(path) as file:
        assert plain_objects(file) == {"data": False}


def test_a_large_column_is_known_as_one_by_its_table(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("series/data", (2**28,), "f8", chunks=True)
    open_hdf5(path).close()
    with h5py.File(path, "r+") as file:
        file["series"].attrs["colnames"] = ["data"]
    with pytest.raises(TooLargeError, match="/series/data"):
        open_hdf5(path)


def test_objects_in_the_newest_format_are_left_to_hdf5(path):
    with h5py.File(path, "w", libver="latest") as file:
        file["group/data"] = np.arange(10)
        add_virtual_dataset(file)
    with h5py.File(path) as file:
        assert not any(plain_objects(file).values())
    with pytest.raises(OutsideError, match=r"/data: virtual dataset to other\.h5"):
        open_hdf5(path)


def test_a_file_with_a_block_of_its_user_has_other_addresses(path):
    with h5py.File(path, "w", userblock_size=512) as file:
        add_external_storage(file)
    with h5py.File(path) as file:
        assert bytes_of(file) is None
        assert ways_out(file)


def test_a_file_in_memory_has_no_bytes_on_disk():
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        add_external_storage(file)
        assert bytes_of(file) is None
        assert ways_out(file)


def test_a_system_without_pread_leaves_all_to_hdf5(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "pread")
    with h5py.File(write(tmp_path)) as file:
        assert bytes_of(file) is None
        assert not ways_out(file)


def header(*messages: tuple[int, int, bytes], version: int = 1) -> bytes:
    """Return an object header of messages: their kinds, flags and contents."""
    body = b"".join(pack("<HHB3x", kind, len(content), flags) + content for kind, flags, content in messages)
    return pack("<BxHII4x", version, len(messages), 1, len(body)) + body


GROUP = (17, 0, bytes(16))
DATASET = [(1, 0, pack("<BB6xQ", 1, 1, 10)), (3, 0, pack("<IIQ", 0x11, 8, 0)), (8, 0, pack("<BB6xQQ", 3, 1, 0, 80))]


def judge(content: bytes) -> bool:
    return is_plain(lambda start, size: content[start : start + size], 0)


def test_headers_as_they_should_be_are_plain():
    assert judge(header(GROUP))
    assert judge(header(*DATASET))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        header(GROUP)[:18],
        header(),
        header(GROUP, version=2),
        header(GROUP, GROUP),
        header(GROUP, *DATASET),
        header(*DATASET[:2]),
        header(*DATASET, (7, 0, bytes(16))),
        header(*DATASET, DATASET[2]),
        header(*DATASET[:2], (8, 2, DATASET[2][2])),
        header(*DATASET[:2], (8, 0, pack("<BB6x", 4, 3))),
        header(*DATASET[:2], (8, 0, pack("<BB6x", 2, 1))),
        header((1, 0, pack("<BB6x", 3, 0)), *DATASET[1:]),
        header((1, 0, pack("<BB6x", 1, 200)), *DATASET[1:]),
        header(*DATASET, (16, 0, pack("<QQ", 16, 120))),  # a block that continues in itself
        header(GROUP, (16, 0, pack("<QQ", 0, 2**63))),
    ],
)
def test_any_other_header_is_left_to_hdf5(content):
    assert not judge(content)
