"""Thousands of files that are known already: tables of a project, `check --changed`, and one large folder.

The number of files is that of the Visual Behavior 2P release, one in seven with imaging. They are hard links to two
converted sample sessions. A few are read and judged for real; for the others the cache gets what that would have
written, with ids of their own. Then a user's Python and command line run on all of them, each in a fresh process.
Promised: a project's tables within 80 ms of processor a file the first time and 5 s the second, and memory that hardly
grows from 500 to 4,787 files.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import closing
from pathlib import Path

from apparatus import calibration

FILES, FEW, IMAGED = 4787, 500, 7
PROMISED = {"ms a file, first": 80.0, "s, second": 5.0, "memory, MB more": 150.0}
TABLES = ("nwb_files", "behavior_sessions", "ophys_sessions", "ophys_experiments", "ophys_cells", "recordings", "mice")
#: Columns of facts that are ids: each file gets its own.
IDS = (
    "behavior_session_id", "ophys_session_id", "ophys_experiment_id", "cell_roi_id", "identifier", "object_id",
    "session_id",
)  # fmt: skip
PROJECT = f"""
import json, resource, sys, time, warnings
import nwbgate, nwbgate.reading.projects.project
warnings.simplefilter("ignore")
started, used = time.perf_counter(), time.process_time()
project = nwbgate.Project(sys.argv[1])
rows = {{name: len(getattr(project, name)) for name in {TABLES}}}
print(json.dumps({{"rows": rows, "seconds": time.perf_counter() - started, "processor": time.process_time() - used,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}}))
"""


def main() -> int:
    """Measure, print, and fail when a promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--first", type=int, default=70, help="Files that are read for real.")
    arguments = parser.parse_args()
    print(calibration.line(10))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sessions = make_sessions(folder)
        found = measure(folder, sessions, arguments.files, arguments.first)
        print_large_folder(folder)
    held = all(found[name] <= most for name, most in PROMISED.items())
    print("promises hold" if held else f"promised: {PROMISED}")
    return int(not held)


def measure(folder: Path, sessions: tuple[Path, Path], files: int, first: int) -> dict[str, float]:
    """Print the times of projects and checks, and return those that are promised."""
    read = link(folder / "first" / "nwb", sessions, first)
    unread = project(read)
    said = f"{first} files read, {1000 * unread['processor'] / first:.0f} ms of processor each"
    print(f"Project, first time: {said}, {unread['memory']:.0f} MB")
    judged = link(folder / "judged" / "nwb", sessions, IMAGED)
    check(judged)
    memories = []
    for number in (FEW, files):
        many = link(folder / str(number) / "nwb", sessions, number)
        know(many, read, judged)
        known = project(many)
        memories.append(known["memory"])
        print(
            f"Project, second time: {number} files, {known['seconds']:.1f} s, {known['memory']:.0f} MB, {known['rows']}"
        )
        print(f"check --changed: {number} files, {check(many)}")
    return {
        "ms a file, first": 1000 * unread["processor"] / first,
        "s, second": known["seconds"],
        "memory, MB more": memories[1] - memories[0],
    }


def make_sessions(folder: Path) -> tuple[Path, Path]:
    """Convert two sample sessions: one of behavior, one with two planes."""
    run = [sys.executable, "-m", "nwbgate"]
    subprocess.run([*run, "sample", "visual-behavior", str(folder / "release")], check=True, capture_output=True)
    output = folder / "converted"
    convert = [*run, "convert", "visual-behavior", str(folder / "release"), "--output", str(output)]
    subprocess.run([*convert, "--sessions", "1900011001,1900011401"], check=True, capture_output=True)
    (behavior,) = output.rglob("*1900011401*.nwb")
    (imaged,) = output.rglob("*1900011001*.nwb")
    return behavior, imaged


def link(folder: Path, sessions: tuple[Path, Path], number: int) -> Path:
    """Return a folder with links to the sessions, in a hundred folders."""
    for place in range(number):
        source = sessions[place % IMAGED == 0]
        path = folder / f"sub-{place % 100}" / f"sub-{place % 100}_ses-{place}_{source.name.rpartition('_')[2]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, path)
    time.sleep(2.5)  # a file that changed just now is not kept, and a link changes it
    return folder


def know(many: Path, *known: Path) -> None:
    """Write into a folder's cache what reading and judging its files would have written."""
    from nwbgate.cache.folder_cache import FolderCache

    cache = FolderCache(many)
    paths = sorted(many.rglob("*.nwb"), key=lambda path: int(path.name.split("-")[2].split("_")[0]))
    stamps = cache.stamps(paths)
    for (kind, version, imaged), content in kept(known).items():
        for place, path in enumerate(paths):
            if (place % IMAGED == 0) == imaged:
                cache.keep(kind, version, path, stamps[path], with_own_ids(kind, content, place))
    cache.save()


def kept(folders: tuple[Path, ...]) -> dict[tuple[str, str, bool], object]:
    """Return the entries of the first two files of folders, by kind, version and session."""
    found = {}
    for folder in folders:
        with closing(sqlite3.connect(folder / ".nwbgate-facts.sqlite")) as database:
            for kind, file, version, content in database.execute("SELECT kind, file, version, content FROM entries"):
                imaged = b"_behavior+image+ophys" in file
                found.setdefault((kind, version, imaged), json.loads(zlib.decompress(content)))
    return found


def with_own_ids(kind: str, content: object, place: int) -> object:
    """Return content with the ids of one file."""
    if kind != "facts":
        return content
    return {
        table: {
            name: [own_id(value, place) for value in values] if name in IDS else values
            for name, values in columns.items()
        }
        for table, columns in content.items()
    }


def own_id(value: object, place: int) -> object:
    """Return an id that no other file has."""
    if isinstance(value, int):
        return value + 1000 * place
    return f"{value}-{place}" if value else value


def project(folder: Path) -> dict:
    """Return what a fresh process says of all tables of a project."""
    done = subprocess.run([sys.executable, "-c", PROJECT, str(folder)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def check(folder: Path) -> str:
    """Return time and result of the command line, in a fresh process."""
    command = [sys.executable, "-m", "nwbgate", "check", str(folder), "--changed", "--no-inspector"]
    started = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    counted = [line for line in done.stdout.splitlines() if "judged now" in line]
    return f"{seconds:.1f} s: {counted[0] if counted else done.stdout.splitlines()[-1]}"


def print_large_folder(folder: Path, files: int = 10_000, writes: int = 500) -> None:
    """Print the time of writing into one folder of many files, and of listing it, beside folders of few."""
    from nwbgate.reading.projects.files import ProjectFiles
    from nwbgate.storage.safe_files.atomic import write_whole

    source = folder / "source"
    source.write_bytes(b"x")
    one, several = folder / "one", folder / "several"
    for place in range(files):
        for path in (one / f"{place}.nwb", several / str(place % 100) / f"{place}.nwb"):
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, path)
    for name, parent in (("one folder", one), ("100 folders", several / "0")):
        started = time.perf_counter()
        for place in range(writes):
            write_whole(parent / f"new-{place}.nwb", [b"x"])
        written = time.perf_counter() - started
        started = time.perf_counter()
        listed = len(ProjectFiles(one if parent == one else several, cache=False).paths)
        listing = time.perf_counter() - started
        said = f"a new file in {1000 * written / writes:.2f} ms; {listed} listed in {listing:.2f} s"
        print(f"{files} files in {name}: {said}")


if __name__ == "__main__":
    sys.exit(main())
