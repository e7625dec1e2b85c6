"""Uploads appear whole or not at all, and what the store holds is compared with what was sent."""

import hashlib

import pytest

from nwbgate.errors import VerificationError
from nwbgate.streaming.multipart import MOST_PARTS, Parts, upload
from support.object_store import BUCKET, object_store

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def store():
    with object_store() as found:
        yield found


@pytest.fixture(autouse=True)
def sound(store):
    store.faults.clear()
    store.requests.clear()


@pytest.fixture
def file(tmp_path):
    """A file of two parts, of which the second is small."""
    path = tmp_path / "file.nwb"
    path.write_bytes(b"a" * 5 * MIB + b"b" * 1000)
    return Parts(path, 5 * MIB)


def test_a_small_file_is_one_part_with_the_digests_of_its_content(tmp_path):
    path = tmp_path / "small.nwb"
    path.write_bytes(b"content")
    file = Parts(path)
    assert [(part.number, part.size) for part in file.parts] == [(1, 7)]
    assert file.etag == hashlib.md5(b"content").hexdigest()


def test_an_empty_file_is_one_part(tmp_path):
    (tmp_path / "empty").touch()
    assert [part.size for part in Parts(tmp_path / "empty").parts] == [0]


def test_parts_become_larger_where_there_would_be_too_many(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(2 * MOST_PARTS + 1))
    parts = Parts(path, 1).parts
    assert len(parts) <= MOST_PARTS
    assert sum(part.size for part in parts) == 2 * MOST_PARTS + 1


def test_a_file_goes_in_parts_and_its_etag_is_the_one_computed_here(store, file):
    stored = upload(store.client, BUCKET, "there.nwb", file, {"mark": "x"})
    assert stored == {"etag": file.etag, "sha256": file.sha256, "bytes": 5 * MIB + 1000}
    assert file.etag.endswith("-2")
    found = store.client.get_object(Bucket=BUCKET, Key="there.nwb")
    assert found["Body"].read() == file.path.read_bytes()
    assert found["Metadata"] == {"mark": "x"}
    assert sum("partNumber=" in target for _, target in store.requests) == 2


def test_a_part_is_sent_again_when_the_store_is_busy_or_cuts_the_line(store, file):
    store.faults += [("PUT", "partNumber=1", "busy"), ("PUT", "partNumber=2", "cut")]
    upload(store.client, BUCKET, "again.nwb", file, {})
    assert store.sizes()["again.nwb"] == file.size
    assert not store.faults


@pytest.mark.parametrize("step", ["partNumber=2", "uploadId="])
def test_an_upload_that_fails_is_taken_back(store, file, step):
    from botocore.exceptions import ClientError

    store.faults.append(("PUT" if "part" in step else "POST", step, "always broken"))
    with pytest.raises(ClientError):
        upload(store.client, BUCKET, "failed.nwb", file, {})
    assert "failed.nwb" not in store.sizes()
    assert store.unfinished() == []


def test_content_that_changed_on_its_way_is_refused_and_deleted(store, file):
    store.faults.append(("PUT", "altered.nwb", "altered"))
    with pytest.raises(VerificationError, match="other content than was sent") as caught:
        upload(store.client, BUCKET, "altered.nwb", file, {})
    assert file.etag in caught.value.expected
    assert "altered.nwb" not in store.sizes()


def test_what_a_killed_run_began_to_send_is_aborted(store, file):
    for key in ("mine.nwb", "mine.nwb.other"):
        store.client.create_multipart_upload(Bucket=BUCKET, Key=key)
    upload(store.client, BUCKET, "mine.nwb", file, {})
    assert store.unfinished() == ["mine.nwb.other"]
