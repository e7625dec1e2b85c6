"""Closed table of keys: everything that the page can ask for."""

import re
from dataclasses import dataclass

#: Number of a file, track, level or tile; with a point, a row of a track of many rows. Never signed, never huge.
_NUMBER, _TRACK, _TIME = r"\d{1,9}", r"\d{1,6}(?:\.\d{1,6})?", r"-?\d{1,12}(?:\.\d{1,9})?"
_FORMS = {
    "files": (),
    "about": (_NUMBER,),
    "doc": (_NUMBER,),
    "grid": (_NUMBER, _TRACK),
    "tile": (_NUMBER, _TRACK, _NUMBER, _NUMBER),
    "raw": (_NUMBER, _TRACK, _NUMBER),
    "heat": (_NUMBER, _TRACK, _NUMBER, _NUMBER),
    "rows": (_NUMBER, _TRACK),
    "plane": (_NUMBER, _NUMBER),
    "times": (_NUMBER, _NUMBER),
    "frame": (_NUMBER, _NUMBER, _NUMBER),
    "mean": (_NUMBER, _TRACK, _NUMBER),
    "csv": (_NUMBER, _TRACK, _TIME, _TIME),
    "parquet": (_NUMBER, _TRACK, _TIME, _TIME),
    "nwb": (_NUMBER,),
}
_TABLE = {
    name: re.compile("/".join([name, *(f"({part})" for part in parts)]), re.ASCII) for name, parts in _FORMS.items()
}


class UnknownKeyError(LookupError):
    """A key outside the table, or of something that does not exist."""


@dataclass(frozen=True)
class TrackNumber:
    """Number of a track, and of one of its rows."""

    track: int
    row: int | None = None


@dataclass(frozen=True)
class Key:
    """A key, taken apart."""

    name: str
    parts: tuple[str, ...]

    def number(self, part: int) -> int:
        """Return a part as a number."""
        return int(self.parts[part])

    def time(self, part: int) -> float:
        """Return a part as a time in seconds."""
        return float(self.parts[part])

    def track(self) -> TrackNumber:
        """Return the track that the key is about."""
        track, _, row = self.parts[1].partition(".")
        return TrackNumber(int(track), int(row) if row else None)


def parse_key(text: str) -> Key:
    """Return a key, taken apart.

    Raises
    ------
    UnknownKeyError
        If it is not in the table.
    """
    name = text.partition("/")[0]
    match = _TABLE[name].fullmatch(text) if name in _TABLE else None
    if match is None:
        raise UnknownKeyError(text[:80])
    return Key(name, match.groups())
