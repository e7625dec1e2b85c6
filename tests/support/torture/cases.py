"""The kinds of cases, how many of each, and the table of what became of them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from support.torture import faults, mutants
from support.torture.bench import Bench
from support.torture.verdict import GOOD, WORDS, Verdict


class Kind(NamedTuple):
    """A kind of case.

    Attributes
    ----------
    name : str
        In the table.
    share : int
        Cases for each hundred faults.
    attempt : callable
        Tries one, chosen by a random generator.
    """

    name: str
    share: int
    attempt: Callable[[Bench, Random], Verdict]


#: Of a hundred faults, and of the thousand mutants that go with them.
FAULTS = (
    Kind("full disk (ENOSPC)", 30, faults.full_disk),
    Kind("broken disk (EIO)", 25, faults.broken_disk),
    Kind("unreadable disk (EIO)", 10, faults.unreadable_disk),
    Kind("lost file of a server (ESTALE)", 5, faults.lost_file),
    Kind("signal in a call", 15, faults.kill_at_a_call),
    Kind("signal at any time", 12, faults.kill_at_a_time),
    Kind("killed worker or fork server", 3, faults.kill_of_a_worker),
)
MUTANTS = (
    Kind("object of an NWB file", 480, mutants.nwb_object),
    Kind("bytes of an NWB file", 100, mutants.nwb_bytes),
    Kind("provenance of an NWB file", 20, mutants.provenance),
    Kind("CSV", 200, mutants.table),
    Kind("YAML", 120, mutants.yaml_file),
    Kind("JSON", 50, mutants.json_file),
    Kind("ledger", 30, mutants.ledger),
)
KINDS = {kind.name: kind for kind in (*FAULTS, *MUTANTS)}


def planned(count: int, kinds: Sequence[Kind]) -> Iterator[tuple[Kind, int]]:
    """Yield kind and number of each case for a number of faults, every kind at its pace."""
    numbered = [
        ((number + 0.5) / kind.share, kind, number)
        for kind in kinds
        for number in range(round(count * kind.share / 100))
    ]
    for _, kind, number in sorted(numbered, key=lambda each: (each[0], each[1].name)):
        yield kind, number


def attempt(bench: Bench, kind: Kind, number: int, seed: int) -> Verdict:
    """Try one case; the same seed and number try the same."""
    return kind.attempt(bench, Random(f"{seed} {kind.name} {number}"))


class Results:
    """The file of results: a line of JSON for each case; the last about a case counts.

    Parameters
    ----------
    path : Path
        The file; what it holds is not tried again, unless it was wrong and the program has changed since.
    commit : str
        Of the program that is tried.
    """

    def __init__(self, path: Path, commit: str = "") -> None:
        self.path, self.commit = path, commit
        lines = path.read_text().splitlines() if path.exists() else []
        self._entries = {_case(entry): entry for entry in map(json.loads, lines)}

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The last entry about each case."""
        return list(self._entries.values())

    def has(self, kind: Kind, number: int, seed: int) -> bool:
        """Return whether a case was tried and need not be tried again."""
        entry = self._entries.get((kind.name, number, seed))
        return entry is not None and (entry["verdict"] in GOOD or entry.get("commit", "") == self.commit)

    def add(self, kind: Kind, number: int, seed: int, verdict: Verdict) -> None:
        """Keep what became of a case."""
        entry = {"kind": kind.name, "number": number, "seed": seed, "verdict": verdict.word, "commit": self.commit}
        self._entries[_case(entry)] = {**entry, "case": verdict.case, "why": verdict.why}
        with self.path.open("a") as file:
            file.write(json.dumps(self._entries[_case(entry)]) + "\n")

    def commits(self) -> str:
        """Return a sentence with the commits that were tried, and how many cases each."""
        counts = Counter(entry.get("commit") or "a changed tree" for entry in self.entries)
        return "Cases by commit: " + ", ".join(f"{count} at {commit}" for commit, count in counts.items()) + "."

    def table(self) -> str:
        """Return the table, one row for each kind."""
        found = {name: Counter(each["verdict"] for each in self.entries if each["kind"] == name) for name in KINDS}
        rows = [(name, counts) for name, counts in found.items() if counts]
        for title, kinds in (("**all faults**", FAULTS), ("**all mutants**", MUTANTS)):
            rows.append((title, sum((found[kind.name] for kind in kinds), Counter())))
        lines = [f"| kind | tried | {' | '.join(WORDS)} |", f"|---|{'---:|' * (len(WORDS) + 1)}"]
        for name, counts in rows:
            lines.append(f"| {name} | {counts.total()} | {' | '.join(str(counts[word]) for word in WORDS)} |")
        return "\n".join(lines)


def _case(entry: dict[str, Any]) -> tuple[str, int, int]:
    return entry["kind"], entry["number"], entry["seed"]
