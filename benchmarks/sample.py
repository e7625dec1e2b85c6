"""How long six sample recordings take: the whole process, against only writing as many random numbers with h5py.

Claim: `nwbgate sample dataset-ii DIR` makes six recordings of 60 s at 40 kHz in under 10 s, start of Python included.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np
from apparatus import calibration
from apparatus.claims import Claim, report

RECORDINGS, SECONDS, SAMPLING_RATE = 6, 60, 40_000
CLAIM = 10.0


def made(folder: Path) -> float:
    """Seconds that the command takes, from the start of the process to its end."""
    command = [sys.executable, "-m", "nwbgate", "sample", "dataset-ii", str(folder)]
    sizes = ["--recordings", str(RECORDINGS), "--seconds", str(SECONDS), "--sampling-rate", str(SAMPLING_RATE)]
    start = time.perf_counter()
    subprocess.run([*command, *sizes], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def floor(folder: Path) -> float:
    """Seconds that it takes to draw the two voltage traces of each recording and to write them, and nothing else."""
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    for recording in range(RECORDINGS):
        with h5py.File(folder / f"{recording}.h5", "w") as file:
            for trace in ("ephys_raw", "ephys_baseline_subtracted"):
                file[trace] = rng.standard_normal(SECONDS * SAMPLING_RATE)
    return time.perf_counter() - start


def main() -> int:
    """Measure three times, print the medians, and fail when the claim does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for run in range(3):
            here = Path(folder, str(run))
            Path(here, "floor").mkdir(parents=True)
            runs.append((made(here / "made"), floor(here / "floor")))
        command, bare = np.median(runs, axis=0)
    print(calibration.line())
    what = f"{RECORDINGS} x {SECONDS} s at {SAMPLING_RATE} Hz"
    return report(
        [
            Claim(f"{what}: made in", command, "s", most=CLAIM),
            Claim(f"{what}: as long as only writing random numbers", command / bare, "times"),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
