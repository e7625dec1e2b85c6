"""Every declared fault through nwbgate, NWB Inspector, pynwb.validate and dandi validate: noticed, named, gate shut.

A message counts only if the tool does not have it for the clean counterpart. **noticed**: there is such a message.
**named**: one of them has the name of an object that the fault changed, or of what holds it, or of the check that the
fault is declared for (for tables: of the column). **shut**: the tool refuses the input: nwbgate exits with 1, NWB
Inspector has a CRITICAL or ERROR message in its dandi configuration, pynwb.validate has any, dandi validate an error.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import h5py
import numpy as np
from dandi.validate._core import validate as dandi_validate
from nwbinspector import configure_checks, inspect_nwbfile, load_config
from pynwb import validate as pynwb_validate

import nwbgate
from nwbgate.corpus.declarations import Declared, declared_faults, sample_faults
from nwbgate.corpus.valid_inputs import ValidInputs
from nwbgate.json_lines import append_line, read_lines
from nwbgate.rules.rule import Severity

RESULTS = Path(__file__).with_name("RESULTS.md")
README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
#: First words of the codes of validators that nwbgate runs.
VALIDATORS = ("schema", "inspector", "dandi")
TOOLS = ("nwbgate", "NWB Inspector", "pynwb.validate", "dandi validate")


@dataclass(frozen=True)
class Message:
    """What a tool says: its words without the path of the file, and whether they refuse the input."""

    words: str
    refuses: bool


@dataclass
class Tally:
    """How many faults of a category a tool noticed, named, refused, of those it can take."""

    taken: int = 0
    noticed: int = 0
    named: int = 0
    shut: int = 0


@dataclass
class Results:
    """Tallies by category and tool, messages about clean inputs, faults with another code.

    ``beside`` counts faults about which a validator that nwbgate runs has something to say, too.
    """

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    alarms: dict[str, list[Message]] = field(default_factory=dict)
    otherwise: list[str] = field(default_factory=list)
    beside: int = 0

    def tally(self, category: str, tool: str) -> Tally:
        """Return the tally of a category and a tool."""
        return self.tallies.setdefault((category, tool), Tally())

    def add(self, name: str, fault: Declared, tool: str, verdict: "Verdict") -> None:
        """Count one fault."""
        tally = self.tally(fault.category, tool)
        tally.taken += 1
        tally.noticed += verdict.noticed
        tally.named += verdict.named
        tally.shut += verdict.shut
        said = {code for code in verdict.codes if speaker(code) == speaker(fault.code)}
        self.beside += tool == "nwbgate" and len(verdict.codes) > len(said)
        if tool == "nwbgate" and said != {fault.code}:
            self.otherwise.append(f"{name}: {', '.join(verdict.codes) or 'nothing'}")


def by_nwbgate(path: Path, *, damaged: bool = False) -> Iterator[Message]:
    """Say what ``nwbgate check`` says."""
    if path.is_dir():
        recordings = (path / "recordings.csv").exists()
        report = nwbgate.check(manifest=path, spec="dataset_ii" if recordings else None, jobs=1)
    else:
        report = nwbgate.check([path], jobs=1, integrity=damaged)
    for finding in report.records:
        words = f"{finding.code} {finding.location} {finding.message}"
        yield Message(words, finding.severity is Severity.ERROR)


def by_inspector(path: Path) -> Iterator[Message]:
    """Say what ``nwbinspector --config dandi`` says."""
    for message in inspect_nwbfile(nwbfile_path=str(path), checks=_checks()):
        words = f"inspector.{message.check_function_name} {message.location} {message.object_name} {message.message}"
        yield Message(words, message.importance.name in ("CRITICAL", "ERROR", "PYNWB_VALIDATION"))


@cache
def _checks() -> list[Callable[..., object]]:
    checks: list[Callable[..., object]] = configure_checks(config=load_config("dandi"))
    return [check for check in checks if not check.__wrapped__.__module__.startswith("nwbgate")]  # type: ignore[attr-defined]


def by_pynwb(path: Path) -> Iterator[Message]:
    """Say what ``pynwb-validate`` says."""
    found = pynwb_validate(path=str(path))
    for error in found[0] if isinstance(found, tuple) else found:
        yield Message(f"{type(error).__name__} {error.location} {error.name} {error.reason}", True)


def by_dandi(path: Path) -> Iterator[Message]:
    """Say what ``dandi validate`` says."""
    (path.parent.parent / "dandiset.yaml").write_text("identifier: '000000'\n", encoding="utf-8")
    for result in dandi_validate(path):
        severity = result.severity.name if result.severity is not None else ""
        yield Message(f"{result.id} {result.message}", severity in ("ERROR", "CRITICAL"))


RUN: dict[str, Callable[[Path], Iterator[Message]]] = {
    "nwbgate": by_nwbgate,
    "NWB Inspector": by_inspector,
    "pynwb.validate": by_pynwb,
    "dandi validate": by_dandi,
}


def said(tool: str, path: Path, *, damaged: bool = False) -> list[Message]:
    """Return what a tool says of an input, without its path; a tool that raises refuses it in its own words."""
    try:
        messages = list(by_nwbgate(path, damaged=damaged) if tool == "nwbgate" else RUN[tool](path))
    except Exception as error:  # another tool may break on a file: it then refuses it
        messages = [Message(f"{type(error).__name__} {error}", True)]
    clean = re.compile(re.escape(str(path)) + "|" + re.escape(str(path.parent)))
    return [Message(clean.sub("", message.words), message.refuses) for message in messages]


def changed_names(clean: Path, planted: Path) -> set[str]:
    """Return the names of the objects in which two files differ, and of what holds them."""
    try:
        with h5py.File(clean) as one, h5py.File(planted) as other:
            paths = set(_different(one, other))
    except (OSError, RuntimeError, MemoryError):  # damaged, or said to be larger than any memory
        return set()
    names = {part for path in paths for part in path.strip("/").split("/")[-2:] if part}
    return {name for name in names if len(name) > 2 and name not in ("data", "general", "file_create_date")}


def _different(one: h5py.Group, other: h5py.Group) -> Iterator[str]:
    before, after = _objects(one), _objects(other)
    for path in before.keys() | after.keys():
        if path.startswith("/specifications"):
            continue
        if path not in before or path not in after or not _equal(one, other, path):
            yield path


def _objects(group: h5py.Group) -> dict[str, None]:
    found: dict[str, None] = {}
    group.visit(lambda name: found.__setitem__(f"/{name}", None))
    return found


def _equal(one: h5py.Group, other: h5py.Group, path: str) -> bool:
    first, second = one[path], other[path]
    if not _same(dict(first.attrs), dict(second.attrs)):
        return False
    if not isinstance(first, h5py.Dataset):
        return True
    try:
        return _refers(first) or _same_values(first[()], second[()])
    except OSError:  # a damaged chunk
        return False


def _refers(dataset: h5py.Dataset) -> bool:
    """Tell whether a dataset holds references, which differ between files whatever they refer to."""
    return h5py.check_ref_dtype(dataset.dtype) is not None or dataset.dtype.kind == "V"


def _same(one: dict[str, object], other: dict[str, object]) -> bool:
    ignored = {"object_id"}
    return {k: str(v) for k, v in one.items() if k not in ignored} == {
        k: str(v) for k, v in other.items() if k not in ignored
    }


def _same_values(one: object, other: object) -> bool:
    first, second = np.asarray(one), np.asarray(other)
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    return bool(np.array_equal(first, second, equal_nan=first.dtype.kind == "f"))


def _names(words: str, names: set[str]) -> bool:
    return any(re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", words) for name in names)


@dataclass(frozen=True)
class Verdict:
    """What a tool makes of one fault: the three counts, and the codes of its new messages."""

    noticed: bool
    named: bool
    shut: bool
    codes: list[str]

    @classmethod
    def of(cls, new: list[Message], names: set[str]) -> "Verdict":
        """Judge the messages that the clean counterpart does not have."""
        named = any(_names(message.words, names) for message in new)
        codes = sorted({message.words.split(" ")[0] for message in new})
        return cls(bool(new), named, any(message.refuses for message in new), codes)


class Bench:
    """The tools on the faults, with a ledger of what each made of them, from which an interrupted run goes on.

    Parameters
    ----------
    folder : Path
        Where inputs are planted.
    ledger : Path
        Lines of JSON; verdicts that are in it are not asked for again.
    """

    def __init__(self, folder: Path, ledger: Path) -> None:
        self.folder, self.ledger = folder, ledger
        self.valid = ValidInputs(folder / "valid")
        lines = read_lines(ledger)
        self.verdicts = {(line["fault"], line["tool"]): Verdict(**line["verdict"]) for line in lines if "fault" in line}
        self.clean = {
            (line["clean"], line["tool"]): [Message(*each) for each in line["messages"]]
            for line in lines
            if "clean" in line
        }

    def judge(self, name: str, fault: Declared, tools: list[str]) -> None:
        """Ask those of the tools about a fault that have not yet judged it."""
        asked = [tool for tool in tools if (name, tool) not in self.verdicts and takes(tool, fault)]
        if not asked:
            return
        place = self.folder / "planted" / "fault"
        place.mkdir(parents=True)
        path, clean = fault.plant(self.valid, place), getattr(self.valid, fault.base)
        names = _names_of(fault, clean, path)
        for tool in asked:
            known = self._of_clean(fault, tool)
            new = [each for each in said(tool, path, damaged=_damaged(fault)) if each not in known]
            self.verdicts[name, tool] = verdict = Verdict.of(new, names)
            append_line(self.ledger, {"fault": name, "tool": tool, "verdict": vars(verdict)})
        shutil.rmtree(self.folder / "planted")

    def _of_clean(self, fault: Declared, tool: str) -> list[Message]:
        key = (f"{fault.base}, every chunk read" if _damaged(fault) else fault.base, tool)
        if key not in self.clean:
            self.clean[key] = said(tool, getattr(self.valid, fault.base), damaged=_damaged(fault))
            messages = [[each.words, each.refuses] for each in self.clean[key]]
            append_line(self.ledger, {"clean": key[0], "tool": tool, "messages": messages})
        return self.clean[key]


def speaker(code: str) -> str:
    """Return the validator whose code it is; nwbgate's own rules are one."""
    first = code.split(".", maxsplit=1)[0]
    return "PyNWB" if code == "file.unconstructible" else first if first in VALIDATORS else "nwbgate"


def takes(tool: str, fault: Declared) -> bool:
    """Tell whether a tool takes such an input: only nwbgate judges tables."""
    return not fault.tables or tool == "nwbgate"


def _damaged(fault: Declared) -> bool:
    return fault.category == "damaged bytes"


def _names_of(fault: Declared, clean: Path, planted: Path) -> set[str]:
    """Return the names of which a message has one where it names the fault."""
    table, column, *_ = fault.code.split(".")
    names = {f"{table}.{column}", column} if fault.tables else changed_names(clean, planted)
    return names | {fault.code.removeprefix("inspector."), fault.code}


def chosen_faults(sample: int | None, seed: int) -> list[tuple[str, Declared]]:
    """Return the faults by name, with the first of each category first, then the second of each, and so on.

    A name tells a fault from others of its category and code, and is the same in every sample.
    """
    faults = declared_faults()
    chosen = {*map(id, faults if sample is None else sample_faults(faults, sample, seed))}
    seen: Counter[str] = Counter()
    turns = []
    for fault in faults:
        code = f"{fault.category}: {fault.code}"
        seen[code] += 1
        if id(fault) in chosen:
            seen[fault.category] += 1
            turns.append((seen[fault.category], (f"{code} {seen[code]}", fault)))
    return [each for _, each in sorted(turns, key=lambda turn: turn[0])]


def measure(bench: Bench, faults: list[tuple[str, Declared]], tools: list[str], minutes: float) -> Results:
    """Run every tool on every fault and on its clean counterpart, the categories in turn, until the time is over."""
    results, started = Results(), time.perf_counter()
    for number, (name, fault) in enumerate(faults, start=1):
        if time.perf_counter() - started > 60 * minutes:
            break
        bench.judge(name, fault, tools)
        for tool in tools:
            if takes(tool, fault):
                results.add(name, fault, tool, bench.verdicts[name, tool])
        progress = f"\r{number}/{len(faults)}, {time.perf_counter() - started:.0f} s"
        print(progress, end="", file=sys.stderr, flush=True)
    for (base, tool), messages in bench.clean.items():
        if not base.endswith("every chunk read"):
            results.alarms.setdefault(tool, []).extend(messages)
    return results


def table(results: Results, tools: list[str]) -> list[str]:
    """Return the numbers as a table of Markdown: noticed / named / shut, in percent of the faults of a category."""
    measured = {category for category, _ in results.tallies}
    categories = [name for name in dict.fromkeys(fault.category for fault in declared_faults()) if name in measured]
    lines = [f"| category | faults | {' | '.join(tools)} |", "|---|---:|" + "---|" * len(tools)]
    for category in categories:
        first = results.tally(category, "nwbgate")
        cells = [_cell(results.tallies.get((category, tool))) for tool in tools]
        lines.append(f"| {category} | {first.taken} | {' | '.join(cells)} |")
    totals = {tool: _sum(results, tool) for tool in tools}
    lines.append(f"| **all** | {totals['nwbgate'].taken} | {' | '.join(_cell(totals[tool]) for tool in tools)} |")
    alarms = " | ".join(_alarms(results.alarms.get(tool, [])) for tool in tools)
    lines.append(f"| messages on clean inputs | | {alarms} |")
    return lines


def _alarms(messages: list[Message]) -> str:
    return f"{len(messages)}, of which {sum(message.refuses for message in messages)} refuse"


def _sum(results: Results, tool: str) -> Tally:
    total = Tally()
    for (_, name), tally in results.tallies.items():
        if name == tool:
            for count in vars(total):
                setattr(total, count, getattr(total, count) + getattr(tally, count))
    return total


def _cell(tally: Tally | None) -> str:
    if tally is None or not tally.taken:
        return "takes no tables"
    return " / ".join(f"{100 * count / tally.taken:.0f}" for count in (tally.noticed, tally.named, tally.shut)) + " %"


def put_between(path: Path, lines: list[str]) -> None:
    """Replace what stands between the two marks of a page."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Plant the faults, run the tools, print the table; with ``--write`` put it into README and RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, metavar="N", help="at most N faults of each category; all by default")
    parser.add_argument("--seed", type=int, default=0, help="chooses the sample")
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS))
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="stop after so many, and say how far it got"
    )
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="keep verdicts there, and go on from those it has")
    parser.add_argument("--write", action="store_true", help="put the table into README.md and benchmarks/RESULTS.md")
    parser.add_argument("--quick", action="store_true", help="one fault of each category: to see that it runs")
    arguments = parser.parse_args()
    sample = 1 if arguments.quick else arguments.sample
    warnings.simplefilter("ignore")
    faults = chosen_faults(sample, arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), arguments.ledger or Path(folder) / "ledger.jsonl")
        results = measure(bench, faults, arguments.tools, arguments.minutes)
    total, everything = _sum(results, "nwbgate"), len(declared_faults())
    chosen = f"{total.taken} of {everything}, at most {sample} of each category, seed {arguments.seed}"
    which = f"all {everything}" if total.taken == everything else chosen
    lines = [
        f"Faults planted: {which}. Cells: noticed / named / gate shut, in % of the faults of the category.",
        "",
        *table(results, arguments.tools),
        "",
        f"nwbgate gives exactly the declared code to {total.taken - len(results.otherwise)} of {total.taken}; of "
        f"{results.beside} a validator that it runs (schema, PyNWB, NWB Inspector, DANDI) says something, too.",
    ]
    print("\n" + "\n".join(lines))
    for tool in arguments.tools:
        for message in (each for each in results.alarms.get(tool, []) if each.refuses):
            print(f"a clean input is refused by {tool}: {message.words[:300]}", file=sys.stderr)
    for line in results.otherwise:
        print(f"not exactly the declared code: {line}", file=sys.stderr)
    if arguments.write:
        for page in (README, RESULTS):
            put_between(page, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
