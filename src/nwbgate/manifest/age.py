"""Ages of animals: ISO 8601 durations, and ranges of two of them."""

import re

_NUMBER = r"\d+(?:\.\d+)?"
_DURATION = re.compile(
    rf"P(?=[\dT])(?:(?P<weeks>{_NUMBER})W|(?:(?P<years>{_NUMBER})Y)?(?:(?P<months>{_NUMBER})M)?"
    rf"(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>{_NUMBER})S)?)?)"
)
#: Days in each part of a duration; years and months are those of the Gregorian calendar on average.
_DAYS = {
    "weeks": 7.0, "years": 365.2425, "months": 30.436875, "days": 1.0, "hours": 1 / 24, "minutes": 1 / 1440,
    "seconds": 1 / 86400,
}  # fmt: skip
#: What an age is expected to be, in words.
EXPECTED = "an ISO 8601 duration such as P90D, or a range from low to high such as P63D/P147D"


def days(duration: str) -> float | None:
    """Return an ISO 8601 duration in days, or None for other text."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        return None
    return sum(float(value) * _DAYS[part] for part, value in match.groupdict().items() if value is not None)


def is_age(text: str) -> bool:
    """Tell whether DANDI takes a text for an age.

    A range runs from its lower to its higher end; one of the two may be left out, as in ``P90D/``.
    """
    low, slash, high = text.partition("/")
    if not slash:
        return days(low) is not None
    ends = [days(end) for end in (low, high) if end]
    if not ends or None in ends:
        return False
    return len(ends) == 1 or ends[0] < ends[1]  # type: ignore[operator]  # neither is None
