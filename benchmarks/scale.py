"""A whole release, resumed: nothing to do for thousands of sessions that are converted already.

The number of sessions is that of the Visual Behavior 2P release. Sources are hard links to one small recording, so that
the disk holds them; a few sessions are converted for real, and the others get a copy of such a file and the line in the
ledger that its conversion would have written. Then `nwbgate convert` is run on all of it, as a user would. Promised:
everything decided within 10 s of processor, imports included, and no more than 100 MB more memory than for one session.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from apparatus import calibration

SESSIONS, REAL = 4787, 3
PROMISED = {"seconds of processor": 10.0, "memory, MB": 100.0}


def make(folder: Path, sessions: int) -> None:
    """Write sources, convert a few, and let the others look converted."""
    from nwbgate.conversion.batches import ledger
    from nwbgate.conversion.batches.batch import convert_batch, prepare
    from nwbgate.conversion.batches.done_sessions import DoneSessions
    from nwbgate.conversion.batches.outcome import SessionStatus
    from nwbgate.samples.dataset_ii import make_recordings

    (source,) = make_recordings(folder / "one", recordings=1, seconds=2.0, sampling_rate=4000.0)
    (folder / "sources").mkdir()
    for number in range(sessions):
        os.link(source, folder / "sources" / f"{100_000 + number}.h5")
    output = folder / "nwb"
    few = sorted((folder / "sources").iterdir())[:REAL]
    first = convert_batch("dataset_ii", few, output)[0]
    assert first.status == SessionStatus.CONVERTED, first.reason
    tasks = prepare("dataset_ii", [folder / "sources"], output)
    done = DoneSessions(tasks)
    for task in tasks:
        subject = task.plan.metadata["Subject"]["subject_id"]
        path = output / f"sub-{subject}" / f"sub-{subject}_ses-{task.plan.session_id}_ecephys+ophys.nwb"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            os.link(first.path, path)
        outcome = replace(
            first, number=task.number, session_id=task.plan.session_id, path=path, sources=task.plan.sources
        )
        with (output / ledger.FILE_NAME).open("a", encoding="utf-8") as stream:  # as `ledger.append`, without fsync
            stream.write(json.dumps({**ledger.entry(output, outcome), **done.facts(outcome)}, sort_keys=True) + "\n")


def run(sources: Path, output: Path) -> dict[str, float]:
    """Resume a conversion by the command line and return wall time (s), processor time (s) and memory (MB)."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "nwbgate", "convert", "dataset-ii", str(sources), "--output", str(output)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
    skipped = sum(line.split()[1:2] == ["skipped"] for line in done.stdout.splitlines())
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"sessions": skipped, "seconds": seconds, "processor": used, "memory": after.ru_maxrss / 1024}


def main() -> int:
    """Measure one session and all, and fail when a promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    arguments = parser.parse_args()
    print(calibration.line(10))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder, arguments.sessions)
        one = run(sorted((folder / "sources").iterdir())[0], folder / "nwb")
        every = run(folder / "sources", folder / "nwb")
        shutil.rmtree(folder / "sources")
    for found in (one, every):
        print(
            f"{found['sessions']:.0f} sessions up to date: {found['seconds']:.1f} s, {found['processor']:.1f} s of"
            f" processor, {found['memory']:.0f} MB"
        )
    each = (every["processor"] - one["processor"]) / max(arguments.sessions - 1, 1)
    print(f"each session more: {1000 * each:.2f} ms of processor")
    held = every["sessions"] == arguments.sessions
    held &= every["processor"] <= PROMISED["seconds of processor"]
    held &= every["memory"] - one["memory"] <= PROMISED["memory, MB"]
    print("promises hold" if held else f"promised: {PROMISED}")
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
