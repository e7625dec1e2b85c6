"""A Visual Behavior session of real size, converted and verified, against NeuroConv's default writer of the same data.

Promised, with verification: 200 MB of source per second and core, less than 150 MB of memory over that of the imports,
a file not larger than NeuroConv's, four times its speed; and eight planes in at most 45 % of the size of their files.
Each conversion runs in a fresh process with one thread, by which the promises are judged; ours once more with a thread
for each core, as it is by default. Ours holds each source against the checksum it was published
with, compares the behavior of the planes, reads back what it wrote, and here leaves out only the validators, whose time
is another's (`benchmarks/check_files.py`; ``--check`` adds them). NeuroConv writes the same objects, and that is all.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from apparatus import calibration
from apparatus.claims import Claim, report
from apparatus.realistic_session import SIZES, SMALL, make_session

PROMISED = {"MB/s and core": 200.0, "memory": 150.0, "ratio": 4.0, "share": 0.45}


def run(
    writer: str, sources: list[Path], target: Path, checksums: dict[str, str], *, check: bool, threads: int | None
) -> dict[str, float]:
    """Convert once, in this process; return seconds, processor seconds, bytes, and memory over that of the imports."""
    warnings.simplefilter("ignore")
    from neuroconv.tools.nwb_helpers import configure_and_write_nwbfile

    import nwbgate.validators.file_findings  # noqa: F401  imported here, so that its import is not measured
    from nwbgate import convert_session
    from nwbgate.interfaces.visual_behavior import VisualBehaviorConverter
    from nwbgate.writing import provenance

    imported, started, used = memory("VmRSS"), time.perf_counter(), time.process_time()
    converter = VisualBehaviorConverter.from_files(*sources)
    digested = 0.0
    if writer == "nwbgate":
        if threads == 1:
            provenance.describe(sources, converter.digest_algorithm)  # once for each process: what follows knows them
            digested = time.process_time() - used
        convert_session(converter, target, threads=threads, check=check, checksums=checksums)
    else:
        configure_and_write_nwbfile(converter.create_nwbfile(), target, backend="hdf5")
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    return {
        "seconds": seconds,
        "processor": processor,
        "digested": digested,
        "bytes": target.stat().st_size,
        "memory": memory("VmHWM") - imported,
    }


def memory(field: str) -> float:
    """Return a memory figure of this process in MB; getrusage would give the peak of the parent process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def measured(
    writer: str, sources: list[Path], target: Path, checksums: dict[str, str], check: bool, threads: int | None = 1
) -> dict[str, float]:
    """Convert in a process of its own and return what it measured."""
    order = {"writer": writer, "sources": [str(path) for path in sources], "target": str(target), "check": check}
    command = [sys.executable, __file__, "--order", json.dumps(order | {"checksums": checksums, "threads": threads})]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    target.unlink()
    return dict(json.loads(result.stdout.splitlines()[-1]))


def compared(name: str, sources: list[Path], folder: Path, *, repetitions: int, check: bool) -> list[Claim]:
    """Convert the files of a session with both in turn, print the medians and return the claims."""
    size = sum(path.stat().st_size for path in sources)
    checksums = {path.name: f"blake2b:{_blake2b(path)}" for path in sources}
    runs: dict[str, list[dict[str, float]]] = {"NeuroConv": [], "nwbgate": []}
    for _ in range(repetitions):
        for writer, results in runs.items():
            results.append(measured(writer, sources, folder / f"{writer}.nwb", checksums, check))
    threaded = [
        measured("nwbgate", sources, folder / "nwbgate.nwb", checksums, check, None) for _ in range(repetitions)
    ]
    best = {writer: min(results, key=lambda one: one["seconds"]) for writer, results in runs.items()}
    print(f"{name}: {len(sources)} files, {size / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f}")
    for writer, one in best.items():
        print(
            f"  {writer:9}  {one['seconds']:6.2f} s, {size / 1e6 / one['seconds']:4.0f} MB/s;"
            f" {one['processor']:6.2f} s of processor, {size / 1e6 / one['processor']:4.0f} MB/s and core;"
            f" memory +{max(result['memory'] for result in runs[writer]):.0f} MB;"
            f" {one['bytes'] / 1e6:.0f} MB, {one['bytes'] / size:.1%} of the source"
        )
    ours, theirs = best["nwbgate"], best["NeuroConv"]
    ratio = min(theirs[clock] / ours[clock] for clock in ("seconds", "processor"))
    seconds = min(one["seconds"] for one in threaded)
    print(
        f"  with a thread for each core {seconds:.2f} s, {theirs['seconds'] / seconds:.1f} times as fast as NeuroConv,",
        end=" ",
    )
    print(f"+{max(one['memory'] for one in threaded):.0f} MB")
    print(f"  {ours['digested']:.2f} s of processor are the checksums of the source, ", end="")
    print(f"without which it is {size / 1e6 / (ours['processor'] - ours['digested']):.0f} MB/s and core")
    claims = [
        Claim(f"{name}, one thread: source for each second of processor", size / 1e6 / ours["processor"], "MB",
              least=PROMISED["MB/s and core"]),
        Claim(f"{name}: memory over that of the imports", ours["memory"], "MB", most=PROMISED["memory"]),
        Claim(f"{name}, one thread: NeuroConv, which reads nothing back, takes as long", ratio, "times",
              least=PROMISED["ratio"]),
        Claim(f"{name}: size, of NeuroConv's", ours["bytes"] / theirs["bytes"], most=1),
    ]  # fmt: skip
    if len(sources) > 1:
        claims.append(Claim(f"{name}: size, of the source", ours["bytes"] / size, most=PROMISED["share"]))
    return claims


def _blake2b(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def main() -> int:
    """Make each session, convert it with both, and fail when a promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="short sessions, once: to see that the benchmark runs")
    parser.add_argument("--session", choices=list(SIZES), help="only this one")
    parser.add_argument("--check", action="store_true", help="validate and inspect each file, too")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--order", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.order:
        order = json.loads(arguments.order)
        sources, target = [Path(path) for path in order["sources"]], Path(order["target"])
        options = {name: order[name] for name in ("check", "threads")}
        print(json.dumps(run(order["writer"], sources, target, order["checksums"], **options)))
        return 0
    print(calibration.line(10 if arguments.small else 100))
    claims = []
    for name, size in (SMALL if arguments.small else SIZES).items():
        if arguments.session in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                sources = make_session(Path(folder), size)
                repetitions = 1 if arguments.small else arguments.repetitions
                claims += compared(name, sources, Path(folder), repetitions=repetitions, check=arguments.check)
    if arguments.small:
        print("too short for the promises: most of it is making the objects of the file")
    return report(claims, judged=not arguments.small)


if __name__ == "__main__":
    sys.exit(main())
