"""An archive and a folder to publish; the archive is a real one where NWBGATE_TEST_ARCHIVE names its API."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nwbgate.archives.client import key_variable
from support.archive_access import Archive, local_archive, real_archive
from support.published_folders import good_folder


@pytest.fixture(scope="session")
def archive() -> Iterator[Archive]:
    """An archive with a key of its own user in the environment."""
    address = os.environ.get("NWBGATE_TEST_ARCHIVE")
    chosen = real_archive(address) if address else local_archive()
    with chosen as found, pytest.MonkeyPatch.context() as environment:
        environment.setenv(key_variable(found.address), found.key)
        yield found


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files with nothing to be said against them; do not write into it."""
    return good_folder(tmp_path_factory.mktemp("good"), 2)
