"""How long one recording takes to be measured: 60 s at 40 kHz, every metric, in this process.

Claim: below 2 s on an idle core. The file is made and converted first; opening and reading it is part of the time.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
from apparatus import calibration
from apparatus.claims import Claim, report

import nwbgate
from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.samples.dataset_ii import make_recording

SECONDS, RATE, RUNS, CLAIM = 60.0, 40_000.0, 5, 2.0


def measured(path: Path) -> tuple[float, float, int]:
    """Seconds by the clock and of computing that one measurement takes, and how many numbers it has."""
    start, computing = time.perf_counter(), time.process_time()
    with nwbgate.open(path) as recording:
        found = nwbgate.qc.measure(recording)
    return time.perf_counter() - start, time.process_time() - computing, int(found["value"].notna().sum())


def main() -> int:
    """Measure one recording several times, print the median, and fail when the claim does not hold."""
    print(calibration.line())
    with tempfile.TemporaryDirectory() as temporary:
        source = make_recording(Path(temporary, "100001.h5"), seconds=SECONDS, sampling_rate=RATE, seed=1)
        convert_batch("dataset_ii", [source], Path(temporary, "nwb"))
        path = next(Path(temporary, "nwb").glob("sub-*/*.nwb"))
        measured(path)  # imports
        runs = [measured(path) for _ in range(RUNS)]
    clock, computing, numbers = (float(np.median(column)) for column in zip(*runs, strict=True))
    print(f"{SECONDS:g} s at {RATE / 1000:g} kHz: {numbers:.0f} numbers")
    claims = [
        Claim("a recording of 60 s at 40 kHz: measured in", clock, "s", most=CLAIM),
        Claim("a recording of 60 s at 40 kHz: computing", computing, "s"),
    ]
    return report(claims)


if __name__ == "__main__":
    raise SystemExit(main())
