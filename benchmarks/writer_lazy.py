"""write_nwb against NeuroConv's default writer: 2 GB of float64 traces in an HDF5 file, never read whole.

Promised: 8 times faster, verified, with a peak memory of less than 150 MB over that of the imports. NeuroConv reads the
source through its own SliceableDataChunkIterator. Each writer runs in a process of its own, so that peaks can be told.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
from apparatus import calibration
from apparatus.claims import Claim, report

WIDTH = 150
PROMISED_RATIO, PROMISED_MEMORY = 8.0, 150.0


def make_source(path: Path, megabytes: int) -> None:
    """Write noisy traces, float64 of shape (frames, 150), contiguous and not compressed."""
    frames = megabytes * 1_000_000 // (8 * WIDTH)
    rng = np.random.default_rng(0)
    baseline = rng.uniform(4000, 40000, WIDTH)
    with h5py.File(path, "w") as file:
        traces = file.create_dataset("traces", (frames, WIDTH), "f8")
        for start in range(0, frames, 50_000):
            length = min(50_000, frames - start)
            drift = 1 + 0.1 * np.sin(np.arange(start, start + length) / 40_000)[:, None]
            traces[start : start + length] = rng.poisson(baseline * drift) / (baseline * drift) - 1


def run(writer: str, source: Path, target: Path) -> dict[str, float]:
    """Write once, in this process; return seconds, bytes and how far the peak of memory lies over the imports."""
    from neuroconv.tools.hdmf import SliceableDataChunkIterator
    from neuroconv.tools.nwb_helpers import configure_and_write_nwbfile
    from pynwb import NWBFile, TimeSeries

    from nwbgate import write_nwb

    imported = memory("VmRSS")
    with h5py.File(source) as file:
        data = file["traces"] if writer == "ours" else SliceableDataChunkIterator(data=file["traces"])
        nwbfile = NWBFile("benchmark", "benchmark", datetime(2020, 1, 1, tzinfo=UTC))
        nwbfile.add_acquisition(TimeSeries(name="dff", data=data, rate=31.0, unit="n.a."))
        started = time.perf_counter()
        if writer == "ours":
            write_nwb(nwbfile, target, threads=2)
        else:
            configure_and_write_nwbfile(nwbfile, target, backend="hdf5")
        seconds = time.perf_counter() - started
    return {"seconds": seconds, "bytes": target.stat().st_size, "peak_mb": memory("VmHWM") - imported}


def memory(field: str) -> float:
    """Return a memory figure of this process in MB; getrusage would give the peak of the parent process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def measured(writer: str, source: Path, target: Path) -> dict[str, float]:
    """Run one writer in a process of its own and return what it measured."""
    command = [sys.executable, __file__, "--writer", writer, "--source", str(source), "--target", str(target)]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    target.unlink()
    return dict(result)


def main() -> int:
    """Write with both in turn, several times; print the median of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small file, once: to see that the benchmark runs")
    parser.add_argument("--repetitions", type=int, default=3)
    for name in ("writer", "source", "target"):
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.writer:
        print(json.dumps(run(arguments.writer, Path(arguments.source), Path(arguments.target))))
        return 0
    megabytes, repetitions = (20, 1) if arguments.quick else (2000, arguments.repetitions)
    print(calibration.line(10 if arguments.quick else 100))
    runs: dict[str, list[dict[str, float]]] = {"NeuroConv": [], "ours": []}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.h5"
        make_source(source, megabytes)
        for _ in range(repetitions):
            for writer, results in runs.items():
                results.append(measured(writer, source, Path(folder) / "target.nwb"))
    for writer, results in runs.items():
        seconds = statistics.median(result["seconds"] for result in results)
        print(f"{writer}: {seconds:.2f} s, {megabytes / seconds:.0f} MB/s")
    pairs = zip(runs["NeuroConv"], runs["ours"], strict=True)
    ratio = statistics.median(peer["seconds"] / own["seconds"] for peer, own in pairs)
    peak = max(result["peak_mb"] for result in runs["ours"])
    claims = [
        Claim(f"{megabytes} MB, verified: NeuroConv takes as long", ratio, "times", least=PROMISED_RATIO),
        Claim("memory over that of the imports", peak, "MB", most=PROMISED_MEMORY),
        Claim("size, of NeuroConv's", runs["ours"][0]["bytes"] / runs["NeuroConv"][0]["bytes"]),
    ]
    return report(claims, judged=not arguments.quick)


if __name__ == "__main__":
    raise SystemExit(main())
