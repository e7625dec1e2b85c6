"""One 60 s recording at 40 kHz, converted, verified and checked, against NeuroConv's own run_conversion alone.

Promised: less than 1.0 s of wall time after imports, on two idle cores. Each conversion is the first of its process, as
it is for a person who converts one recording.
"""

import argparse
import contextlib
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from apparatus import calibration
from apparatus.claims import Claim, report

from nwbgate import convert_session
from nwbgate.gate.written_file import WrittenCheck  # imported here, so that its import is not measured
from nwbgate.interfaces.dataset_ii import DatasetIIConverter
from nwbgate.samples.dataset_ii import make_recording

with contextlib.suppress(ImportError):  # NWB Inspector imports it within a check, where dandi is installed
    import dandischema.models  # noqa: F401

PROMISED = 1.0


def ours(source: Path, path: Path) -> float:
    """Convert with nwbgate, read back, validate, inspect and judge by rules; return the seconds."""
    started = time.perf_counter()
    convert_session(DatasetIIConverter.from_file(source), path, check=WrittenCheck(path))
    return time.perf_counter() - started


def theirs(source: Path, path: Path) -> float:
    """Convert with NeuroConv: written, and that is all. Return the seconds it takes."""
    started = time.perf_counter()
    DatasetIIConverter.from_file(source).run_conversion(nwbfile_path=path)
    return time.perf_counter() - started


def main() -> int:
    """Convert with both in turn, each in a fresh process; print medians; fail when the promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short recording, once: to see that the benchmark runs")
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    seconds, repetitions = (5.0, 1) if arguments.quick else (60.0, arguments.repetitions)
    print(calibration.line(10 if arguments.quick else 100))
    fresh = ProcessPoolExecutor(
        1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=warnings.simplefilter,
        initargs=("ignore",),
        max_tasks_per_child=1,
    )
    took: dict[str, list[float]] = {"nwbgate": [], "NeuroConv": []}
    with tempfile.TemporaryDirectory() as folder, fresh:
        source = make_recording(Path(folder) / "103991.h5", seconds=seconds)
        for repetition in range(repetitions):
            for name, convert in (("nwbgate", ours), ("NeuroConv", theirs)):
                path = Path(folder) / f"{name}-{repetition}.nwb"
                took[name].append(fresh.submit(convert, source, path).result())
        print(f"source: {source.stat().st_size / 1e6:.1f} MB, {seconds:g} s at 40 kHz; load {os.getloadavg()[0]:.1f}")
    for name, values in took.items():
        print(f"{name:10} {statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f})")
    ratio = statistics.median(peer / own for own, peer in zip(took["nwbgate"], took["NeuroConv"], strict=True))
    claims = [
        Claim("a recording of 60 s, converted and checked", statistics.median(took["nwbgate"]), "s", most=PROMISED),
        Claim("NeuroConv, which neither reads back nor checks, takes as long", ratio, "times"),
    ]
    return report(claims, judged=not arguments.quick)


if __name__ == "__main__":
    sys.exit(main())
