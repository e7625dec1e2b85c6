"""Comparing two large NWB files: nwbgate against h5py, which reads both files and compares them block by block.

Promised: a pair of 1 GB files in less than 10 s and 300 MB, whether equal to the byte or compressed differently.
"""

import argparse
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

from nwbgate import write_nwb

SECONDS, MEGABYTES = 10.0, 300.0
OURS = """
import sys, nwbgate
print(nwbgate.diff(*sys.argv[1:]).equal)
"""
#: A child's own peak: that of `os.wait4` counts the memory of the process that started it.
PEAK = """
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
PEER = """
import sys, h5py, numpy as np
with h5py.File(sys.argv[1]) as a, h5py.File(sys.argv[2]) as b:
    one, two = a["acquisition/a/data"], b["acquisition/a/data"]
    step = 1 << 20
    print(all(np.array_equal(one[n:n + step], two[n:n + step]) for n in range(0, len(one), step)))
"""


def make(folder: Path, megabytes: int) -> tuple[Path, Path, Path]:
    """Write a file, a copy that another run wrote, and one in other chunks; return their paths."""
    from pynwb import NWBFile, TimeSeries

    data = np.cumsum(np.random.default_rng(0).normal(size=megabytes * 145_000))
    paths = []
    for name in ("a", "b"):
        nwbfile = NWBFile("made up", "a", datetime(2020, 1, 1, tzinfo=UTC))
        nwbfile.add_acquisition(TimeSeries(name="a", data=data, rate=1.0, unit="1"))
        write_nwb(nwbfile, folder / f"{name}.nwb")
        paths.append(folder / f"{name}.nwb")
    other = folder / "c.nwb"
    other.write_bytes(paths[0].read_bytes())
    with h5py.File(other, "r+") as file:
        attributes = dict(file["acquisition/a/data"].attrs)
        del file["acquisition/a/data"]
        dataset = file.create_dataset(
            "acquisition/a/data", data=data, chunks=(65_536,), compression="gzip", compression_opts=1, shuffle=True
        )
        dataset.attrs.update(attributes)
    return (*paths, other)


def run(code: str, first: Path, second: Path) -> tuple[float, float]:
    """Return wall seconds and peak MB of a fresh process that must find both files equal."""
    start = time.perf_counter()
    child = [sys.executable, "-c", code + PEAK, str(first), str(second)]
    equal, peak = subprocess.run(child, capture_output=True, text=True, check=True).stdout.split()
    assert equal == "True"
    return time.perf_counter() - start, int(peak) / 1024


def main() -> int:
    """Measure both sides; return 1 where the promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1_000, help="about the size of each file")
    megabytes = parser.parse_args().megabytes
    print(calibration.line())
    claims = []
    with tempfile.TemporaryDirectory() as name:
        first, second, other = make(Path(name), megabytes)
        print(f"files of {first.stat().st_size / 1e6:.0f} and {other.stat().st_size / 1e6:.0f} MB")
        for title, pair in (("equal bytes", (first, second)), ("other chunks", (first, other))):
            (ours, memory), (peer, _) = run(OURS, *pair), run(PEER, *pair)
            claims += [
                Claim(f"{title}, {megabytes} MB: compared in", ours, "s", most=SECONDS * megabytes / 1_000),
                Claim(f"{title}, {megabytes} MB: memory", memory, "MB", most=MEGABYTES),
                Claim(f"{title}, {megabytes} MB: h5py takes as long", peer / ours, "times"),
            ]
    return report(claims)


if __name__ == "__main__":
    sys.exit(main())
