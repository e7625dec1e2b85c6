"""Every byte is read: what is damaged is named, what is whole is not."""

import tracemalloc
import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest

from nwbgate.validators.integrity import BLOCK, NAMED, integrity_findings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with data stored in every way that is read differently."""
    file = tmp_path / "data.nwb"
    noise = np.random.default_rng(0).normal(size=(1000, 8))
    with h5py.File(file, "w") as f:
        f.create_dataset("traces/dff", data=noise, chunks=(100, 4), compression="gzip", shuffle=True)
        f["traces"].create_dataset("checked", data=noise, chunks=(100, 8), compression="gzip", fletcher32=True)
        f["traces"].create_dataset("lzf", data=noise, chunks=(100, 8), compression="lzf")
        f["traces"].create_dataset("raw", data=noise, chunks=(100, 8))
        f["contiguous"] = np.arange(3 * BLOCK // 8, dtype="f8")
        f["names"] = [f"name {i}" for i in range(50)]
        f.create_dataset("words", data=["a", "bb"] * 500, chunks=(100,), compression="gzip", dtype=h5py.string_dtype())
        f["answer"] = 42
        f["text"] = "one text"
        f["nothing"] = np.empty(0)
        f["null"] = h5py.Empty("f8")
        f["references"] = np.array([f["traces"].ref], dtype=h5py.ref_dtype)
        f["soft"] = h5py.SoftLink("/traces/dff")
        f["dangling"] = h5py.SoftLink("/nowhere")
        f["away"] = h5py.ExternalLink("absent.nwb", "/x")
        f["traces/up"] = f["/traces"]
    return file


def chunk_of(path: Path, name: str, index: int) -> h5py.h5d.StoreInfo:
    with h5py.File(path) as f:
        return f[name].id.get_chunk_info(index)


def overwrite(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as f:
        f.seek(start)
        f.write(data)


def flip(path: Path, start: int, count: int = 64) -> None:
    with path.open("rb") as f:
        f.seek(start)
        flipped = bytes(byte ^ 0xFF for byte in f.read(count))
    overwrite(path, start, flipped)


def test_a_whole_file_gives_no_finding(path):
    assert integrity_findings(path) == []


@pytest.mark.parametrize("threads", [1, 3])
def test_64_flipped_bytes_inside_a_compressed_chunk_are_named(path, threads):
    chunk = chunk_of(path, "traces/dff", 5)
    flip(path, chunk.byte_offset + chunk.size // 2)
    (finding,) = integrity_findings(path, threads=threads)
    assert (finding.code, finding.location, finding.severity) == ("file.chunk", "/traces/dff", "error")
    assert finding.path == str(path)
    assert f"chunk {chunk.chunk_offset} at byte {chunk.byte_offset}" in finding.message


def test_one_flipped_bit_of_the_checksum_is_caught(path):
    chunk = chunk_of(path, "traces/dff", 0)
    flip(path, chunk.byte_offset + chunk.size - 1, 1)
    (finding,) = integrity_findings(path)
    assert "inflating failed" in finding.message


@pytest.mark.parametrize("name", ["traces/checked", "words"])
def test_damage_that_only_hdf5_can_see_is_named(path, name):
    chunk = chunk_of(path, name, 1)
    flip(path, chunk.byte_offset + chunk.size // 2)
    (finding,) = integrity_findings(path)
    assert (finding.code, finding.location) == ("file.chunk", f"/{name}")
    assert "elements [100:200" in finding.message


def test_the_first_damaged_chunks_are_named_and_the_rest_counted(path):
    for index in range(NAMED + 2):
        chunk = chunk_of(path, "traces/dff", index)
        flip(path, chunk.byte_offset + 20)
    (finding,) = integrity_findings(path)
    assert finding.message.count("chunk (") == NAMED
    assert finding.message.endswith("and 2 more")


def test_a_chunk_that_inflates_to_another_size_is_named(tmp_path):
    path = tmp_path / "short.h5"
    with h5py.File(path, "w") as f:
        dataset = f.create_dataset("x", shape=(300,), dtype="f8", chunks=(100,), compression="gzip")
        for start, count in ((0, 99), (100, 100), (200, 101)):
            dataset.id.write_direct_chunk((start,), zlib.compress(bytes(8 * count)))
    (finding,) = integrity_findings(path)
    assert "chunk (0,)" in finding.message
    assert "holds 792 bytes, expected 800" in finding.message
    assert "chunk (200,)" in finding.message
    assert "chunk (100,)" not in finding.message


def test_a_compressed_stream_without_its_end_is_named(tmp_path):
    path = tmp_path / "endless.h5"
    with h5py.File(path, "w") as f:
        dataset = f.create_dataset("x", shape=(100,), dtype="f8", chunks=(100,), compression="gzip")
        dataset.id.write_direct_chunk((0,), zlib.compress(bytes(800))[:-4])
    (finding,) = integrity_findings(path)
    assert "incomplete zlib stream" in finding.message


def test_a_chunk_whose_filter_was_skipped_is_read_as_it_is(tmp_path):
    path = tmp_path / "masked.h5"
    with h5py.File(path, "w") as f:
        dataset = f.create_dataset("x", shape=(200,), dtype="f8", chunks=(100,), compression="gzip")
        dataset.id.write_direct_chunk((0,), bytes(800), filter_mask=1)
        dataset.id.write_direct_chunk((100,), bytes(799), filter_mask=1)
    (finding,) = integrity_findings(path)
    assert finding.message.startswith("chunk (100,)")


def test_chunks_never_written_are_a_warning(tmp_path):
    path = tmp_path / "holes.h5"
    with h5py.File(path, "w") as f:
        f.create_dataset("chunked", shape=(300,), dtype="f8", chunks=(100,))[:100] = 1
        f.create_dataset("contiguous", shape=(300,), dtype="f8")
    findings = {finding.location: finding for finding in integrity_findings(path)}
    assert {(finding.code, finding.severity) for finding in findings.values()} == {("file.unwritten", "warning")}
    assert "2 of 3 chunks" in findings["/chunked"].message
    assert "none of it" in findings["/contiguous"].message


def test_a_filter_that_is_not_installed_is_named(tmp_path):
    path = tmp_path / "filtered.h5"
    with h5py.File(path, "w") as f:
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_chunk((100,))
        creation.set_filter(32_999, h5py.h5z.FLAG_OPTIONAL, ())
        space = h5py.h5s.create_simple((100,))
        dataset = h5py.h5d.create(f.id, b"x", h5py.h5t.NATIVE_DOUBLE, space, creation)
        dataset.write_direct_chunk((0,), bytes(800))
    (finding,) = integrity_findings(path)
    assert "32999" in finding.message
    assert "not installed" in finding.message


def test_a_file_cut_short_is_unreadable(path):
    with path.open("r+b") as f:
        f.truncate(path.stat().st_size // 2)
    (finding,) = integrity_findings(path)
    assert (finding.code, finding.severity) == ("file.unreadable", "error")


def test_data_beyond_the_end_of_the_file_are_named(tmp_path):
    """The superblock says that the file ends where it does; the data lie behind, in a region that was cut off."""
    path, longer = tmp_path / "cut.h5", 4 * BLOCK
    with h5py.File(path, "w") as f:
        f.create_dataset("chunked", data=np.ones(100_000), chunks=(50_000,))
        f["contiguous"] = np.ones(longer // 8)
    chunk = chunk_of(path, "chunked", 0)
    with h5py.File(path) as f:
        start = f["contiguous"].id.get_offset()
    content = path.read_bytes()
    beyond = len(content) + 512
    for address in (chunk.byte_offset, start):
        content = content.replace(address.to_bytes(8, "little"), beyond.to_bytes(8, "little"))
    path.write_bytes(content)
    findings = {finding.location: finding for finding in integrity_findings(path)}
    assert set(findings) == {"/chunked", "/contiguous"}
    assert "the file ends" in findings["/chunked"].message
    assert "invalid dataset size" in findings["/contiguous"].message


def test_an_object_that_cannot_be_opened_is_named(tmp_path):
    path = tmp_path / "header.h5"
    with h5py.File(path, "w", libver="latest") as f:
        f["good"] = np.arange(10)
        f["bad"] = np.arange(10)
        address = h5py.h5o.get_info(f["bad"].id).addr
    overwrite(path, address, b"XXXX")
    (finding,) = integrity_findings(path)
    assert (finding.code, finding.location) == ("file.unreadable", "/bad")


def test_data_in_another_file_are_not_read(tmp_path):
    path, raw = tmp_path / "outside.h5", tmp_path / "outside.raw"
    raw.write_bytes(np.arange(10, dtype="f8").tobytes())
    with h5py.File(path, "w") as f:
        f.create_dataset("x", shape=(10,), dtype="f8", external=[(raw, 0, 80)])
    assert integrity_findings(path) == []


@pytest.mark.parametrize("rows", [64, 1])
def test_memory_stays_within_a_few_blocks(tmp_path, rows):
    """64 MB of data, in chunks of 1 MB and in a single one."""
    path = tmp_path / "large.h5"
    with h5py.File(path, "w") as f:
        f.create_dataset(
            "x", data=np.zeros((rows, (64 << 17) // rows)), chunks=(1, (64 << 17) // rows), compression="gzip"
        )
    tracemalloc.start()
    assert integrity_findings(path, threads=2) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20
