"""Takes from a Python process what only POSIX has; its children begin with the same file.

Modules and functions are missing as on Windows, workers can only be spawned, folders cannot be opened, and files that
this process holds open are neither renamed nor removed.
"""

import asyncio  # noqa: F401  needs fcntl here, and another module on Windows
import multiprocessing.context
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

with suppress(ImportError):  # libraries that have another half for Windows
    import fasteners  # noqa: F401
    import psutil  # noqa: F401

for module in ("fcntl", "resource", "grp", "pwd", "termios"):
    sys.modules[module] = None
missing = "fork forkpty pread preadv pwrite pwritev readv writev sched_getaffinity"
for name in (*missing.split(), "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY"):
    if hasattr(os, name):
        delattr(os, name)
multiprocessing.context.DefaultContext.get_all_start_methods = lambda self: ["spawn"]
multiprocessing.get_all_start_methods = lambda: ["spawn"]
tempfile.TemporaryFile = tempfile.NamedTemporaryFile


def refuse_held(path):
    """Raise what Windows raises for a file that is open in this process."""
    for held in Path("/proc/self/fd").iterdir():
        try:
            same = held.samefile(path)
        except OSError:
            continue
        if same:
            raise PermissionError(13, "another process uses the file", str(path))


def guarded(act):
    def guard(path, *others, **options):
        if not options.get("dir_fd"):
            refuse_held(path)
        return act(path, *others, **options)

    return guard


def opened(path, flags, *mode, _open=os.open, **options):
    if "dir_fd" not in options and Path(path).is_dir():
        raise PermissionError(13, "a folder cannot be opened", str(path))
    return _open(path, flags, *mode, **options)


os.open = opened
os.rename, os.replace, os.unlink, os.remove = map(guarded, (os.rename, os.replace, os.unlink, os.remove))
