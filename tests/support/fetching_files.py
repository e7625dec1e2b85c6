"""A file to fetch, and a server that has it."""

import hashlib
import random
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from nwbgate.fetching.content import Patience
from nwbgate.fetching.manifest import RemoteFile
from support.faulty_server import serving

CONTENT = random.Random(0).randbytes(300_000)
#: Shorter than a person would be patient, and long enough for a machine with other work.
QUICK = Patience(stall=1.0, tries=3, pause=0.001, longest_pause=0.002)


def remote(content=CONTENT, name="file.bin"):
    key = f"project/{name}"
    return RemoteFile(key, "v 1", PurePosixPath("copy", name), hashlib.blake2b(content).hexdigest())


@contextmanager
def serving_one_file(folder: Path):
    """A server of a folder with ``project/file.bin``."""
    (folder / "project").mkdir(parents=True)
    (folder / "project" / "file.bin").write_bytes(CONTENT)
    with serving(folder) as server:
        yield server
