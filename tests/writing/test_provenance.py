"""Where a file came from, and whether converting its sources again would give the same file."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import h5py
import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile

import nwbgate
from nwbgate.writing import provenance


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "101.h5"
    path.write_bytes(b"volts" * 1000)
    return path


def write(path, sources, *, metadata="m", parameters=None, file_name=provenance.FILE_NAME, text=None):
    """Write a file with PyNWB, as the writer does, that carries a record of its sources."""
    record = provenance.record(provenance.describe(sources), metadata_digest=metadata, parameters=parameters)
    nwbfile = NWBFile(
        session_description="a session",
        identifier="1",
        session_start_time=datetime(2024, 1, 1, tzinfo=UTC),
        source_script=provenance.to_json(record) if text is None else text,
        source_script_file_name=file_name,
    )
    with NWBHDF5IO(path, "w") as io:
        io.write(nwbfile)
    return path


@pytest.fixture
def written(source, tmp_path):
    return write(tmp_path / "out.nwb", [source], parameters={"shift": 0.5})


def is_current(written, source, *, metadata="m", parameters=None, verify_sources=False):
    return provenance.up_to_date(
        written,
        sources=[source],
        metadata_digest=metadata,
        parameters={"shift": 0.5} if parameters is None else parameters,
        verify_sources=verify_sources,
    )


def rewrite(source, content):
    """Change a source's content and nothing that the file system tells about it."""
    status = source.stat()
    assert len(content) == status.st_size
    source.write_bytes(content)
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_source_is_described_by_name_size_time_and_digest(source):
    (described,) = provenance.describe([source])
    status = source.stat()
    assert (described.name, described.bytes, described.mtime_ns) == ("101.h5", 5000, status.st_mtime_ns)
    digest = subprocess.run(["sha256sum", source], capture_output=True, text=True, check=True).stdout.split()[0]
    assert (described.digest, described.algorithm) == (digest, "sha256")


def test_a_source_larger_than_one_block_is_digested_whole(tmp_path):
    path = tmp_path / "big.h5"
    path.write_bytes(bytes(range(256)) * 10_000)
    before = provenance.describe([path])[0].digest
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert provenance.describe([path])[0].digest != before


def test_a_source_is_digested_as_it_was_published(source, tmp_path):
    (described,) = provenance.describe([source], "blake2b")
    digest = subprocess.run(["b2sum", source], capture_output=True, text=True, check=True).stdout.split()[0]
    assert (described.digest, described.entry["blake2b"]) == (digest, digest)
    assert "sha256" not in described.entry


def test_sources_digested_at_once_are_described_in_their_order(tmp_path):
    paths = [tmp_path / f"{number}.h5" for number in range(5)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number]) * 1000)
    assert provenance.describe(paths, threads=3) == tuple(provenance.describe([path])[0] for path in paths)


def test_a_missing_source_among_several_is_an_os_error(source, tmp_path):
    with pytest.raises(FileNotFoundError):
        provenance.describe([source, tmp_path / "gone.h5"], threads=2)


def test_the_algorithm_of_the_record_decides_whether_a_source_changed(source, tmp_path):
    record = provenance.record(provenance.describe([source], "blake2b"), metadata_digest="m", parameters={"shift": 0.5})
    path = write(tmp_path / "out.nwb", [], text=provenance.to_json(record))
    assert is_current(path, source, verify_sources=True)
    rewrite(source, b"amper" * 1000)
    assert not is_current(path, source, verify_sources=True)


def test_a_missing_source_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        provenance.describe([tmp_path / "gone.h5"])


def test_the_record_says_sources_metadata_parameters_and_versions(source):
    record = provenance.record(provenance.describe([source]), metadata_digest="m", parameters={"a": (1, 2)})
    assert record["sources"][0]["name"] == "101.h5"
    assert record["metadata_sha256"] == "m"
    assert record["parameters"] == {"a": [1, 2]}
    assert set(record["versions"]) == {"nwbgate", "python", "neuroconv", "pynwb", "hdmf", "h5py", "numpy"}
    assert record["versions"]["nwbgate"] == nwbgate.__version__


def test_the_record_does_not_say_where_the_source_was(source):
    assert str(source.parent) not in provenance.to_json(provenance.record(provenance.describe([source])))


def test_the_record_is_read_back_from_the_file(written, source):
    assert provenance.read(written) == provenance.record(
        provenance.describe([source]), metadata_digest="m", parameters={"shift": 0.5}
    )


def test_the_order_of_keys_does_not_change_a_digest():
    assert provenance.digest({"a": 1, "b": {"c": 2, "d": 3}}) == provenance.digest({"b": {"d": 3, "c": 2}, "a": 1})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)),
        (np.arange(5000), np.where(np.arange(5000) == 2500, -1, np.arange(5000))),
        (np.float32(0.1), np.float32(0.2)),
    ],
    ids=["number", "time", "long array", "numpy number"],
)
def test_other_content_changes_a_digest(one, other):
    assert provenance.digest({"a": one}) != provenance.digest({"a": other})


def test_the_digest_of_a_set_is_the_same_in_every_process():
    program = "from nwbgate.writing.provenance import digest; print(digest({'a': set('abcdefgh')}))"
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_equal_content_gets_the_same_identifier_and_other_content_another(source, tmp_path):
    copy = tmp_path / "copy" / "101.h5"
    copy.parent.mkdir()
    copy.write_bytes(source.read_bytes())
    other = tmp_path / "other.h5"
    other.write_bytes(b"other")
    (one,), (two,), (three,) = (provenance.describe([path]) for path in (source, copy, other))
    first = provenance.identifier("101", [one], "m")
    assert first == provenance.identifier("101", [two], "m")
    others = {
        provenance.identifier("101", [three], "m"),
        provenance.identifier("102", [one], "m"),
        provenance.identifier("101", [one], "n"),
    }
    assert len(others | {first}) == 4


def test_nothing_changed_is_up_to_date(written, source):
    assert is_current(written, source)


def test_other_metadata_is_not(written, source):
    assert not is_current(written, source, metadata="n")


def test_other_parameters_are_not(written, source):
    assert not is_current(written, source, parameters={"shift": 0.6})


def test_a_parameter_that_is_not_a_number_equals_itself(source, tmp_path):
    path = write(tmp_path / "nan.nwb", [source], parameters={"shift": float("nan")})
    assert is_current(path, source, parameters={"shift": float("nan")})


def test_another_major_version_is_not(written, source, monkeypatch):
    monkeypatch.setattr(nwbgate, "__version__", "99.0.0")
    assert not is_current(written, source)


def test_another_minor_version_is(written, source, monkeypatch):
    major = nwbgate.__version__.split(".")[0]
    monkeypatch.setattr(nwbgate, "__version__", f"{major}.99.0")
    assert is_current(written, source)


def test_a_touched_source_is_up_to_date_because_its_content_decides(written, source):
    os.utime(source, ns=(1, 1))
    assert is_current(written, source)


def test_a_changed_source_is_not(written, source):
    source.write_bytes(b"amps!" * 1000)
    assert not is_current(written, source)


def test_a_change_that_the_file_system_hides_is_found_only_on_request(written, source):
    rewrite(source, b"amps!" * 1000)
    assert is_current(written, source)
    assert not is_current(written, source, verify_sources=True)


def test_an_unchanged_source_is_up_to_date_on_request_too(written, source):
    assert is_current(written, source, verify_sources=True)


def test_another_set_of_sources_is_not(written, source, tmp_path):
    other = tmp_path / "102.h5"
    other.write_bytes(source.read_bytes())
    assert not is_current(written, other)
    assert not provenance.up_to_date(written, sources=[source, other], metadata_digest="m", parameters={"shift": 0.5})


def test_files_without_our_record_have_none(source, tmp_path):
    foreign = write(tmp_path / "foreign.nwb", [source], file_name="NeuroConv provenance record")
    assert provenance.read(foreign) is None
    assert not is_current(foreign, source)
    plain = tmp_path / "plain.nwb"
    with h5py.File(plain, "w") as file:
        file["general/source_script/is_a_group"] = 1
        file["general/source_script"].attrs["file_name"] = provenance.FILE_NAME
    assert provenance.read(plain) is None
    empty = tmp_path / "empty.nwb"
    h5py.File(empty, "w").close()
    assert provenance.read(empty) is None


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", '{"sources": 1}', '{"sources": [{"name": "101.h5"}], "versions": {}}', '{"versions": 3}'],
)
def test_a_damaged_record_is_no_record(text, source, tmp_path):
    path = write(tmp_path / "damaged.nwb", [source], text=text)
    assert provenance.read(path) is None
    assert not is_current(path, source)


def test_something_that_is_not_hdf5_has_no_record(source, tmp_path):
    assert provenance.read(source) is None
    assert provenance.read(tmp_path / "gone.nwb") is None


def test_the_stored_text_is_json_for_people(written):
    with h5py.File(written) as file:
        text = file["general/source_script"].asstr()[()]
    assert len(text.splitlines()) > 10
    assert json.loads(text) == provenance.read(written)


def test_a_record_that_is_nested_without_end_is_none(tmp_path):
    with h5py.File(tmp_path / "s.nwb", "w") as file:
        file["general/source_script"] = "[" * 100_000
        file["general/source_script"].attrs["file_name"] = provenance.FILE_NAME
    assert provenance.read(tmp_path / "s.nwb") is None
