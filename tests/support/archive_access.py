"""Archives for tests: the local one, or a real one, behind the same few methods."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dandi.dandiapi import DandiAPIClient

from nwbgate.dandi.dandiset.initial import write_dandiset_file
from support.archive_server import ArchiveServer, serving_archive

CONTACT = "Doe, Jane <jane@example.org>"
LICENCE = "spdx:CC-BY-4.0"


@dataclass
class Archive:
    """An archive and a key for it.

    Attributes
    ----------
    address, key : str
        Of its API, and of a user who may create dandisets.
    server : ArchiveServer or None
        The local server, which can be told to fail; None for a real archive.
    """

    address: str
    key: str
    server: ArchiveServer | None = None

    def client(self) -> DandiAPIClient:
        return DandiAPIClient(api_url=self.address, token=self.key)

    def new_dandiset(self, *, embargo: bool = False) -> str:
        metadata = {
            "name": "a dandiset of a test", "description": "of a test", "license": [LICENCE],
            "contributor": [
                {"schemaKey": "Person", "name": "Doe, Jane", "email": "jane@example.org",
                 "roleName": ["dcite:ContactPerson", "dcite:Author"], "includeInCitation": True}
            ],
        }  # fmt: skip
        return self.client().create_dandiset("a dandiset of a test", metadata, embargo=embargo).identifier

    def init(self, folder: Path, number: str | None = None) -> str:
        """Give a folder a dandiset.yaml, of a new dandiset unless a number is given."""
        number = number or self.new_dandiset()
        write_dandiset_file(
            folder, number, instance=self.address, contact=CONTACT, licence=[LICENCE], overwrite=True, jobs=1
        )
        return number

    def init_like(self, folder: Path, number: str | None = None) -> str:
        """Let the dandiset.yaml of a folder, a copy of that of another dandiset, name a new one."""
        number, path = number or self.new_dandiset(), folder / "dandiset.yaml"
        text = re.sub(r"(?<=:)\d{6}", number, path.read_text())
        path.write_text(re.sub(r"http\S+/dandisets/\d{6}", f"{self.address}/dandisets/{number}", text))
        return number

    def paths(self, number: str) -> list[str]:
        return sorted(one.path for one in self.client().get_dandiset(number, "draft").get_assets())


@contextmanager
def local_archive() -> Iterator[Archive]:
    with serving_archive() as server:
        server.state.users["a-key-of-a-test"] = "jane"
        server.state.users["another-key"] = "joe"
        yield Archive(server.api, "a-key-of-a-test", server)


@contextmanager
def real_archive(address: str) -> Iterator[Archive]:
    yield Archive(address.rstrip("/"), os.environ["NWBGATE_TEST_ARCHIVE_KEY"])
