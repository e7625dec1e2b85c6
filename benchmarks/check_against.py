"""How much processor time `nwbgate check` takes, against the same check by an earlier commit.

Run: ``python benchmarks/check_against.py d093069 --repeats 7``. Both run in turns on the same inputs: 40 small files
(those of `check_files.py`) with and without the validators of others, 40 sample recordings, and tables of the size of
the public release. Each ratio is the median over the pairs, imports and worker processes included.
"""

import argparse
import compileall
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import check_files
import check_tables
from apparatus import calibration

from nwbgate.samples.dataset_ii import make_recordings

HERE = Path(__file__).parents[1]


def export(commit: str, folder: Path) -> Path:
    """Write the package as it was at a commit, and return the folder to import it from."""
    packed = subprocess.run(
        ["git", "archive", commit, "src", "schemas", "conversions"], cwd=HERE, check=True, capture_output=True
    )
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    for name in ("schemas", "conversions"):
        (folder / name).rename(folder / "src" / "nwbgate" / name)
    compileall.compile_dir(folder / "src", quiet=1)  # as pip does when it installs
    return folder / "src"


def snapshot(folder: Path) -> Path:
    """Write the package as it is now, whether committed or not, and return the folder to import it from."""
    stash = subprocess.run(["git", "stash", "create"], cwd=HERE, check=True, capture_output=True, text=True)
    return export(stash.stdout.strip() or "HEAD", folder)


def processor_seconds(source: Path, arguments: list[str]) -> float:
    """Return the seconds of all processes of one check, user and system together."""
    environment = {**os.environ, "PYTHONPATH": str(source), "DANDI_NO_ET": "1"}
    before = os.times()
    command = [sys.executable, "-m", "nwbgate", "check", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    check_files.wait_for_descendants()
    after = os.times()
    if done.returncode not in (0, 1):
        raise SystemExit(f"exit {done.returncode} with {source}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return after.children_user + after.children_system - before.children_user - before.children_system


def small_files(folder: Path) -> list[str]:
    """Write the 40 small files of `check_files.py`."""
    folder.mkdir()
    check_files.write(folder)
    return [str(folder)]


def own_rules(folder: Path) -> list[str]:
    """Write the same files, to be judged by the rules of nwbgate alone."""
    return [*small_files(folder), "--ignore", "file,schema,inspector,dandi"]


def recordings(folder: Path) -> list[str]:
    """Write 40 sample recordings of Dataset II, and convert them."""
    make_recordings(folder / "sources", recordings=check_files.FILES, seconds=10.0)
    command = ["convert", "dataset-ii", str(folder / "sources"), "--output", str(folder / "nwb")]
    subprocess.run([sys.executable, "-m", "nwbgate", *command], check=True, capture_output=True)
    return [str(folder / "nwb")]


def tables(folder: Path) -> list[str]:
    """Write tables of the size of the public release."""
    check_tables.make_release(folder, 107)
    return ["--manifest", str(folder)]


#: Name of each input, and the function that writes it into a folder and returns the arguments of its check.
INPUTS = {"files": small_files, "own rules": own_rules, "recordings": recordings, "tables": tables}


def compare(arguments: list[str], before: Path, now: Path, repeats: int) -> str:
    """Return the processor times of both in words, and their ratio, measured in turns."""
    for source in (before, now):
        processor_seconds(source, arguments)  # page cache
    pairs = [(processor_seconds(before, arguments), processor_seconds(now, arguments)) for _ in range(repeats)]
    ratios = sorted(after / earlier for earlier, after in pairs)
    earlier, after = (median(times) for times in zip(*pairs, strict=True))
    return f"{earlier:6.2f} s before, {after:6.2f} s now, ratio {median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})"


def main() -> None:
    """Run every input on both, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", help="the earlier commit")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=INPUTS, help="one input; all by default")
    given = parser.parse_args()
    print(calibration.line())
    check_files.adopt_descendants()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        before, now = export(given.commit, folder / "before"), snapshot(folder / "now")
        for name in [given.only] if given.only else INPUTS:
            arguments = INPUTS[name](folder / name)
            print(f"{name:>10}: {compare(arguments, before, now, given.repeats)}", flush=True)


if __name__ == "__main__":
    main()
