"""The errors a person meets: each says what, where, got and expected, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class NwbgateError(Exception):
    """An error caused by input, said in four parts.

    Parameters
    ----------
    what : str
        What is wrong, as one clause ("spike times are not sorted").
    where : str, optional
        File and HDF5 path, or table, row and column.
    got, expected : str, optional
        The value found and the value that would have been right.
    fix : str, optional
        What the reader can do about it.
    """

    #: Exit code of the command line when this error ends a run (DESIGN.md, "Exit codes").
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", got: str = "", expected: str = "", fix: str = "") -> None:
        self.what, self.where, self.got, self.expected, self.fix = what, where, got, expected, fix
        super().__init__(what, where, got, expected, fix)

    def __str__(self) -> str:
        """Return the parts that were given, one per line."""
        parts = (
            ("where", self.where),
            ("got", self.got),
            ("expected", self.expected),
            ("what to do", self.fix),
        )
        return "\n".join([self.what, *(f"  {label}: {text}" for label, text in parts if text)])

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword parts, so that an error crosses process borders whole."""
        return _rebuild, (type(self), self.args)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the advice that names the known word nearest to a wrong one; empty where none is near."""
    close = closest(word, known)
    return f"did you mean {close!r}?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that a wrong one was probably meant for; empty where none is near.

    That is one that differs in case alone, the only one that begins with the word, or a close match. Numbers are ids,
    and the nearest id is another thing: none is returned for them.
    """
    if not word or word.isdigit():
        return ""
    words, low = list(known), word.casefold()
    same = [each for each in words if each.casefold() == low]
    longer = [each for each in words if len(low) > 1 and each.casefold().startswith(low)]
    only = longer if len(longer) == 1 else []
    return next(iter(same or only or get_close_matches(word, words, n=1, cutoff=0.65)), "")


def _rebuild(kind: type[NwbgateError], parts: tuple[str, ...]) -> NwbgateError:
    what, where, got, expected, fix = parts
    return kind(what, where=where, got=got, expected=expected, fix=fix)


class SourceError(NwbgateError):
    """A source file whose content cannot be converted."""

    #: Code of the finding that the gate makes of it.
    code: ClassVar[str] = "file.unreadable"


class MalformedError(SourceError):
    """A value in a file that has another shape or type than the schema of the file says."""

    code = "file.malformed"


class TooLargeError(SourceError):
    """A dataset that would take more memory than it may."""

    code = "file.too_large"


class OutsideError(SourceError):
    """A file that leads out of itself: a link, raw data or a virtual dataset in another file."""

    code = "file.leads_outside"


class SourceWarning(UserWarning):
    """A source that can be converted and deserves a look: reported with the session, never silent."""


class WriteError(NwbgateError):
    """A file that could not be written: no room, no permission, or the name is taken."""


class VerificationError(WriteError):
    """What was read back from the written file is not what was given to the writer."""


class FetchError(NwbgateError):
    """A file of a release that could not be fetched, or is not what the release says."""


class UnreachableError(FetchError):
    """A server that does not answer: the next file would fail as well."""


class CheckError(NwbgateError):
    """A written file that did not pass its check and therefore never got its final name."""


class UsageError(NwbgateError):
    """A bad command line, or a path that does not exist."""

    exit_code = 2


class MetadataError(UsageError):
    """Metadata, given by file or by argument, that does not fit its schema."""


class TableError(UsageError):
    """A side-car or manifest table that cannot be used, named by row and column."""


class RecipeError(UsageError):
    """A conversion recipe that is unknown or wrong."""


class SpecError(UsageError):
    """A manifest spec (``schemas/*.yaml``) that is unknown or wrong."""


class MissingExtraError(UsageError):
    """An optional dependency that is needed and not installed."""
