"""The verdict on one case of torture."""

from dataclasses import dataclass, replace
from typing import Self

from support.torture.runs import Ended

#: The columns of the table, after the number that was tried.
WORDS = ("refused", "right", "wrong", "crashed", "hung")
#: Those of cases that need no mending.
GOOD = WORDS[:2]


@dataclass(frozen=True)
class Verdict:
    """What became of a case.

    Attributes
    ----------
    word : str
        One of `WORDS`: ``refused`` is a named error or a finding, ``right`` the result of an undisturbed run.
    why : str
        What was wrong.
    case : str
        What was tried.
    """

    word: str
    why: str = ""
    case: str = ""

    @classmethod
    def of_broken(cls, ended: Ended) -> Self | None:
        """Return the verdict on a run that hung, crashed or shows a traceback, None for any other."""
        if ended.code is None:
            return cls("hung", ended.said[-300:])
        if ended.code < 0:
            return cls("crashed", f"signal {-ended.code}: {ended.said[-300:]}")
        if ended.broke or ended.code not in (0, 1, 2):
            return cls("wrong", f"{ended.code}, {ended.broke}: {ended.out[-300:]} {ended.said[-1500:]}")
        return None

    @property
    def bad(self) -> bool:
        """Whether something has to be mended."""
        return self.word not in GOOD

    def about(self, case: str) -> Self:
        """Return the verdict with the case that it is about."""
        return replace(self, case=case)


RIGHT = Verdict("right")


def refused() -> Verdict:
    """Return the verdict on a case that ended with a named error."""
    return Verdict("refused")


def wrong(why: str) -> Verdict:
    """Return the verdict on a case that must be mended."""
    return Verdict("wrong", why)
