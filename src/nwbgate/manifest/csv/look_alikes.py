"""Look-alike ids: case, Unicode form, invisible characters."""

import unicodedata
from collections.abc import Iterable


def difference(one: str, other: str) -> str:
    """Return the only difference between two ids in words, or empty.

    Parameters
    ----------
    one, other : str
        Two ids.
    """
    if one == other or key(one) != key(other):
        return ""
    if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other):
        return "the Unicode form of a letter (NFC or NFD)"
    if one.casefold() == other.casefold():
        return "case alone"
    if visible(one) == visible(other):
        return "an invisible character"
    return "case, Unicode form or invisible characters alone"


def look_alike(word: str, known: Iterable[str]) -> str:
    """Return the first known id that looks like a word, or empty."""
    return next((each for each in known if difference(word, each)), "")


def key(text: str) -> str:
    """Return a text such that ids that look the same are equal."""
    return unicodedata.normalize("NFKC", visible(text)).casefold()


def visible(text: str) -> str:
    """Return a text without characters that nothing is drawn for, and without white space."""
    kinds = ("Cc", "Cf", "Zs", "Zl", "Zp")
    return "".join(character for character in text if unicodedata.category(character) not in kinds)
