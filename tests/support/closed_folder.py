"""A folder that may not be listed, and a user who is held to that: root may list every folder, so root steps down."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def closed_folder(*files: str) -> Iterator[Path]:
    """Give the folder ``closed``, in a folder that also holds empty `files`, while this user may not list it."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        closed = Path(name, "closed")
        closed.mkdir(mode=0)
        Path(name).chmod(0o755)
        for file in files:
            Path(name, file).touch()
        try:
            if user == 0:
                os.seteuid(65534)
            yield closed
        finally:
            os.seteuid(user)
