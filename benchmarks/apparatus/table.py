"""All benchmarks one after another, and their claims as one table: claim, this run, wanted, whether it holds.

`make benchmarks` runs it. ``--only NAME`` runs some; ``--write`` keeps the table in RESULTS.md with machine and date.
The exit code is 1 if a claim does not hold or a benchmark breaks. Benchmarks that take an hour, or need what is not
installed, are named below the table with the commands that run them.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(FOLDER))

from apparatus import calibration  # noqa: E402
from apparatus.claims import COLLECTED, Claim  # noqa: E402

RESULTS = FOLDER / "RESULTS.md"
BEGIN, END = "<!-- claims: begin -->", "<!-- claims: end -->"
#: Benchmarks of the table, and the options with which they take a minute or two.
RUN = {
    "read_session": ["--repetitions", "3"],
    "check_files": [],
    "check_large_files": [],
    "check_tables": ["--repeats", "3"],
    "manifest_tables": [],
    "writer": ["--repetitions", "3"],
    "convert_recording": ["--repetitions", "3"],
    "convert_session": ["--session", "eight planes", "--repetitions", "1"],
    "convert_rig_session": [],
    "rig_sources": [],
    "qc_session": [],
    "qc_recording": [],
    "diff_files": ["--megabytes", "300"],
    "sample": [],
}
#: Benchmarks that are left out, and the options of a whole run.
LONG = {
    "browse": "--peers PYTHON --write",
    "check_against": "COMMIT",
    "faults": "--write",
    "known_files": "",
    "release_model": "",
    "scale": "",
    "writer_lazy": "",
}


def claims_of(name: str, options: list[str]) -> list[Claim]:
    """Run a benchmark and return its claims; one that broke has a claim of its own, which does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.jsonl"
        command = [sys.executable, str(FOLDER / f"{name}.py"), *options]
        print(f"== {name}.py {' '.join(options)}", flush=True)
        code = subprocess.run(command, env={**os.environ, COLLECTED: str(path)}, check=False).returncode
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    claims = [Claim(**{key: value for key, value in json.loads(line).items() if key != "script"}) for line in lines]
    if not claims or (code and all(claim.holds for claim in claims)):
        claims.append(Claim(f"exit code of {name}.py", float(code or 1), "", most=0))
    return claims


def table(found: dict[str, list[Claim]]) -> str:
    """Return the claims of all benchmarks in Markdown."""
    lines = ["| benchmark | claim | this run | wanted | holds |", "|---|---|---:|---:|---|"]
    for name, claims in found.items():
        lines += [
            f"| {name} | {claim.what} | {claim.measured} | {claim.bound} | {'yes' if claim.holds else '**no**'} |"
            for claim in claims
            if claim.bound
        ]
    left_out = "; ".join(
        f"`python benchmarks/{name}.py {options}`".replace(" `", "`") for name, options in LONG.items()
    )
    return "\n".join([*lines, "", f"Left out: {left_out}."])


def machine() -> str:
    """Return date, cores, Python, load and calibration in a sentence."""
    now = f"{datetime.now(UTC):%Y-%m-%d}"
    load = f"load {os.getloadavg()[0]:.1f} at the start"
    return f"{now}, {os.cpu_count()} cores, Python {platform.python_version()}, {load}; {calibration.line()}."


def main() -> int:
    """Run the benchmarks, print the table, and fail when a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=RUN, default=list(RUN), metavar="NAME", help="some benchmarks")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/RESULTS.md")
    given = parser.parse_args()
    about = machine()
    found = {name: claims_of(name, RUN[name]) for name in given.only}
    text = f"{about}\n\n{table(found)}"
    print(f"\n{text}")
    if given.write:
        before, _, rest = RESULTS.read_text(encoding="utf-8").partition(BEGIN)
        RESULTS.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    bounded = [claim for claims in found.values() for claim in claims if claim.bound]
    held = sum(claim.holds for claim in bounded)
    print(f"{held} of {len(bounded)} claims hold")
    return int(held < len(bounded))


if __name__ == "__main__":
    sys.exit(main())
