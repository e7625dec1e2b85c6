"""Start times without a time zone: rejected, or placed in a named zone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.tz import tzlocal  # type: ignore[import-untyped]
from pynwb import NWBFile

from nwbgate.errors import MetadataError, UsageError

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
#: Times of an NWBFile to which PyNWB adds the zone of the machine.
_TIMES = ("session_start_time", "timestamps_reference_time")
_EXPECTED = "date, time and offset from UTC, such as 2016-05-04T13:30:00-07:00"


def time_zone(name: str, *, where: str = "timezone") -> tzinfo:
    """Return a time zone.

    Parameters
    ----------
    name : str
        Name of the IANA database ("America/Los_Angeles"), "UTC", or an offset ("-07:00").
    where : str
        The option, for the error.

    Raises
    ------
    UsageError
        If there is no such time zone.
    """
    if match := _OFFSET.fullmatch(name):
        sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
        if abs(offset) < timedelta(hours=24):
            return timezone(offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:  # OSError: the name of a folder, or too long
        raise UsageError(
            "unknown time zone",
            where=where,
            got=repr(name),
            expected="a name of the IANA database, such as America/Los_Angeles, or an offset, such as -07:00",
            fix="choose a name of that kind",
        ) from problem


def in_zone(time: datetime, zone: str | None, *, where: str, what: str = "the start of the session") -> datetime:
    """Return a time with its time zone: its own, or else `zone`.

    Parameters
    ----------
    time : datetime
        With or without a time zone.
    zone : str, optional
        See `time_zone`.
    where, what : str
        Place and name of the time, for the error.

    Raises
    ------
    MetadataError
        If no zone is known, or the clocks of the zone showed this time twice or never.
    """
    if time.tzinfo is not None:
        return time
    if zone is None:
        raise MetadataError(
            f"{what} has no time zone",
            where=where,
            got=str(time),
            expected=_EXPECTED,
            fix="add the offset of the laboratory on that day, or name its zone with the option timezone",
        )
    placed = time.replace(tzinfo=time_zone(zone))
    if placed.utcoffset() != placed.replace(fold=1).utcoffset():
        raise MetadataError(
            f"{what} is not one moment: clocks were changed in this hour",
            where=where,
            got=f"{time} in {zone}",
            expected=_EXPECTED,
            fix="write the time with its offset",
        )
    return placed


@contextmanager
def start_with_zone(nwbfile: NWBFile, zone: str | None) -> Iterator[None]:
    """Set a start's zone while writing; reject the machine's own.

    PyNWB adds ``dateutil.tz.tzlocal()`` to a time without a zone, which cannot be told from one chosen by somebody:
    both would make another file on another machine.

    Raises
    ------
    MetadataError
        If the start is in the machine's zone and `zone` is not given.
    """
    before = {name: nwbfile.fields[name] for name in _TIMES if isinstance(nwbfile.fields.get(name), datetime)}
    where = f"NWBFile {nwbfile.identifier!r}: "
    after = {
        name: in_zone(time.replace(tzinfo=None), zone, where=where + name)
        for name, time in before.items()
        if isinstance(time.tzinfo, tzlocal) and not _was_read_with_zone(nwbfile, name)
    }
    nwbfile.fields.update(after)
    try:
        yield
    finally:
        nwbfile.fields.update(before)


def _was_read_with_zone(nwbfile: NWBFile, name: str) -> bool:
    """Return whether a time comes from a file with a time zone."""
    if nwbfile.read_io is None:
        return False
    stored = nwbfile.read_io.manager.get_builder(nwbfile).get(name)
    text = getattr(stored, "data", stored)
    text = text.decode() if isinstance(text, bytes) else str(text)
    return re.search(r"(Z|[+-]\d{2}:?\d{2})\s*$", text.partition("T")[2]) is not None
