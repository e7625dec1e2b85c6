"""Rows of a table of recordings against each other and against the publication."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from nwbgate.manifest import age

#: A row by column; what is unknown is absent, None or NaN. A key ``place`` says where it is, in place of its id.
Row = Mapping[str, Any]

#: Days of a mouse that was two to five months old, with room for the lines that were up to 180 days old.
ADULT = (35.0, 365.0)
#: Year before which no mouse of these lines was recorded, and the day on which the recordings were described.
FIRST_YEAR, DESCRIBED = 2012, datetime(2019, 12, 19).date()
#: Coordinates of the pipette in micrometers: none is near 0 on all axes, and none is outside of a brain.
NEAR, FAR = 20.0, 20_000.0
#: Fewest starts, on how many days, that show that only the dates are known.
_STARTS, _DAYS = 4, 3
#: Days by which a birth that follows from an age may differ, by the smallest unit of the age.
_UNITS = {"D": 2.0, "W": 8.0, "M": 32.0, "Y": 367.0}
#: Words that stand where an id is to come; others, such as NA, are empty cells for every reader of tables.
_PLACEHOLDERS = frozenset({"none", "tbd", "tba", "todo", "unknown", "undefined", "xxx", "?", "-", "--", "test"})
#: Days of an age that nothing is computed with; columns of ids and of the place.
_LONGEST = 36525.0
_IDS, _POSITION = ("neuron_id", "subject_id"), ("x", "y", "z")
#: How missing values are written.
_MISSING = frozenset({"", "None", "nan", "NaN", "NaT", "<NA>"})


class Odd(NamedTuple):
    """A value that another row or the publication contradicts.

    Parameters
    ----------
    row : int
        Number of the row.
    column : str
        Its column.
    got, expected : str
        What it says, and what it should.
    """

    row: int
    column: str
    got: str
    expected: str


def placeholder_ids(rows: Sequence[Row]) -> Iterator[Odd]:
    """Yield ids such as TBD, which would make one mouse or neuron of several."""
    for number, row in enumerate(rows):
        for column in _IDS:
            if _is_known(row, column) and str(row[column]).strip().casefold() in _PLACEHOLDERS:
                yield Odd(number, column, repr(str(row[column])), "an id, or an empty cell")


def ages_unlike_adults(rows: Sequence[Row]) -> Iterator[Odd]:
    """Yield ages of pups and of old mice."""
    for number, row in enumerate(rows):
        lived = _days_of_age(row)
        if lived is not None and not ADULT[0] <= lived <= ADULT[1]:
            yield Odd(number, "age", str(row["age"]), f"P{ADULT[0]:.0f}D to P{ADULT[1]:.0f}D, an adult mouse")


def contradicted_births(rows: Sequence[Row]) -> Iterator[Odd]:
    """Yield ages that make another birth of a mouse than most of its recordings."""
    for owner in ("subject_id", "neuron_id"):
        for numbers in _groups(rows, owner):
            births = {number: birth for number in numbers if (birth := _birth(rows[number])) is not None}
            first = max(births, key=lambda number: (_n_alike(births, number), -number), default=-1)
            for number, birth in births.items():
                usual = births[first]
                if _apart(birth, usual) > _UNITS.get(str(rows[number]["age"])[-1], _UNITS["Y"]):
                    got = f"{rows[number]['age']} on {_start(rows[number]):%Y-%m-%d}, born on {birth:%Y-%m-%d}"
                    yield Odd(number, "age", got, f"a birth on {usual:%Y-%m-%d}, as by {_name(rows[first])}")


def _n_alike(births: Mapping[int, datetime], number: int) -> int:
    """Return the number of recordings that lead to the same birth."""
    return sum(_apart(birth, births[number]) <= _UNITS["D"] for birth in births.values())


def _apart(one: datetime, other: datetime) -> float:
    return abs((one - other).total_seconds()) / 86400


def shared_starts(rows: Sequence[Row]) -> Iterator[Odd]:
    """Yield recordings that begin at the instant of another one."""
    if any(starts_without_time(rows)):
        return  # dates are shared
    first: dict[datetime, int] = {}
    for number, row in enumerate(rows):
        start = _start(row)
        other = number if start is None else first.setdefault(start, number)
        if other != number:
            yield Odd(
                number, "session_start_time", str(row["session_start_time"]),
                f"a start of its own; {_name(rows[other])} has this one",
            )  # fmt: skip


def starts_without_time(rows: Sequence[Row]) -> Iterator[Odd]:
    """Yield all starts where they are dates with midnight added."""
    starts = {number: start for number, row in enumerate(rows) if (start := _start(row)) is not None}
    hours = {start.hour for start in starts.values()}
    whole = all(start.minute == start.second == start.microsecond == 0 for start in starts.values())
    few = len(hours) == 1 or (len(hours) == 2 and max(hours) - min(hours) in (1, 23))
    if whole and few and len(starts) >= _STARTS and len({start.date() for start in starts.values()}) >= _DAYS:
        for number in starts:
            got = str(rows[number]["session_start_time"])
            yield Odd(number, "session_start_time", got, "the time of day, too; all begin at one full hour")


def starts_outside_the_years(rows: Sequence[Row]) -> Iterator[Odd]:
    """Yield starts before such mice were there, and after their recordings were described."""
    for number, row in enumerate(rows):
        start = _start(row)
        if start is not None and not (start.year >= FIRST_YEAR and start.date() <= DESCRIBED + timedelta(days=1)):
            expected = f"between {FIRST_YEAR} and {DESCRIBED}, when the recordings were described"
            yield Odd(number, "session_start_time", str(row["session_start_time"]), expected)


def positions_in_another_unit(rows: Sequence[Row]) -> Iterator[Odd]:
    """Yield coordinates that are millimeters, meters or nanometers."""
    for number, row in enumerate(rows):
        known = {name: abs(float(row[name])) for name in _POSITION if _is_known(row, name)}
        largest = max(known, key=lambda name: known[name], default="")
        if largest and (known[largest] > FAR or (len(known) == len(_POSITION) and 0 < known[largest] < NEAR)):
            unit = "nanometers" if known[largest] > FAR else "millimeters or meters"
            yield Odd(number, largest, f"{row[largest]}, which is {unit}", f"micrometers, {NEAR:g} to {FAR:g}")


def two_descriptions(rows: Sequence[Row]) -> Iterator[Odd]:
    """Yield a mouse of two sexes, and a neuron of two mice."""
    for owner, column in (("neuron_id", "subject_id"), ("subject_id", "sex"), ("neuron_id", "sex")):
        for numbers in _groups(rows, owner):
            told = [number for number in numbers if _is_known(rows[number], column)]
            for number in told:
                if str(rows[number][column]) != str(rows[told[0]][column]):
                    expected = f"{rows[told[0]][column]}, as {_name(rows[told[0]])} of this {owner.removesuffix('_id')}"
                    yield Odd(number, column, str(rows[number][column]), expected)


def _groups(rows: Sequence[Row], column: str) -> list[list[int]]:
    """Return the numbers of the rows that share a value."""
    found = defaultdict[str, list[int]](list)
    for number, row in enumerate(rows):
        if _is_known(row, column):
            found[str(row[column])].append(number)
    return [numbers for numbers in found.values() if len(numbers) > 1]


def _is_known(row: Row, column: str) -> bool:
    return str(row.get(column)) not in _MISSING


def _name(row: Row) -> str:
    return str(row.get("place") or f"recording {row.get('recording_id')}")


def _start(row: Row) -> datetime | None:
    if not _is_known(row, "session_start_time"):
        return None
    try:
        return datetime.fromisoformat(str(row["session_start_time"]))
    except ValueError:
        return None


def _days_of_age(row: Row) -> float | None:
    """Return an age in days; None for ranges and other texts."""
    lived = age.days(str(row["age"])) if _is_known(row, "age") else None
    return lived if lived is None or lived < _LONGEST else None


def _birth(row: Row) -> datetime | None:
    """Return the birth that follows from an age; some starts may have no zone."""
    start, lived = _start(row), _days_of_age(row)
    if start is None or lived is None or start.year < 1900:
        return None
    return start.replace(tzinfo=None) - timedelta(days=lived)
