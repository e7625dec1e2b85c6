"""Try faults and mutants on every verb, and print one table of what became of them.

    python -m support.torture --count 100 --results torture.jsonl

tries 100 faults and 1,000 mutants, or those of them that are not in the file of results, and exits with 1 where one
was wrong, crashed or hung. The same seed tries the same. Ctrl-C ends it with the table of what was tried.
"""

import argparse
import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from support.places import ROOT
from support.torture.refusing import Control, build_library

BEGIN, END = "<!-- torture: begin -->", "<!-- torture: end -->"


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="faults; ten times as many mutants go with them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", type=Path, default=ROOT / "torture.jsonl", help="file of results, continued")
    parser.add_argument("--kind", action="append", help="only kinds that begin so; repeatable")
    parser.add_argument(
        "--patience", type=float, default=120.0, help="seconds after which a run hangs; more under load"
    )
    parser.add_argument("--write", action="store_true", help="write the table into benchmarks/RESULTS.md")
    return parser.parse_args(arguments)


def with_library(arguments: list[str]) -> None:
    """Begin again with the library loaded, which the system does at the start of a process only."""
    work = Path(tempfile.mkdtemp(prefix="torture-"))
    control = work / "control"
    Control(control)
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    loaded = {"LD_PRELOAD": str(build_library(work)), "REFUSING_CONTROL": str(control), "TORTURE_FOLDER": str(work)}
    os.execve(sys.executable, [sys.executable, "-m", "support.torture", *arguments], {**unmeasured, **loaded})


def main(arguments: list[str]) -> int:
    options = parsed(arguments)
    if "REFUSING_CONTROL" not in os.environ:
        with_library(arguments)
    from support.torture.bench import Bench
    from support.torture.cases import KINDS, Results, attempt, planned
    from support.torture.verdict import GOOD

    chosen = [kind for name, kind in KINDS.items() if not options.kind or name.startswith(tuple(options.kind))]
    bench = Bench(Path(os.environ["TORTURE_FOLDER"]), Control(Path(os.environ["REFUSING_CONTROL"])), options.patience)
    atexit.register(remove, bench, os.getpid())
    bench.preload()
    results = Results(options.results, commit())
    with suppress(KeyboardInterrupt):  # the table of what was tried until then
        for kind, number in planned(options.count, chosen):
            if not results.has(kind, number, options.seed):
                verdict = attempt(bench, kind, number, options.seed)
                results.add(kind, number, options.seed, verdict)
                say(kind.name, number, verdict)
    table = f"{results.table()}\n\n{results.commits()}"
    print(table)
    if options.write:
        write_table(ROOT / "benchmarks" / "RESULTS.md", table)
    return int(any(each["verdict"] not in GOOD for each in results.entries))


def commit() -> str:
    """Return the commit that is tried; empty where files differ from it."""
    asked = ("git", "describe", "--always", "--exclude=*", "--dirty=+")
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if "+" in done.stdout else done.stdout.strip()


def say(kind: str, number: int, verdict: "Verdict") -> None:  # noqa: F821
    if verdict.bad:
        print(f"{kind} {number}: {verdict.word}: {verdict.case}\n    {verdict.why}", flush=True)


def remove(bench: "Bench", owner: int) -> None:  # noqa: F821
    """Clean up, in this process and not in its copies."""
    if os.getpid() == owner:
        bench.close()
        shutil.rmtree(bench.work, ignore_errors=True)


def write_table(path: Path, table: str) -> None:
    before, _, rest = path.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
