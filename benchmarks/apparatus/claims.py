"""Claims of benchmarks: a number of this run, its bound, and whether it holds."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

#: Variable of the environment that names the file to which claims are appended as JSON lines.
COLLECTED = "NWBGATE_CLAIMS"


@dataclass(frozen=True)
class Claim:
    """A number of this run and its bound; without a bound it is told only.

    Attributes
    ----------
    what : str
        What was measured.
    value : float or None
        The number; None where it was not measured, which no claim survives.
    unit : str
        Its unit; ``times`` for the ratio of a peer to nwbgate, measured in the same run.
    most, least : float, optional
        Bounds.
    """

    what: str
    value: float | None
    unit: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the number was measured and is within its bounds."""
        if self.value is None:
            return False
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    @property
    def bound(self) -> str:
        """The bound in words."""
        return f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}" if self.least is not None else ""

    @property
    def measured(self) -> str:
        """The number with its unit."""
        return "not measured" if self.value is None else f"{self.value:.3g} {self.unit}".strip()

    def row(self) -> str:
        """Return the claim as a row of a table."""
        return f"| {self.what} | {self.measured} | {self.bound} | {'' if self.holds else '**no**'} |"

    def line(self) -> str:
        """Return the claim as a line of text."""
        wanted = f" (promised: {self.bound})" if self.bound else ""
        return f"  {self.what}: {self.measured}{wanted}{'' if self.holds else '  NOT HELD'}"


def report(claims: Iterable[Claim], *, judged: bool = True) -> int:
    """Print claims, collect them where that is asked for, and return the exit code.

    Parameters
    ----------
    claims : iterable of Claim
        Those of one benchmark.
    judged : bool
        Fail where a claim does not hold; off for runs too small for the claims.
    """
    claims = list(claims)
    for claim in claims:
        print(claim.line(), flush=True)
    collect(claims)
    return int(judged and not all(claim.holds for claim in claims))


def collect(claims: Iterable[Claim]) -> None:
    """Append claims to the file that the environment names, if it names one."""
    if COLLECTED not in os.environ:
        return
    script = Path(sys.argv[0]).name
    with Path(os.environ[COLLECTED]).open("a", encoding="utf-8") as file:
        file.writelines(json.dumps({"script": script, **asdict(claim)}) + "\n" for claim in claims)
