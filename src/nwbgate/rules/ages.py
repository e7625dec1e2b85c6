"""Ages of animals: ISO 8601 durations, and ranges of them, as days."""

import re

#: A duration in years, months, weeks and days, as NWB and DANDI write ages.
_DURATION = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T.*)?")
#: Days of a year, a month, a week and a day.
_DAYS = (365.25, 30.44, 7.0, 1.0)
#: Oldest age in days by species: beyond what any animal of it is known to have reached in a laboratory.
OLDEST = {"Mus musculus": 4 * 365.25, "Rattus norvegicus": 5 * 365.25}
#: Oldest age in days of any species: 130 years.
OLDEST_OF_ANY = 130 * 365.25


def days(age: str) -> tuple[float, float] | None:
    """Return the shortest and longest age in days of a text, or None.

    Parameters
    ----------
    age : str
        A duration (P90D), or a range of two (P63D/P147D). The upper bound of an open range is infinite.

    Returns
    -------
    tuple of float or None
        Both equal for a single age, but for the unit it is given in: P12W is 84 days up to 91.
    """
    low, _, high = age.partition("/")
    shortest = _days(low)
    if shortest is None:
        return None
    if "/" not in age:
        return shortest[0], shortest[0] + shortest[1]
    longest = _days(high)
    if longest is None:
        return (shortest[0], float("inf")) if not high else None
    return shortest[0], longest[0] + longest[1]


def _days(duration: str) -> tuple[float, float] | None:
    """Return a duration's days, and those of its smallest unit."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return None
    try:
        parts = [(float(number), unit) for number, unit in zip(found.groups(), _DAYS, strict=True) if number]
    except ValueError:
        return None
    return sum(number * unit for number, unit in parts), min(unit for _, unit in parts)


def oldest(species: object) -> float:
    """Return the oldest age in days that an animal of a species can have."""
    return OLDEST.get(str(species), OLDEST_OF_ANY)


def impossible(age: str, limit: float) -> str:
    """Return why an age is impossible, as a suffix, or empty.

    Parameters
    ----------
    age : str
        As for `days`.
    limit : float
        Oldest age in days.
    """
    low, high = days(age) or (0.0, 0.0)
    if low > high:
        return f", from {low:.0f} down to {high:.0f} days"
    if low > limit:
        return f", {low / 365.25:.1f} years"
    return f", up to {high / 365.25:.1f} years" if "/" in age and limit < high < float("inf") else ""
