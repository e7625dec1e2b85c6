"""Reading what a rig wrote: a stimulus pickle of 75 minutes to all its tables, a sync file of 100 MB to all its edges.

The pickle is one of protocol 0, as camstim writes it (330,000 frames, 28 MB). The sync file has 12 million rows on
eight lines. Promised: all tables of the pickle within 1.5 s of CPU and 350 MB of memory; all edges within 2 s of CPU
and four times the file in memory. Peer of the pickle: the unpickler of C without a list of allowed names, as others use
it, which is not safe. Each is measured in a process of its own, after imports, from the page cache.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
from apparatus import calibration
from apparatus.claims import Claim, report

from nwbgate.samples.rig.session import SESSIONS
from nwbgate.samples.rig.stimulus_pickle import write_stimulus_pickle

#: Rounds of trials that fill 75 minutes, and rows of the sync file: real size, and a small one for the tests.
SIZES = {"real": (75, 12_000_000), "small": (1, 100_000)}
LINES = 8

TABLES = """
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.tables import event_tables, presentations_table, running_table, trials_table
from nwbgate.interfaces.visual_behavior_rig.tables.task_parameters_table import task_parameters_table
start()
read = StimulusPickle(path)
times = read.frame_times
event_tables.licks_table(read, times), event_tables.rewards_table(read, times)
trials = trials_table.trials_table(read, times, 0.02)
shown = presentations_table.presentations_table(read, times + 0.02, trials, novel_images=[])[0]
running_table.running_table(read, times), task_parameters_table(read)
rows = {"frames": len(times), "trials": len(trials), "presentations": len(shown)}
"""
UNPICKLED = """
import pickle
import numpy as np
start()
with open(path, "rb") as file:
    tree = pickle.load(file, encoding="latin1")
rows = {"keys": len(tree)}
"""
EDGES = """
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile
start()
sync = SyncFile(path)
rows = {"edges": sum(len(sync.edges(line)) for line in sync.lines)}
"""
MEASURED = """
import json, re, sys, time
path = sys.argv[1]
def start():
    global began
    began = time.process_time()
{code}
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024  # maxrss is that of the parent
print(json.dumps({{"cpu": time.process_time() - began, "megabytes": peak, **rows}}))
"""


def write_sync(path: Path, rows: int) -> Path:
    """Write a sync file in which every row changes one of eight lines."""
    rng = np.random.default_rng(0)
    ticks = np.cumsum(rng.integers(10, 60, rows))
    state = np.bitwise_xor.accumulate((1 << rng.integers(0, LINES, rows)).astype(np.uint32))
    labels = [*(f"line_{number}" for number in range(LINES)), *[""] * (32 - LINES)]
    meta = {"ni_daq": {"counter_output_freq": 100000.0, "counter_bits": 32}, "line_labels": labels}
    with h5py.File(path, "w") as file:
        file["data"] = np.stack([(ticks % 2**32).astype(np.uint32), state], axis=1)
        file["meta"] = np.bytes_(repr(meta))
    return path


def measured(code: str, path: Path) -> dict[str, float]:
    """Return CPU seconds after imports and peak megabytes of a process that runs some code on a file."""
    command = [sys.executable, "-c", MEASURED.format(code=code), str(path)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main(size: str) -> int:
    """Measure and print; return 1 where a promise is not kept."""
    rounds, rows = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        stimulus, sync = Path(folder) / "stimulus.pkl", Path(folder) / "sync.h5"
        write_stimulus_pickle(stimulus, replace(SESSIONS[2], rounds=rounds, planes=(), extra_edges=0))
        write_sync(sync, rows)
        tables, plain, edges = measured(TABLES, stimulus), measured(UNPICKLED, stimulus), measured(EDGES, sync)
        megabytes = [path.stat().st_size / 1e6 for path in (stimulus, sync)]
    print(calibration.line(10 if size == "small" else 100))
    print(f"pickle of {megabytes[0]:.1f} MB, all tables: {tables}")
    print(f"  the unpickler alone, not restricted: {plain}")
    print(f"sync file of {megabytes[1]:.1f} MB, all edges: {edges}")
    claims = [
        Claim("all tables of a pickle, computing", tables["cpu"], "s", most=1.5),
        Claim("all tables of a pickle, memory", tables["megabytes"], "MB", most=350),
        Claim("all edges of a sync file, computing", edges["cpu"], "s", most=2),
    ]
    if size != "small":
        claims.append(Claim("all edges, memory, of the file", edges["megabytes"] / megabytes[1], "times", most=4))
    return report(claims)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="real")
    sys.exit(main(parser.parse_args().size))
