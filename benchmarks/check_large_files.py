"""Time and memory of `nwbgate check` on files of many series, tables and sweeps, against `nwbinspector`.

Claim: schema, NWB Inspector and our own rules together take no more time than `nwbinspector` alone on the same file,
and less than 300 MB. Each is run as a user runs it, with a warm page cache.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from apparatus import compiled_sources
from apparatus.claims import Claim, report
from hdmf.common import DynamicTable, VectorData
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.epoch import TimeIntervals
from pynwb.file import Subject
from pynwb.icephys import CurrentClampSeries, CurrentClampStimulusSeries

SERIES, TABLES, SWEEPS, MEGABYTES = 1500, 400, 750, 300
BIN = Path(sys.executable).parent


def session(number: int) -> NWBFile:
    """Return a session without anything recorded."""
    return NWBFile(
        session_description="a session of a benchmark", identifier=f"benchmark-{number}", session_id=f"s{number}",
        session_start_time=datetime(2020, 1, 1, tzinfo=UTC), experimenter=["Doe, Jane"], institution="an institution",
        experiment_description="a benchmark", keywords=["benchmark"],
        subject=Subject(subject_id="m1", species="Mus musculus", sex="M", age="P90D", description="a mouse"),
    )  # fmt: skip


def many_series() -> NWBFile:
    """Return a session of 1,500 series, each with timestamps of its own."""
    random, nwbfile = np.random.default_rng(0), session(0)
    for number in range(SERIES):
        times = np.arange(200) / 10 + random.uniform(0, 1e-3, 200)
        nwbfile.add_acquisition(
            TimeSeries(
                name=f"series_{number}", data=random.normal(size=200), timestamps=times, unit="V", description="noise"
            )
        )
    return nwbfile


def many_tables() -> NWBFile:
    """Return a session of 400 tables, half of them of intervals."""
    random, nwbfile = np.random.default_rng(0), session(1)
    module = nwbfile.create_processing_module("behavior", "tables of a benchmark")
    for number in range(TABLES // 2):
        starts = np.sort(random.uniform(0, 100, 50))
        table = TimeIntervals(
            name=f"intervals_{number}", description="intervals",
            columns=[
                VectorData(name="start_time", description="start", data=starts),
                VectorData(name="stop_time", description="stop", data=starts + 0.5),
                VectorData(name="kind", description="kind", data=["a", "b"] * 25),
            ],
        )  # fmt: skip
        nwbfile.add_time_intervals(table)
        values = VectorData(name="value", description="a value", data=random.normal(size=50))
        module.add(DynamicTable(name=f"table_{number}", description="values", columns=[values]))
    return nwbfile


def many_sweeps() -> NWBFile:
    """Return a session of 750 sweeps: a stimulus, its response, and the row that refers to both."""
    random, nwbfile = np.random.default_rng(0), session(2)
    amplifier = nwbfile.create_device("amplifier", description="an amplifier")
    pipette = nwbfile.create_icephys_electrode("pipette", description="a pipette", device=amplifier, cell_id="c1")
    for number in range(SWEEPS):
        sampling = {"electrode": pipette, "gain": 1.0, "rate": 1e4, "starting_time": float(number)}
        stimulus = CurrentClampStimulusSeries(
            name=f"stimulus_{number}", data=random.normal(0, 1e-12, 200), description="a current", **sampling
        )
        response = CurrentClampSeries(
            name=f"response_{number}", data=random.normal(-0.07, 1e-3, 200), description="a potential", **sampling
        )
        nwbfile.add_intracellular_recording(electrode=pipette, stimulus=stimulus, response=response)
    return nwbfile


def measured(command: list[str]) -> tuple[float, float]:
    """Return the seconds of processor and the megabytes that a command takes, with its workers."""
    began = os.times()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        most = max(most, resident(process.pid))
        time.sleep(0.05)
    ended = os.times()
    return ended.children_user + ended.children_system - began.children_user - began.children_system, most


def resident(pid: int) -> float:
    """Return the megabytes that a process and the children of it hold for themselves."""
    total = 0.0
    waiting = [pid]
    while waiting:
        each = waiting.pop()
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
            waiting += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
        except (OSError, ValueError):
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return total


def main() -> int:
    """Print both times and the memory for each file; fail where the claim is false."""
    compiled_sources.compile_package()
    claims = []
    with tempfile.TemporaryDirectory() as folder:
        made_files = {"1,500 series": many_series, "400 tables": many_tables, "750 sweeps": many_sweeps}
        for name, made in made_files.items():
            path = Path(folder) / made.__name__ / "sub-m1" / "sub-m1_ses-s0.nwb"
            path.parent.mkdir(parents=True)
            with NWBHDF5IO(path, "w") as io:
                io.write(made())
            theirs, _ = measured([str(BIN / "nwbinspector"), str(path), "--config", "dandi"])
            ours, memory = measured([str(BIN / "nwbgate"), "check", str(path), "--jobs", "1"])
            print(f"{name}: nwbgate {ours:.1f} s, nwbinspector {theirs:.1f} s of processor", flush=True)
            claims.append(Claim(f"{name}: NWB Inspector alone computes as long", theirs / ours, "times", least=1))
            claims.append(Claim(f"{name}: memory", memory, "MB", most=MEGABYTES))
    return report(claims)


if __name__ == "__main__":
    sys.exit(main())
