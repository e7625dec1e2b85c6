"""How long the whole release takes: a model with measured constants, held against a run of the same code.

The model: a session costs processor time by itself, by its planes and by its bytes, and its bytes come over the network
and from the disk. Workers share the sessions, and fetching overlaps converting. The wall time of a release is therefore
the largest of three times: start and processor time by the workers, bytes by the network, bytes by the disk. The
constants are measured here, on one core:

- a session and a plane, by converting the sessions of the bundled sample, which have hardly any bytes;
- a megabyte, by converting a session of real size;
- fetching and uploading a megabyte, by their digests.

Then made-up sessions are streamed by ``nwbgate convert visual-behavior --fetch`` from a server of this machine,
with and without imaging as in the release, and the prediction is printed beside what was measured. Promised: the
predicted processor time of that run is right within a quarter. ``--sessions 4787`` runs them all, which takes hours on
two cores.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from apparatus import calibration
from apparatus.made_release import make_sessions
from apparatus.realistic_session import SIZES, SMALL, Size, make_session

#: The public release: sessions, imaging planes and files (its tables), bytes (its bucket); size of what is written, of
#: which convert_session.py measures that it is 0.4 of the source.
SESSIONS, PLANES, FILES, SOURCE_BYTES, WRITTEN_BYTES = 4787, 1932, 6015, 1.51e12, 0.6e12
PROMISED = 0.25
#: Workers, network (bytes/s) and disk (bytes/s) of the printed predictions.
PLACES = [
    (1, 125e6, 500e6), (16, 125e6, 500e6), (16, 1.25e9, 2e9), (128, 1.25e9, 2e9), (128, 12.5e9, 20e9),
]  # fmt: skip


@dataclass(frozen=True)
class Load:
    """What there is to do: sessions, planes, bytes read and bytes written."""

    sessions: int
    planes: int
    source_bytes: float
    written_bytes: float


@dataclass(frozen=True)
class Constants:
    """Processor time on one core, in seconds: of a session, a plane, and a byte converted, fetched and uploaded."""

    start: float
    session: float
    plane: float
    converted: float
    fetched: float
    uploaded: float

    def processor(self, load: Load, *, fetch: bool = True, upload: bool = False) -> float:
        """Return the processor time of a load."""
        moved = load.source_bytes * self.fetched * fetch + load.written_bytes * self.uploaded * upload
        return load.sessions * self.session + load.planes * self.plane + load.source_bytes * self.converted + moved

    def wall(self, load: Load, workers: int, network: float, disk: float, *, upload: bool = False) -> dict[str, float]:
        """Return the seconds that processors, network and disk need; the largest is the wall time, with the start.

        Sources are written once and read twice (digest, conversion), files are written and read back; what comes and
        goes over the network shares it.
        """
        over_network = load.source_bytes + load.written_bytes * upload
        over_disk = 3 * load.source_bytes + 2 * load.written_bytes
        return {
            "processors": self.start + self.processor(load, upload=upload) / workers,
            "network": over_network / network,
            "disk": over_disk / disk,
        }


def processor_of(paths: list[Path], target: Path) -> float:
    """Convert and check a session with one thread in this process; return processor seconds.

    Findings do not stop it: the session of real size is made up of noise.
    """
    from nwbgate import convert_session
    from nwbgate.gate.written_file import WrittenCheck
    from nwbgate.interfaces.visual_behavior import VisualBehaviorConverter

    used = time.process_time()
    check = WrittenCheck(target, True).findings
    convert_session(VisualBehaviorConverter.from_files(*paths), target, threads=1, overwrite=True, check=check)
    return time.process_time() - used


def measure(folder: Path, dense: Size) -> Constants:
    """Measure the constants on this machine, that of a byte by a session of some size."""
    from nwbgate.fetching.download import blake2b_of
    from nwbgate.samples.visual_behavior import make_release
    from nwbgate.streaming.multipart import Parts

    made = {path.name.partition(".")[0].rpartition("_")[2]: path for path in make_release(folder / "sample")}
    of_kind = {
        "behavior": [made["1900011401"]], "one": [made["1900011210"]],
        "two": [made["1900011010"], made["1900011012"]],
    }  # fmt: skip
    large = make_session(folder / "large", dense)
    processor_of(of_kind["one"], folder / "first.nwb")  # imports and caches
    small = {
        kind: min(processor_of(paths, folder / f"{kind}.nwb") for _ in range(2)) for kind, paths in of_kind.items()
    }
    size = {kind: sum(path.stat().st_size for path in paths) for kind, paths in (*of_kind.items(), ("large", large))}
    took = processor_of(large, folder / "large.nwb")
    plane = small["two"] - small["one"]
    converted = max(took - small["one"], 0.0) / (size["large"] - size["one"])
    plane = max(plane - (size["two"] - size["one"]) * converted, 0.0)
    session = max(small["behavior"] - size["behavior"] * converted, 0.0)
    with large[0].open("rb") as stream:
        used = time.process_time()
        blake2b_of(stream)
        fetched = 2 * (time.process_time() - used) / size["large"]  # as much again for the socket and the disk
    used = time.process_time()
    written = Parts(folder / "large.nwb").size
    uploaded = 2 * (time.process_time() - used) / written
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", "import nwbgate.conversion.batches.task, nwbgate.validators.file_findings"], check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = 2 * (after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime)  # the command and its fork server
    return Constants(start, session, plane, converted, fetched, uploaded)


def stream(folder: Path, jobs: int, limit: str) -> dict[str, float]:
    """Stream the release of `folder` from a server of this machine; return wall and processor seconds."""
    port = 47_890 + os.getpid() % 1000
    server = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", folder / "web"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    command = [
        sys.executable, "-m", "nwbgate", "convert", "visual-behavior", "--fetch", "--output", folder / "nwb",
        "--scratch", folder / "scratch", "--scratch-limit", limit, "--base-url", f"http://127.0.0.1:{port}",
        "--jobs", str(jobs), "--threads", "1",
    ]  # fmt: skip
    try:
        time.sleep(1)
        started = time.perf_counter()
        with (folder / "said.txt").open("w") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
            used = processor_of_tree(process)
            seconds = time.perf_counter() - started
    finally:
        server.kill()
        server.wait()
    assert process.returncode == 0, (folder / "said.txt").read_text()[-2000:]
    written = sum(path.stat().st_size for path in (folder / "nwb").rglob("*.nwb"))
    return {"wall": seconds, "processor": used, "written": written}


def processor_of_tree(process: "subprocess.Popen[bytes]") -> float:
    """Wait for a process, and return processor seconds of it and all below it, looked at five times a second."""
    used: dict[int, float] = {}
    top = psutil.Process(process.pid)
    while process.poll() is None:
        with suppress(psutil.Error):
            for each in [top, *top.children(recursive=True)]:
                with suppress(psutil.Error):
                    times = each.cpu_times()
                    used[each.pid] = times.user + times.system
        time.sleep(0.2)
    return sum(used.values())


def hours(seconds: float) -> str:
    """Return a time in hours."""
    return f"{seconds / 3600:.2f} h"


def print_predictions(constants: Constants) -> None:
    """Print what the true release takes in some places."""
    load = Load(SESSIONS, PLANES, SOURCE_BYTES, WRITTEN_BYTES)
    size = f"{SESSIONS:,} sessions, {PLANES:,} planes, {SOURCE_BYTES / 1e12:.2f} TB in {FILES:,} files"
    print(f"the release: {size}, written as {WRITTEN_BYTES / 1e12:.1f} TB")
    print(f"its time: {constants.processor(load) / 3600:.1f} h of processor")
    print("workers  network      disk      processors  network    disk       wall time")
    for workers, network, disk in PLACES:
        found = constants.wall(load, workers, network, disk)
        print(
            f"{workers:7d}  {network * 8 / 1e9:5.0f} Gbit/s {disk / 1e9:5.1f} GB/s  "
            + "  ".join(f"{hours(found[name]):>9s}" for name in ("processors", "network", "disk"))
            + f"  {hours(max(found.values())):>9s} ({max(found, key=lambda name: found[name])})"
        )


def main() -> int:
    """Measure the constants, compare one run with its prediction, and predict the release."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--scratch-limit", default="40MB")
    parser.add_argument("--quick", action="store_true", help="measure a byte by a small session: too slow by far")
    arguments = parser.parse_args()
    print(calibration.line(10))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        constants = measure(folder / "constants", (SMALL if arguments.quick else SIZES)["one plane"])
        print(
            f"constants: {constants.session:.2f} s a session, {constants.plane:.2f} s a plane, "
            f"{1e9 * constants.converted:.2f} s/GB converted, {1e9 * constants.fetched:.2f} s/GB fetched, "
            f"{1e9 * constants.uploaded:.2f} s/GB uploaded, {constants.start:.1f} s to start"
        )
        files = make_sessions(folder / "release", arguments.sessions)
        planes = sum("experiment" in path.name for path in files)
        load = Load(arguments.sessions, planes, sum(path.stat().st_size for path in files), 0.0)
        found = stream(folder / "release", arguments.jobs, arguments.scratch_limit)
        expected = constants.start + constants.processor(load)
        print(
            f"{load.sessions} sessions, {load.planes} planes, {load.source_bytes / 1e6:.0f} MB streamed with --jobs "
            f"{arguments.jobs} through {arguments.scratch_limit}: {found['written'] / 1e6:.0f} MB written"
        )
        workers = min(arguments.jobs, os.cpu_count() or 1)
        print(f"  processor: {found['processor']:.0f} s measured, {expected:.0f} s predicted")
        wall = constants.start + constants.processor(load) / workers
        print(f"  wall:      {found['wall']:.0f} s measured, {wall:.0f} s predicted, if the cores are free")
        print_predictions(constants)
    held = abs(expected / found["processor"] - 1) <= PROMISED
    print("the promise holds" if held else f"promised: the processor time within {PROMISED:.0%}")
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
