"""Keys and answers of an export: all levels that the page shows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from nwbgate.browser.exports.chunk_table import chunk_table
from nwbgate.browser.levels.extremes import FACTOR
from nwbgate.browser.levels.heat_levels import TILE as HEAT_TILE
from nwbgate.browser.levels.trace_levels import TILE
from nwbgate.browser.serving.browsed_file import RAW, BrowsedFile
from nwbgate.browser.serving.frames import packed_frame
from nwbgate.browser.serving.keys import TrackNumber
from nwbgate.browser.serving.library import Library
from nwbgate.browser.serving.packing import json_text
from nwbgate.browser.tracks.extent import ends_of
from nwbgate.browser.tracks.image_stacks import ImageStack
from nwbgate.browser.tracks.track import Heatmap, TraceTrack
from nwbgate.errors import NwbgateError

#: Numbers of a trace, or of all rows of a heatmap, up to which every sample is exported unasked.
_SMALL = 2**19
#: Samples of a trace up to which its means around events are exported.
_MEANS = 2**22


@dataclass(frozen=True)
class _Options:
    """Source of a long trace's samples: the export, the NWB files, or none."""

    with_samples: bool
    samples_from: str | None = None


def export_answers(
    library: Library, *, with_samples: bool, samples_from: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield every key of an export with its answer.

    Parameters
    ----------
    library : Library
        What is exported; levels are finished first.
    with_samples : bool
        Export every sample.
    samples_from : str, optional
        Address of the folder of the NWB files, from which the page reads the samples that are not exported.
    """
    options = _Options(with_samples, samples_from)
    yield "files", library.answer("files").content
    for number, file in enumerate(library.files):
        yield f"about/{number}", library.answer(f"about/{number}").content
        yield f"doc/{number}", _doc(file, options)
        for key, content in _file_keys(file, options):
            name, _, rest = key.partition("/")
            yield f"{name}/{number}/{rest}", content


def _doc(file: BrowsedFile, options: _Options) -> bytes:
    """Return the description of a file, with absent tracks and its address."""
    doc = json.loads(file.doc())
    for described, track in zip(doc["tracks"], file.opened.tracks, strict=True):
        described["absent"] = not track.shown
        if isinstance(track, Heatmap) and track.shown and "problem" not in described:
            described["hasTraces"] = _has_traces(track, options)
    for stack in doc["stacks"]:
        stack["absent"] = not stack["names"]
    if options.samples_from is not None:
        doc["beside"] = _address(file, options.samples_from)
    return json_text(doc).encode()


def _file_keys(file: BrowsedFile, options: _Options) -> Iterator[tuple[str, bytes]]:
    """Yield the keys of one file, without its number."""
    _, broken = ends_of(file.opened.tracks)
    for number in range(len(file.opened.planes)):
        yield f"plane/{number}", file.plane(number)
    for number, stack in enumerate(file.opened.stacks):
        yield from _picture_keys(number, stack)
    for number, track in enumerate(file.opened.tracks):
        which = TrackNumber(number)
        if not track.shown or number in broken:
            continue
        if isinstance(track, TraceTrack):
            yield from _trace_keys(file, which, options)
        elif isinstance(track, Heatmap):
            yield from _heat_keys(file, which, track, options)
        else:
            yield f"rows/{number}", file.rows(which)


def _picture_keys(number: int, stack: ImageStack) -> Iterator[tuple[str, bytes]]:
    """Yield pictures; frames of a series are left out for their size."""
    for picture in range(len(stack.names)):
        yield f"frame/{number}/{picture}", packed_frame(stack, picture)


def _trace_keys(file: BrowsedFile, which: TrackNumber, options: _Options) -> Iterator[tuple[str, bytes]]:
    name = str(which.track) if which.row is None else f"{which.track}.{which.row}"
    levels = file.levels(which)
    while not levels.complete and levels.build_next():
        pass
    samples = len(levels.samples)
    raw = options.with_samples or samples <= _SMALL
    chunks = None if raw or options.samples_from is None else _chunks(file, which, options.samples_from)
    if chunks is not None:
        yield f"chunks/{name}", chunks
    yield f"grid/{name}", file.grid(which, raw=raw or chunks is not None)
    for level in range(levels.count):
        bins = -(-levels.grid.bins // FACTOR**level)
        for tile in range(-(-bins // TILE)):
            yield f"tile/{name}/{level}/{tile}", file.tile(which, level, tile, rounded=level == 0 and not raw)
    for block in range(-(-samples // RAW) if raw else 0):
        yield f"raw/{name}/{block}", file.raw(which, block)
    if which.row is None and samples <= _MEANS:
        yield from _mean_keys(file, which)


def _chunks(file: BrowsedFile, which: TrackNumber, folder: str) -> bytes | None:
    """Return the table of chunks of a trace, with the address of its file."""
    return chunk_table(file.samples(which), _address(file, folder))


def _address(file: BrowsedFile, folder: str) -> str:
    """Return the address of the NWB file itself, relative to the page."""
    return f"{folder.rstrip('/')}/{quote(file.name)}"


def _heat_keys(file: BrowsedFile, which: TrackNumber, track: Heatmap, options: _Options) -> Iterator[tuple[str, bytes]]:
    levels = file.heat_levels(which)
    yield f"grid/{which.track}", file.heat_grid(which)
    for level, columns in enumerate(levels.levels):
        for tile in range(-(-columns.shape[1] // HEAT_TILE)):
            yield f"heat/{which.track}/{level}/{tile}", file.heat(which, level, tile)
    yield from _mean_keys(file, which)
    if _has_traces(track, options):
        for row in range(len(track.rows)):
            yield from _trace_keys(file, TrackNumber(which.track, row), _Options(True))


def _has_traces(track: Heatmap, options: _Options) -> bool:
    """Return whether the trace of each row is exported."""
    return options.with_samples or len(track.rows) * len(track.times()) <= _SMALL


def _mean_keys(file: BrowsedFile, which: TrackNumber) -> Iterator[tuple[str, bytes]]:
    """Yield means around every kind of event, for traces that can be aligned."""
    for kind in range(len(file.opened.aligned_to)):
        try:
            yield f"mean/{which.track}/{kind}", file.mean(which, kind)
        except NwbgateError:
            continue
