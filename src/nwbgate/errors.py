"""Errors for people: what is wrong, where, got and expected, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class NwbgateError(Exception):
    """An error caused by input, described in four parts.

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
        """Return the given parts, one per line."""
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
    """Suggest the known word nearest to a wrong one, or return an empty text."""
    close = closest(word, known)
    return f"did you mean {close!r}?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to a wrong one, or empty.

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
    """A source file with content that cannot be converted."""

    #: Code of the finding that the gate makes of it.
    code: ClassVar[str] = "file.unreadable"


class MalformedError(SourceError):
    """A value in a file with a shape or type other than its schema's."""

    code = "file.malformed"


class TooLargeError(SourceError):
    """A dataset that would take more memory than it may."""

    code = "file.too_large"


class OutsideError(SourceError):
    """A file with links, raw data or virtual datasets outside itself."""

    code = "file.leads_outside"


class SourceWarning(UserWarning):
    """A convertible source that deserves a look, reported with its session."""


class WriteError(NwbgateError):
    """A file that could not be written: space, permission or name."""


class VerificationError(WriteError):
    """A written file differs from the data given to the writer."""


class FetchError(NwbgateError):
    """A release file that could not be fetched or differs from its manifest."""


class UnreachableError(FetchError):
    """A server that does not answer, so that the next file would fail too."""


class CheckError(NwbgateError):
    """A written file that failed its check and never got its final name."""


class UsageError(NwbgateError):
    """A bad command line, or a path that does not exist."""

    exit_code = 2


class MetadataError(UsageError):
    """Metadata from a file or an argument that does not fit its schema."""


class TableError(UsageError):
    """A side-car or manifest table that cannot be used, named by row and column."""


class RecipeError(UsageError):
    """An unknown or invalid conversion recipe."""


class SpecError(UsageError):
    """An unknown or invalid manifest specification (``schemas/*.yaml``)."""


class MissingExtraError(UsageError):
    """A required optional dependency that is not installed."""
