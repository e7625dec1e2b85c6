"""Tracks: what a file has to show along the time axis."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from nwbgate.browser.tracks.image_stacks import ImageStack
from nwbgate.browser.tracks.samples import Samples

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Track:
    """One track.

    Attributes
    ----------
    name : str
        What it shows, for people.
    group : str
        Heading that it stands under.
    unit : str
        Unit of its values; empty without one.
    shown : bool
        Whether it is on the page before anyone has asked for it.
    source : str
        Place in the file.
    """

    kind: ClassVar[str] = ""

    name: str
    group: str
    unit: str = ""
    shown: bool = True
    source: str = ""

    def about(self) -> dict[str, Any]:
        """Return its description as JSON can hold it."""
        named = {name: getattr(self, name) for name in ("kind", "name", "group", "unit", "shown", "source")}
        return named | self._more()

    def _more(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class TraceTrack(Track):
    """One value along time.

    Attributes
    ----------
    samples : callable
        Returns its samples; called when the trace is first looked at.
    ends : callable
        Returns the first and the last time in seconds, without reading all.
    lines : tuple of (float, str)
        Values to mark with a line, such as a threshold, with their names.
    """

    kind: ClassVar[str] = "trace"

    samples: Callable[[], Samples] = field(kw_only=True)
    ends: Callable[[], tuple[float, float]] = field(kw_only=True)
    lines: tuple[tuple[float, str], ...] = ()

    def _more(self) -> dict[str, Any]:
        return {"lines": [list(line) for line in self.lines], "ends": self.ends()}


@dataclass(frozen=True)
class Heatmap(Track):
    """Many values along time, one row of colour each.

    Attributes
    ----------
    matrix : callable
        Returns the values, float64, shape (frames, rows); called when they are first looked at.
    times : callable
        Returns the times of the frames in seconds.
    row : callable
        Returns the samples of one row by its number.
    rows : tuple of str
        Names of the rows.
    plane : int or None
        Number of the imaging plane with the masks of the rows.
    """

    kind: ClassVar[str] = "heatmap"

    matrix: Callable[[], Array] = field(kw_only=True)
    times: Callable[[], Array] = field(kw_only=True)
    row: Callable[[int], Samples] = field(kw_only=True)
    rows: tuple[str, ...] = field(kw_only=True)
    plane: int | None = None

    def _more(self) -> dict[str, Any]:
        return {"rows": list(self.rows), "plane": self.plane}


@dataclass(frozen=True)
class Rows:
    """Rows of a table along time.

    Attributes
    ----------
    start, stop : array of float64, shape (rows,)
        Seconds; `stop` is None for events without a length.
    category : array of int32, shape (rows,)
        Number of the category of each row.
    categories : list of str
        Names of the categories.
    label : list of str
        One text for each row; empty where there is nothing to say.
    """

    start: Array
    stop: Array | None
    category: Array
    categories: list[str]
    label: list[str]


@dataclass(frozen=True)
class EventsTrack(Track):
    """Points in time: spikes, licks, rewards."""

    kind: ClassVar[str] = "events"

    read: Callable[[], Rows] = field(kw_only=True)


@dataclass(frozen=True)
class Intervals(Track):
    """Stretches of time: trials, presentations."""

    kind: ClassVar[str] = "intervals"

    read: Callable[[], Rows] = field(kw_only=True)


@dataclass(frozen=True)
class PlaneImages:
    """Images of one plane and masks of its cells, read on demand."""

    name: str
    images: Callable[[], dict[str, Array]]
    masks: Callable[[], Array | None]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Opened:
    """A file as tracks.

    Attributes
    ----------
    kind : str
        "session", "recording" or "NWB file".
    tracks : list of Track
        What it has along time.
    planes : list of PlaneImages
        Its imaging planes.
    stacks : list of ImageStack
        Its image series and pictures.
    aligned_to : mapping of str to callable
        Kind of event to its times in seconds, for means.
    facts : dict of str to str
        What it says of itself.
    notes : list of str
        What could not be shown, and why.
    tables : callable
        Returns the rows of a table by name as a frame, for the times of findings; None where there is none.
    """

    kind: str
    tracks: list[Track]
    planes: list[PlaneImages] = field(default_factory=list)
    stacks: list[ImageStack] = field(default_factory=list)
    aligned_to: dict[str, Callable[[], Array]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    tables: Callable[[str], Any] = lambda _: None


def rows_of(start: Any, stop: Any = None, *, category: Any = None, label: Any = None) -> Rows:
    """Return rows in order of start, without those that lack a finite one.

    Parameters
    ----------
    start, stop : array-like of float, shape (rows,)
        Seconds; `stop` None for events.
    category, label : sequence of str, optional
        A word and a text for each row.
    """
    begin = np.asarray(start, np.float64).ravel()
    order = np.argsort(begin, kind="stable")
    order = order[np.isfinite(begin[order])]
    words = ["" for _ in begin] if category is None else [str(word) for word in category]
    names = sorted(set(words))
    numbers = {name: number for number, name in enumerate(names)}
    texts = ["" for _ in begin] if label is None else [str(text) for text in label]
    return Rows(
        begin[order],
        None if stop is None else np.asarray(stop, np.float64).ravel()[order],
        np.array([numbers[words[row]] for row in order], np.int32),
        names,
        [texts[row] for row in order],
    )
