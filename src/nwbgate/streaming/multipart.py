"""Upload of one file to a bucket, verified by checksums that are computed here."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from nwbgate.errors import VerificationError

#: Bytes of a part. S3 wants 5 MiB or more, and at most 10,000 parts.
PART = 16 * 1024 * 1024
MOST_PARTS = 10_000


@dataclass(frozen=True)
class Part:
    """One part of a file, with its checksums."""

    number: int
    start: int
    size: int
    md5: bytes
    sha256: bytes


@dataclass(frozen=True)
class Parts:
    """A file cut into parts for an upload.

    Parameters
    ----------
    path : Path
        The file.
    bytes_of_part : int
        Size of each part but the last.
    """

    path: Path
    bytes_of_part: int = PART

    @cached_property
    def parts(self) -> list[Part]:
        """The parts, at least one."""
        size = max(self.bytes_of_part, -(-self.path.stat().st_size // MOST_PARTS))
        found: list[Part] = []
        with self.path.open("rb") as stream:
            for number in count(1):
                content = stream.read(size)
                if found and not content:
                    break
                md5 = hashlib.md5(content, usedforsecurity=False).digest()
                found.append(Part(number, (number - 1) * size, len(content), md5, hashlib.sha256(content).digest()))
        return found

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return sum(part.size for part in self.parts)

    @property
    def etag(self) -> str:
        """ETag of the object in a store without encryption by keys."""
        if len(self.parts) == 1:
            return self.parts[0].md5.hex()
        joined = hashlib.md5(b"".join(part.md5 for part in self.parts), usedforsecurity=False)
        return f"{joined.hexdigest()}-{len(self.parts)}"

    @property
    def sha256(self) -> str:
        """SHA-256 of the object, or of the digests of its parts."""
        if len(self.parts) == 1:
            return to_base64(self.parts[0].sha256)
        joined = hashlib.sha256(b"".join(part.sha256 for part in self.parts)).digest()
        return f"{to_base64(joined)}-{len(self.parts)}"


def to_base64(digest: bytes) -> str:
    """Return a digest in base64, as S3 writes it."""
    return base64.b64encode(digest).decode()


def upload(client: Any, bucket: str, key: str, file: Parts, metadata: dict[str, str]) -> dict[str, Any]:
    """Upload a file and verify what the store holds afterwards.

    The object appears when all of it is there. An upload that fails is taken back.

    Parameters
    ----------
    client
        Client of botocore for S3.
    bucket, key : str
        Where to.
    file : Parts
        The file.
    metadata : dict
        Stored with the object.

    Returns
    -------
    dict
        ``etag``, ``sha256`` and ``bytes`` of the object.

    Raises
    ------
    VerificationError
        If the store holds something else than was sent; that is deleted.
    botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError
        If the store does not answer, or refuses.
    """
    place = {"Bucket": bucket, "Key": key}
    _abort_earlier(client, place)
    if len(file.parts) == 1:
        with file.path.open("rb") as body:
            sums = {"ContentMD5": to_base64(file.parts[0].md5), "ChecksumSHA256": to_base64(file.parts[0].sha256)}
            client.put_object(**place, Body=body, Metadata=metadata, **sums)
    else:
        _send_parts(client, place, file, metadata)
    head = client.head_object(**place, ChecksumMode="ENABLED")
    _refuse_other_content(client, place, head, file)
    return {"etag": head["ETag"].strip('"'), "sha256": file.sha256, "bytes": file.size}


def _send_parts(client: Any, place: dict[str, str], file: Parts, metadata: dict[str, str]) -> None:
    with _begun(client, place, metadata) as upload_id, file.path.open("rb") as stream:
        sent = []
        for part in file.parts:
            stream.seek(part.start)
            sums = {"ContentMD5": to_base64(part.md5), "ChecksumSHA256": to_base64(part.sha256)}
            answer = client.upload_part(
                **place, UploadId=upload_id, PartNumber=part.number, Body=stream.read(part.size), **sums
            )
            checksum = {"ChecksumSHA256": sums["ChecksumSHA256"]}
            sent.append({"PartNumber": part.number, "ETag": answer["ETag"], **checksum})
        client.complete_multipart_upload(**place, UploadId=upload_id, MultipartUpload={"Parts": sent})


@contextmanager
def _begun(client: Any, place: dict[str, str], metadata: dict[str, str]) -> Iterator[str]:
    """Give the number of a new upload of parts, which is aborted on failure."""
    begun = client.create_multipart_upload(**place, ChecksumAlgorithm="SHA256", Metadata=metadata)
    try:
        yield begun["UploadId"]
    except BaseException:  # an interrupt too leaves parts that are paid for
        with suppress(Exception):  # the first failure is the one to tell; the next run tries this again
            client.abort_multipart_upload(**place, UploadId=begun["UploadId"])
        raise


def _abort_earlier(client: Any, place: dict[str, str]) -> None:
    """Abort the unfinished uploads to this key that killed runs left."""
    with suppress(Exception):  # it may be forbidden to list them
        begun = client.list_multipart_uploads(Bucket=place["Bucket"], Prefix=place["Key"]).get("Uploads", ())
        for each in begun:
            if each["Key"] == place["Key"]:
                client.abort_multipart_upload(**place, UploadId=each["UploadId"])


def _refuse_other_content(client: Any, place: dict[str, str], head: dict[str, Any], file: Parts) -> None:
    same = head["ETag"].strip('"') == file.etag or head.get("ChecksumSHA256") == file.sha256
    if same and head["ContentLength"] == file.size:
        return
    with suppress(Exception):  # the error below is the one to tell
        client.delete_object(**place)
    raise VerificationError(
        "the bucket holds other content than was sent",
        where=f"s3://{place['Bucket']}/{place['Key']}",
        got=f"{head['ContentLength']} bytes, ETag {head['ETag']}, SHA-256 {head.get('ChecksumSHA256', 'not told')}",
        expected=f'{file.size} bytes, ETag "{file.etag}" or SHA-256 {file.sha256}',
        fix="run the same command again: the object was deleted, and this session is converted again",
    )
