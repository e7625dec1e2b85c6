"""Reading a session of real size back: nwbgate against PyNWB, and against h5py for the traces.

The session has two planes of 150 cells at 31 Hz for 75 minutes (`realistic_session.py`), converted by nwbgate; its file
is larger than 0.9 GB. Promised: opened in less than 5 ms and 50 times as fast as PyNWB reads it; opened with its small
tables 4 times as fast as PyNWB with ``to_dataframe``; the same in a fresh process twice as fast, and within 0.4 s; all
dF/F of one plane twice as fast as h5py reads it from the same file, and 4 times as fast as from one that NeuroConv
wrote; a peak memory of 530 MB, a third of what AllenSDK holds for one plane; ``session.trials`` over HTTP for less than
3 % of the file; ``import nwbgate`` within 50 ms, and no PyNWB behind ``nwbgate.open``; a fresh process that reads the
trials within 0.4 s, and twice the time of ``import pandas, h5py``. Our modules are compiled, as `pip` leaves them.
Everything is read from the page cache. Both sides of a ratio are measured in turn, in this run. Fresh processes of both
sides do not find pyarrow, an extra that pandas imports where it is installed and that neither side needs.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apparatus import calibration, compiled_sources
from apparatus.claims import Claim, report
from apparatus.range_server import serving
from apparatus.realistic_session import SIZES, SMALL, make_session

TABLES = ("trials", "stimulus_presentations", "licks", "rewards", "running_speed")

#: What a fresh process does: nwbgate's side, and PyNWB's, of the same tables.
COLD = {
    "nwbgate": "import nwbgate\nsession = nwbgate.open(path)\nfor name in tables: getattr(session, name)",
    "PyNWB": """
import pandas as pd
from pynwb import NWBHDF5IO
nwb = NWBHDF5IO(path, "r").read()
nwb.trials.to_dataframe(); nwb.intervals["stimulus_presentations"].to_dataframe()
nwb.events["licks"].to_dataframe(); nwb.events["rewards"].to_dataframe()
speed = nwb.processing["behavior"]["running_speed"]
pd.DataFrame({"timestamps": speed.timestamps[:], "speed": speed.data[:]})""",
}
#: What a fresh process does that wants the trials alone, and the imports that it cannot do without.
TRIALS = {"nwbgate": "import nwbgate\nnwbgate.open(path).trials", "imports": "import pandas, h5py"}
#: What a process does whose memory is measured: all tables and images of the session; all tables and the dF/F of a
#: plane; every stream of the plane, each given back before the next.
MEMORY = {
    "tables and images": """
for name in (*tables, *more, "stimulus_templates"): getattr(session, name)""",
    "tables and dF/F": """
for name in (*tables, *more): getattr(session, name)
plane.cell_specimen_table; plane.motion_correction; plane.max_projection; plane.dff_traces""",
    "every stream in turn": """
for name in ("dff_traces", "corrected_fluorescence_traces", "demixed_traces", "neuropil_traces", "events"):
    getattr(plane, name)
    plane.forget()""",
}
OPENED = """
import nwbgate
session = nwbgate.open(path)
plane = next(iter(session.planes.values()))
more = ("raw_running_speed", "eye_tracking", "task_parameters", "metadata")
"""
PEAK = """
lines = open("/proc/self/status").read().splitlines()
print(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024)"""


def session_file(folder: Path, *, small: bool) -> Path:
    """Return a standard session of two planes, made and converted."""
    from nwbgate import convert_session
    from nwbgate.interfaces.visual_behavior import VisualBehaviorConverter

    size = replace((SMALL if small else SIZES)["one plane"], planes=2)
    sources = make_session(folder, size)
    path = folder / "session.nwb"
    convert_session(VisualBehaviorConverter.from_files(*sources), path, check=False)
    for source in sources:
        source.unlink()
    return path


def neuroconv_file(path: Path, target: Path) -> Path:
    """Return a file in which NeuroConv wrote the dF/F of the first plane."""
    from neuroconv.tools.nwb_helpers import configure_and_write_nwbfile
    from pynwb import NWBFile, TimeSeries

    import nwbgate

    dff = first_plane(nwbgate.open(path)).matrix("dff")
    nwbfile = NWBFile("benchmark", "benchmark", datetime(2020, 1, 1, tzinfo=UTC))
    nwbfile.add_acquisition(TimeSeries(name="dff", data=dff, rate=31.0, unit="n.a."))
    configure_and_write_nwbfile(nwbfile, target, backend="hdf5")
    return target


def first_plane(session: Any) -> Any:
    """Return the first imaging plane of a session."""
    return next(iter(session.planes.values()))


def medians(work: dict[str, Callable[[], Any]], repetitions: int) -> dict[str, float]:
    """Return the median seconds of each piece of work, done in turn; the first round is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for round_ in range(repetitions + 1):
        for name, do in work.items():
            started = time.perf_counter()
            kept = do()
            if round_:
                seconds[name].append(time.perf_counter() - started)
            del kept
    return {name: statistics.median(times) for name, times in seconds.items()}


def in_fresh_process(code: str, path: str | Path) -> str:
    """Run code in a process of its own, with `path` and `tables` given, and return what it printed."""
    begin = f"import sys; sys.modules['pyarrow'] = None; path, tables = {str(path)!r}, {TABLES!r}\n"
    command = [sys.executable, "-W", "ignore", "-c", begin + code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def open_with_pynwb(path: Path) -> Any:
    """Return a file as PyNWB reads it; closed when it is forgotten."""
    from pynwb import NWBHDF5IO

    return NWBHDF5IO(path, "r").read()


def tables_with_nwbgate(path: Path) -> list[Any]:
    """Open a session and read its small tables."""
    import nwbgate

    with nwbgate.open(path) as session:
        return [getattr(session, name) for name in TABLES]


def opened_with_nwbgate(path: Path) -> None:
    """Open a session and close it."""
    import nwbgate

    nwbgate.open(path).close()


def dff_with_nwbgate(path: Path) -> Any:
    """Read all dF/F of one plane."""
    import nwbgate

    with nwbgate.open(path) as session:
        return first_plane(session).matrix("dff")


def all_of(path: Path, place: str) -> Any:
    """Read all of a dataset with h5py."""
    import h5py

    with h5py.File(path) as file:
        return file[place][()]


def bytes_of_trials(path: Path) -> int:
    """Return how many bytes a server sends for ``session.trials`` of a file."""
    import nwbgate

    with serving(path) as (address, sent):
        rows = len(nwbgate.open(address).trials)
        assert rows == len(nwbgate.open(path).trials)
        return sent()


def measured(path: Path, other: Path, repetitions: int) -> list[Claim]:
    """Return what was measured."""
    import h5py

    with h5py.File(path) as file:
        place = f"processing/ophys/DfOverF/{next(iter(file['processing/ophys/DfOverF']))}/data"
        megabytes = file[place].size * 8 / 1e6
    pynwb_tables = compile(COLD["PyNWB"], "PyNWB", "exec")
    opening = medians(
        {"nwbgate": lambda: opened_with_nwbgate(path), "PyNWB": lambda: open_with_pynwb(path)}, repetitions
    )
    tables = medians(
        {"nwbgate": lambda: tables_with_nwbgate(path), "PyNWB": lambda: exec(pynwb_tables, {"path": str(path)})},
        repetitions,
    )
    cold = medians({name: lambda code=code: in_fresh_process(code, path) for name, code in COLD.items()}, repetitions)
    dff = medians(
        {
            "nwbgate": lambda: dff_with_nwbgate(path),
            "h5py": lambda: all_of(path, place),
            "NeuroConv": lambda: all_of(other, "acquisition/dff/data"),
        },
        repetitions,
    )
    peaks = {name: float(in_fresh_process(OPENED + code + PEAK, path)) for name, code in MEMORY.items()}
    share = bytes_of_trials(path) / path.stat().st_size
    import_code = "import time; a = time.perf_counter(); import nwbgate; print(time.perf_counter() - a)"
    importing = statistics.median(float(in_fresh_process(import_code, path)) for _ in range(repetitions))
    without = "import nwbgate, sys; nwbgate.open(path).trials; print('pynwb' in sys.modules)"
    loads_pynwb = in_fresh_process(without, path).strip() == "True"
    trials = medians(
        {name: lambda code=code: in_fresh_process(code, path) for name, code in TRIALS.items()}, repetitions
    )
    return [
        *rows("open", opening, 1e3, "ms", most=5, times={"PyNWB": 50}),
        *rows("open, small tables", tables, 1e3, "ms", times={"PyNWB": 4}),
        *rows("fresh process, small tables", cold, 1, "s", most=0.4, times={"PyNWB": 2}),
        Claim("fresh process, open and trials", trials["nwbgate"], "s", most=0.4),
        Claim("as long as importing pandas and h5py", trials["nwbgate"] / trials["imports"], "times", most=2),
        *rows(f"dF/F of a plane, {megabytes:.0f} MB", dff, 1, "s", times={"h5py": 2, "NeuroConv": 4}),
        *(Claim(f"peak memory, {name}", peak, "MB", most=530) for name, peak in peaks.items()),
        Claim("trials over HTTP", share * 100, "% of the file", most=3),
        Claim("import nwbgate", importing * 1e3, "ms", most=50),
        Claim("open imports PyNWB", float(loads_pynwb), most=0),
    ]


def rows(
    name: str, values: dict[str, float], scale: float, unit: str, *, most: float | None = None, times: dict[str, float]
) -> list[Claim]:
    """Return our value as a claim, and one for the ratio of each peer to it."""
    own = values["nwbgate"]
    ratios = [
        Claim(f"{name}: {other} takes as long", values[other] / own, "times", least=least)
        for other, least in times.items()
    ]
    return [Claim(name, own * scale, unit, most=most), *ratios]


def main() -> int:
    """Make the session, measure, print, and fail when a promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a short session, once: to see that the benchmark runs")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--session", type=Path, help="a standard session that is there already")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    compiled_sources.compile_package()
    print(calibration.line(10 if arguments.small else 100))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        path = arguments.session or session_file(folder, small=arguments.small)
        other = neuroconv_file(path, folder / "neuroconv.nwb")
        found = measured(path, other, 1 if arguments.small else arguments.repetitions)
        print(f"session: {path.stat().st_size / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f}")
    return report(found, judged=not arguments.small)


if __name__ == "__main__":
    sys.exit(main())
