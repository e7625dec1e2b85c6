"""A folder or a bucket: what is there is recognised, and what cannot be used is said before anything is fetched."""

import subprocess
import sys

import pytest

from nwbgate.errors import MissingExtraError, UsageError, WriteError
from nwbgate.storage.remote_files.address import Address
from nwbgate.streaming.destination import Bucket, LocalFolder, make_destination
from support.object_store import BUCKET, object_store


@pytest.fixture(scope="module")
def store():
    with object_store() as found:
        yield found


@pytest.fixture
def bucket(store, tmp_path):
    store.faults.clear()
    return Bucket(f"s3://{BUCKET}/some/prefix", tmp_path, tmp_path / "nwb", store.url)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "nwb" / "sub-1" / "sub-1_ses-2.nwb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"content")
    return path


def test_an_output_names_a_folder_or_a_bucket(tmp_path):
    assert make_destination(tmp_path, tmp_path, tmp_path) == LocalFolder(tmp_path)
    found = make_destination(Address("s3://bucket/prefix"), tmp_path, tmp_path / "nwb", "http://store")
    assert found == Bucket("s3://bucket/prefix", tmp_path, tmp_path / "nwb", "http://store")


@pytest.mark.parametrize("address", ["https://server/folder", "s3:///prefix", "dandi://000711"])
def test_other_addresses_are_refused(address, tmp_path):
    with pytest.raises(UsageError, match="cannot be written to this address"):
        make_destination(Address(address), tmp_path, tmp_path)


def test_an_endpoint_for_a_folder_is_refused(tmp_path):
    with pytest.raises(UsageError, match="an endpoint needs a bucket"):
        make_destination(tmp_path, tmp_path, tmp_path, "http://store")


def test_a_folder_holds_a_file_of_the_size_and_time_of_its_line(tmp_path, file):
    folder = LocalFolder(tmp_path)
    place, facts = folder.deliver(file, "key")
    entry = {**facts, "path": str(file.relative_to(tmp_path))}
    assert place == file
    assert folder.holds(entry, file, "key")
    assert not folder.holds({}, file, "key")
    file.write_bytes(b"other content")
    assert not folder.holds(entry, file, "key")
    file.unlink()
    assert not folder.holds(entry, file, "key")


def test_a_bucket_gets_the_file_under_its_prefix(store, bucket, file):
    place, facts = bucket.deliver(file, "digest")
    assert str(place) == f"s3://{BUCKET}/some/prefix/sub-1/sub-1_ses-2.nwb"
    assert store.sizes()["some/prefix/sub-1/sub-1_ses-2.nwb"] == facts["bytes"] == 7


def test_a_bucket_tells_what_it_holds_by_the_ledger_or_by_the_object(store, bucket, file):
    _, facts = bucket.deliver(file, "digest")
    store.requests.clear()
    assert bucket.holds(facts, file, "digest")
    assert [method for method, _ in store.requests] == ["GET"]  # one listing is enough
    assert bucket.holds({}, file, "digest")
    assert not bucket.holds({}, file, "another digest")
    assert not bucket.holds(facts, file.with_name("other.nwb"), "digest")


def test_a_bucket_that_is_not_there_is_refused_at_once(store, tmp_path):
    with pytest.raises(UsageError, match="the bucket cannot be used") as caught:
        Bucket("s3://no-such-bucket", tmp_path, tmp_path, store.url).require_access()
    assert "NoSuchBucket" in caught.value.got


def test_a_store_that_fails_is_named_with_the_object(store, bucket, file):
    store.faults.append(("PUT", "ses-2.nwb", "always broken"))
    with pytest.raises(WriteError, match="the bucket cannot be written to") as caught:
        bucket.deliver(file, "digest")
    assert caught.value.where.endswith("sub-1_ses-2.nwb")


def test_missing_credentials_are_said(store, bucket, tmp_path):
    code = (
        "from pathlib import Path; from nwbgate.streaming.destination import Bucket\n"
        f"Bucket('s3://{BUCKET}', Path('.'), Path('.')).require_access()"
    )
    environment = {"AWS_ENDPOINT_URL": store.url, "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "AWS_ACCESS_KEY_ID" in done.stderr
    with_key = {**environment, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    subprocess.run([sys.executable, "-c", code], env=with_key, check=True)  # by the endpoint of the environment


def test_without_the_extra_its_name_is_said(monkeypatch, bucket, file):
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    with pytest.raises(MissingExtraError, match="botocore is not installed") as caught:
        bucket.deliver(file, "digest")
    assert "nwbgate[s3]" in caught.value.fix
