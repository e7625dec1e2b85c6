"""A prefix of a bucket means its NWB files; the stores below it are named as left out."""

import pytest

from nwbgate.errors import UsageError
from nwbgate.storage.remote_files.address import Address
from nwbgate.storage.remote_files.server_files import server_contents
from support.object_store import BUCKET, object_store


@pytest.fixture(scope="module")
def bucket():
    pytest.importorskip("s3fs").S3FileSystem.clear_instance_cache()
    with object_store() as store, pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", store.url)
        for key in ("both/a.nwb", "both/b.nwb.zarr/.zgroup", "both/b.nwb.zarr/x/0", "stores/c.nwb.zarr/.zgroup"):
            store.client.put_object(Bucket=BUCKET, Key=key, Body=b"1")
        yield store


def test_stores_below_a_prefix_are_named_as_left_out(bucket):
    found = server_contents(Address(f"s3://{BUCKET}/both"))
    assert [str(file) for file in found.files] == [f"s3://{BUCKET}/both/a.nwb"]
    assert [str(other.path) for other in found.not_judged] == [f"s3://{BUCKET}/both/b.nwb.zarr"]
    assert "download it" in found.not_judged[0].reason


def test_a_prefix_of_stores_alone_is_refused(bucket):
    with pytest.raises(UsageError, match="no NWB file") as error:
        server_contents(Address(f"s3://{BUCKET}/stores"))
    assert error.value.got == "0 other files and 1 Zarr stores"
    assert "download" in error.value.fix
