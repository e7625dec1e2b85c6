"""write_nwb against NeuroConv's default configure_and_write_nwbfile: an NWBFile of noisy float64 traces in memory.

Promised: 12 times faster without verification, 10 times with it, 8 times with it on one thread, and no larger.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from apparatus import calibration
from apparatus.claims import Claim, report
from neuroconv.tools.nwb_helpers import configure_and_write_nwbfile
from pynwb import NWBFile, TimeSeries

from nwbgate import write_nwb

PROMISED = {"not verified": 12.0, "verified": 10.0, "verified, one thread": 8.0}


def fluorescence(frames: int, rois: int) -> np.ndarray:
    """Return raw dF/F, float64 of shape (frames, rois): means of photon counts over drifting baselines."""
    rng = np.random.default_rng(1)
    pixels = rng.integers(40, 220, rois)
    baseline = rng.uniform(60, 400, rois) * (1 + 0.1 * np.sin(np.linspace(0, 9, frames))[:, None])
    counts = rng.poisson(baseline * pixels)
    return np.asarray(counts / pixels / baseline - 1)


def voltage(samples: int) -> np.ndarray:
    """Return a cell-attached voltage in volt, float64: noise and drift around -60 mV."""
    rng = np.random.default_rng(2)
    drift = np.cumsum(rng.normal(0, 2e-7, samples))
    return np.asarray(-0.06 + drift + rng.normal(0, 3e-4, samples))


def session(megabytes: int) -> NWBFile:
    """Return an NWBFile of which one half is dF/F and the other half is voltage."""
    half = megabytes * 1_000_000 // 16
    nwbfile = NWBFile("benchmark", "benchmark", datetime(2020, 1, 1, tzinfo=UTC))
    dff = fluorescence(half // 89, 89)
    nwbfile.add_acquisition(TimeSeries(name="dff", data=dff, rate=31.0, unit="n.a."))
    nwbfile.add_acquisition(TimeSeries(name="voltage", data=voltage(half), rate=40000.0, unit="volts"))
    return nwbfile


def timed(write: Callable[[Path], object], path: Path) -> float:
    """Return the seconds that writing to `path` takes."""
    started = time.perf_counter()
    write(path)
    return time.perf_counter() - started


def writers(ours: NWBFile, theirs: NWBFile) -> dict[str, Callable[[Path], object]]:
    """Return what is compared; NeuroConv has an NWBFile of its own, for it can write one only once."""
    return {
        "NeuroConv": lambda path: configure_and_write_nwbfile(theirs, path, backend="hdf5"),
        "not verified": lambda path: write_nwb(ours, path, threads=2, verify=False),
        "verified": lambda path: write_nwb(ours, path, threads=2),
        "verified, one thread": lambda path: write_nwb(ours, path, threads=1),
    }


def main() -> int:
    """Write with each writer in turn, several times; fail when a median of the ratios is too small."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small file, once: to see that the benchmark runs")
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    megabytes, repetitions = (20, 1) if arguments.quick else (200, arguments.repetitions)
    print(calibration.line(10 if arguments.quick else 100))
    seconds: dict[str, list[float]] = {}
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repetitions):
            for name, write in writers(session(megabytes), session(megabytes)).items():
                path = Path(folder) / "benchmark.nwb"
                seconds.setdefault(name, []).append(timed(write, path))
                sizes[name] = path.stat().st_size
                path.unlink()
    claims = []
    for name, times in seconds.items():
        print(f"{name}: {statistics.median(times):.3f} s, {megabytes / statistics.median(times):.0f} MB/s")
        if name in PROMISED:
            ratio = statistics.median(peer / own for peer, own in zip(seconds["NeuroConv"], times, strict=True))
            claims.append(
                Claim(f"{megabytes} MB, {name}: NeuroConv takes as long", ratio, "times", least=PROMISED[name])
            )
    size = sizes["verified"] / sizes["NeuroConv"]
    return report([*claims, Claim("size, of NeuroConv's", size, most=1)], judged=not arguments.quick)


if __name__ == "__main__":
    raise SystemExit(main())
