"""A rig session of real size, converted and verified: behavior alone, one plane, and several planes.

75 minutes; each plane has five arrays of 150 cells at 31 Hz (167 MB each). Promised, with one thread: 200 MB of source
per second of processor, less than 350 MB of memory more than for the behavior alone, a session of behavior alone within
6 s of processor, and n planes within n times what one takes beside the behavior. Each conversion runs in a process of
its own; the validators are left out, whose time is another's (`benchmarks/check_files.py`).
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path

from apparatus import calibration
from apparatus.claims import Claim, report

PROMISED = {"MB/s and core": 200.0, "memory": 350.0, "behavior": 6.0}


def memory(field: str) -> float:
    """Return a memory figure of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def make(folder: Path, *, planes: int, rounds: int, rois: int) -> list[Path]:
    """Write a session and return its facts."""
    from nwbgate.samples.rig.session import SESSIONS
    from nwbgate.samples.rig.sessions_folder import make_session

    single = next(session for session in SESSIONS if session.folder == "ophys_single_plane")
    first = single.planes[0]
    all_planes = [
        replace(first, experiment=first.experiment + number, depth=75 + 25 * number) for number in range(planes)
    ]
    size = {"rounds": rounds, "rois": rois, "pixels": (512, 512)}
    return make_session(folder, replace(single, planes=tuple(all_planes), **size))


def run(facts: list[Path], target: Path) -> dict[str, float]:
    """Convert once, in this process."""
    warnings.simplefilter("ignore")
    import nwbgate.validators.file_findings  # noqa: F401  imported here, so that its import is not measured
    from nwbgate import convert_session
    from nwbgate.interfaces.visual_behavior_rig import RigConverter

    imported, started, used = memory("VmRSS"), time.perf_counter(), time.process_time()
    converter = RigConverter.from_files(*facts)
    sources = converter.paths()
    convert_session(converter, target, sources=sources, threads=1, check=False)
    return {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - used,
        "source": sum(path.stat().st_size for path in sources) / 1e6,
        "bytes": target.stat().st_size / 1e6,
        "memory": memory("VmHWM") - imported,
    }


def measured(name: str, folder: Path, *, planes: int, rounds: int, rois: int) -> dict[str, float]:
    """Make a session, convert it in a process of its own, print and return what it measured."""
    facts = [str(path) for path in make(folder / name, planes=planes, rounds=rounds, rois=rois)]
    order = json.dumps({"facts": facts, "target": str(folder / f"{name}.nwb")})
    result = subprocess.run([sys.executable, __file__, "--order", order], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    shutil.rmtree(folder / name)
    print(
        f"{name}: {found['source']:.0f} MB in {found['seconds']:.1f} s, {found['processor']:.2f} s of processor"
        f" ({found['source'] / found['processor']:.0f} MB/s and core), memory +{found['memory']:.0f} MB,"
        f" {found['bytes']:.0f} MB written"
    )
    return found


def main() -> int:
    """Measure each session, and fail when a promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="short sessions: to see that the benchmark runs")
    parser.add_argument("--planes", type=int, default=2, help="planes of the largest session")
    parser.add_argument("--order", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.order:
        order = json.loads(arguments.order)
        print(json.dumps(run([Path(path) for path in order["facts"]], Path(order["target"]))))
        return 0
    print(calibration.line(10 if arguments.small else 100))
    rounds, rois = (1, 8) if arguments.small else (62, 150)
    with tempfile.TemporaryDirectory() as folder:
        found = {
            planes: measured(f"{planes} planes", Path(folder), planes=planes, rounds=rounds, rois=rois if planes else 1)
            for planes in (0, 1, arguments.planes)
        }
    if arguments.small:
        print("too short for the promises: most of it is making the objects of the file")
    most, behavior = arguments.planes, found[0]["processor"]
    first, each = found[1]["processor"] - behavior, (found[most]["processor"] - behavior) / most
    memory_more = max(one["memory"] for one in found.values()) - found[0]["memory"]
    speed = found[1]["source"] / found[1]["processor"]
    claims = [
        Claim("one plane: source for each second of processor", speed, "MB", least=PROMISED["MB/s and core"]),
        Claim("memory over that of the behavior alone", memory_more, "MB", most=PROMISED["memory"]),
        Claim("behavior alone, computing", behavior, "s", most=PROMISED["behavior"]),
        Claim(f"each of {most} planes computes as long as one alone", each / first, "times", most=1),
    ]
    return report(claims, judged=not arguments.small)


if __name__ == "__main__":
    sys.exit(main())
