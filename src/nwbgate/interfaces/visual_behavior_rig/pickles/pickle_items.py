"""Values of a stimulus pickle by their keys, with errors that name the key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError

#: What an array of each kind holds, for the errors.
_MEANINGS = {"f": "numbers", "i": "whole numbers"}
_MISSING = object()
#: Largest whole number that is believed; a session has some 300,000 frames.
MOST = 10**12


class PickleItems:
    """A dictionary of a pickle, and where it is.

    Parameters
    ----------
    content : object
        The dictionary.
    path : Path
        The pickle.
    place : str
        Keys that lead to it, joined by dots; empty for the top.

    Raises
    ------
    SourceError
        If it is not a dictionary.
    """

    def __init__(self, content: Any, path: Path, place: str = "") -> None:
        self.path, self.place = path, place
        if not isinstance(content, dict):
            raise self.unsound("", content, "a dictionary")
        self._content = content

    def __contains__(self, key: str) -> bool:
        return key in self._content or key.encode("latin1") in self._content

    def keys(self) -> list[str]:
        """Return the keys that are texts."""
        return [key if isinstance(key, str) else key.decode("latin1") for key in self._content if _is_text(key)]

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value or a default; keys may be text or bytes."""
        found = self._content.get(key, _MISSING)
        return self._content.get(key.encode("latin1"), default) if found is _MISSING else found

    def items(self, key: str) -> "PickleItems":
        """Return a dictionary below this one."""
        return PickleItems(self._need(key, "a dictionary"), self.path, self._place(key))

    def optional_items(self, key: str) -> "PickleItems":
        """Return a dictionary below this one, empty where there is none."""
        found = self.get(key)
        is_empty = found is None or (isinstance(found, dict | list | tuple) and not found)
        return PickleItems({} if is_empty else found, self.path, self._place(key))

    def first(self, key: str) -> "PickleItems":
        """Return the first of a list of dictionaries."""
        found = self._need(key, "a list of dictionaries")
        if not isinstance(found, list | tuple) or not found:
            raise self.unsound(key, found, "a list of dictionaries")
        return PickleItems(found[0], self.path, self._place(f"{key}[0]"))

    def rows(self, key: str) -> Iterator["PickleItems"]:
        """Give the dictionaries of a list, in order."""
        found = self._need(key, "a list of dictionaries")
        if not isinstance(found, list | tuple):
            raise self.unsound(key, found, "a list of dictionaries")
        return (PickleItems(row, self.path, self._place(f"{key}[{number}]")) for number, row in enumerate(found))

    def sequence(self, key: str) -> list[Any]:
        """Return a list or tuple as a list."""
        found = self._need(key, "a list")
        if not isinstance(found, list | tuple | np.ndarray):
            raise self.unsound(key, found, "a list")
        return list(found)

    def floats(self, key: str) -> npt.NDArray[np.float64]:
        """Return numbers, shape (n,), float64."""
        return np.asarray(self._array(key, "f"), dtype=np.float64)

    def integers(self, key: str) -> npt.NDArray[np.int64]:
        """Return whole numbers, shape (n,), int64."""
        found = self._array(key, "i")
        if found.dtype.kind == "f" and not (np.isfinite(found).all() and (found % 1 == 0).all()):
            raise self.unsound(key, f"{found[:3].tolist()} ...", "whole numbers")
        return found.astype(np.int64)

    def number(self, key: str, default: float | None = None) -> float:
        """Return one number, or a default where there is none."""
        found = self.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int | float | np.integer | np.floating):
            raise self.unsound(key, found, "a number")
        return float(found)

    def whole(self, key: str) -> int:
        """Return one whole number."""
        found = self.number(key)
        if not abs(found) <= MOST or found % 1:
            raise self.unsound(key, str(found), "a whole number")
        return int(found)

    def text(self, key: str) -> str:
        """Return one text."""
        found = self._need(key, "a text")
        if not _is_text(found):
            raise self.unsound(key, found, "a text")
        return words(found)

    def unsound(self, key: str, got: Any, expected: str, what: str = "") -> SourceError:
        """Return the error for a missing value or one of the wrong type."""
        shown = repr(got) if isinstance(got, bytes | int | float | type(None)) else f"a {type(got).__name__}"
        return SourceError(
            what or "the stimulus pickle lacks what its tables are made from",
            where=f"{self.path}: {self._place(key) or 'top'}",
            got=got[:200] if isinstance(got, str) else shown[:200],
            expected=expected,
            fix="use the pickle as camstim wrote it; if it is, it is of another experiment",
        )

    def _need(self, key: str, expected: str) -> Any:
        if key not in self:
            raise self.unsound(key, f"keys {', '.join(self.keys()[:12])}", expected)
        return self.get(key)

    def _array(self, key: str, kind: str) -> npt.NDArray[Any]:
        found = self._need(key, _MEANINGS[kind])
        try:
            values = np.array(found, subok=False)
        except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as problem:
            raise self.unsound(key, str(problem), _MEANINGS[kind]) from problem
        values = np.zeros(0) if values.size == 0 else values
        if values.ndim != 1 or values.dtype.kind not in "iufb":
            raise self.unsound(key, f"shape {values.shape}, {values.dtype}", f"a list of {_MEANINGS[kind]}")
        return values

    def _place(self, key: str) -> str:
        return f"{self.place}.{key}".strip(".")


def words(value: Any) -> str:
    """Return a text of a pickle, which may be bytes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str | bytes)
