"""One open file: what each key about it is answered with."""

from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from nwbgate.browser.levels.builder import Builder
from nwbgate.browser.levels.disk_cache import DiskCache, identity
from nwbgate.browser.levels.extremes import rounded_outwards
from nwbgate.browser.levels.heat_levels import TILE as HEAT_TILE
from nwbgate.browser.levels.heat_levels import HeatLevels
from nwbgate.browser.levels.trace_levels import Levels
from nwbgate.browser.serving import means
from nwbgate.browser.serving.keys import TrackNumber, UnknownKeyError
from nwbgate.browser.serving.packing import json_text, pack
from nwbgate.browser.tracks import masks
from nwbgate.browser.tracks.extent import ends_of
from nwbgate.browser.tracks.marks import FileJudgement, place_marks
from nwbgate.browser.tracks.opening import as_tracks, facts_of
from nwbgate.browser.tracks.quality_places import quality_of_tracks
from nwbgate.browser.tracks.samples import Samples
from nwbgate.browser.tracks.track import EventsTrack, Heatmap, Intervals, Opened, TraceTrack, Track
from nwbgate.errors import SourceError
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.opening import open_nwb
from nwbgate.storage.hdf5 import readable
from nwbgate.storage.safe_files.file_errors import is_url

Array = np.ndarray[Any, np.dtype[Any]]

#: Samples of a block of the raw level.
RAW = 4096
#: Window in which a recording on a server is first shown: few samples, and not the whole voltage.
_FIRST_SECONDS = 0.5


class BrowsedFile:
    """A file that the page looks at, opened when it is first asked for.

    Parameters
    ----------
    source : Path or str
        The file, or an http(s):// or s3:// address of one.
    builder : Builder
        Builds levels in the background.
    cache_folder : Path or None
        Folder of kept levels.
    """

    def __init__(self, source: Path | str, builder: Builder, cache_folder: Path | None) -> None:
        self.source, self.builder, self._cache_folder = source, builder, cache_folder
        self.judgement = FileJudgement()
        self._lock = RLock()
        self._levels: dict[TrackNumber, Levels] = {}
        self._heat: dict[int, HeatLevels] = {}
        self._first_identity = ""

    @property
    def name(self) -> str:
        """Name of the file, without its folders."""
        return str(self.source).rsplit("/", 1)[-1]

    @cached_property
    def data(self) -> NWBData:
        """The open file."""
        self._first_identity = identity(self.source)
        return open_nwb(self.source)

    @cached_property
    def opened(self) -> Opened:
        """The file as tracks."""
        with self._lock, readable(str(self.source)):
            return as_tracks(self.data)

    @cached_property
    def _cache(self) -> DiskCache:
        return DiskCache(self._cache_folder, self._first_identity)

    def require_unchanged(self) -> None:
        """Reject a file that was replaced or changed since it was opened.

        Raises
        ------
        SourceError
            If it is another file now.
        """
        if self._first_identity and not is_url(self.source):
            try:
                same = identity(self.source) == self._first_identity
            except OSError:
                same = False
            if not same:
                raise SourceError(
                    "the file was replaced or changed while it was open",
                    where=str(self.source),
                    got="another size, time of modification or file of this name",
                    expected="the file that was opened",
                    fix="reload the page to open it again",
                )

    def close(self) -> None:
        """Close the file and forget what was read of it."""
        with self._lock:
            if "data" in self.__dict__:
                self.data.close()
            for name in ("data", "opened", "_cache"):
                self.__dict__.pop(name, None)
            self._levels, self._heat, self._first_identity = {}, {}, ""

    def about(self) -> dict[str, Any]:
        """Return a line of the list of files."""
        with self._lock, readable(str(self.source)):
            facts = facts_of(self.data, measure=not is_url(self.source))
        return {"name": self.name, "source": str(self.source), **facts, **self.judgement.words()}

    def doc(self) -> bytes:
        """Return the description of all tracks, as JSON."""
        with self._lock, readable(str(self.source)):
            opened = self.opened
            ends, problems = ends_of(opened.tracks)
            tracks = [track.about() for track in opened.tracks]
            marks = place_marks(self.judgement.marks, opened.tables)
        for number, problem in problems.items():
            tracks[number] |= {"shown": False, "problem": problem}
        own, others = quality_of_tracks(self.judgement.quality, opened.tracks)
        remote = is_url(self.source)
        for track, results in zip(tracks, own, strict=True):
            track["quality"] = results
            track["shown"] &= not (remote and track["kind"] == "heatmap")  # the whole of it would be fetched
        words = {
            "name": self.name, "kind": opened.kind, "start": ends[0], "stop": ends[1], "tracks": tracks,
            "planes": [{"name": plane.name, "cells": list(plane.cells)} for plane in opened.planes],
            "stacks": [stack.about() for stack in opened.stacks],
            "alignedTo": list(opened.aligned_to), "facts": opened.facts, "notes": opened.notes, "marks": marks,
            "quality": self.judgement.quality, "qualityOfFile": others, "judged": self.judgement.words(), "raw": RAW,
            "remote": remote, "first": _FIRST_SECONDS if remote and opened.kind == "recording" else None,
        }  # fmt: skip
        return json_text(words).encode()

    def track(self, which: TrackNumber) -> Track:
        """Return a track.

        Raises
        ------
        UnknownKeyError
            If there is none of this number, or it has no such row.
        """
        tracks = self.opened.tracks
        if which.track >= len(tracks):
            raise UnknownKeyError(f"track {which.track}")
        found = tracks[which.track]
        rows = len(found.rows) if isinstance(found, Heatmap) else 0
        if which.row is not None and which.row >= rows:
            raise UnknownKeyError(f"row {which.row}")
        return found

    def samples(self, which: TrackNumber) -> Samples:
        """Return the samples of a trace, or of a row of a heatmap.

        Raises
        ------
        UnknownKeyError
            If the track is neither.
        """
        found = self.track(which)
        if isinstance(found, TraceTrack) and which.row is None:
            return found.samples()
        if isinstance(found, Heatmap) and which.row is not None:
            return self._row(found, which.row)
        raise UnknownKeyError(f"track {which.track} has no samples")

    def _row(self, track: Heatmap, row: int) -> Samples:
        with self._lock:
            return track.row(row)

    def levels(self, which: TrackNumber) -> Levels:
        """Return the levels of a trace, and have them built."""
        with self._lock:
            if which not in self._levels:
                name = f"{self.track(which).source}\0{self.track(which).name}\0{which.row}"
                cache = self._cache if which.row is None else DiskCache(None, "")
                self._levels[which] = Levels(self.samples(which), cache, name, remote=is_url(self.source))
            return self._levels[which]

    def grid(self, which: TrackNumber, *, raw: bool = True) -> bytes:
        """Return the times of a trace's samples and bins, packed."""
        levels = self.levels(which)
        samples, clock = levels.samples, levels.samples.clock
        first = np.arange(0, len(samples), RAW)
        about = {
            "start": levels.grid.start, "width": levels.grid.width, "bins": levels.grid.bins, "levels": levels.count,
            "samples": len(samples), "period": clock.period if clock else None, "raw": raw, "notes": samples.notes,
        }  # fmt: skip
        blocks = np.empty(0) if clock else np.array([samples.times(place, place + 1)[0] for place in first.tolist()])
        return pack(about, {"blocks": np.asarray(blocks, np.float64)})

    def tile(self, which: TrackNumber, level: int, number: int, *, rounded: bool = False) -> bytes:
        """Return the extremes of a tile, packed; `rounded` outwards to float32."""
        levels = self.levels(which)
        try:
            bins, whole = levels.tile(level, number)
        except IndexError as error:
            raise UnknownKeyError(str(error)) from error
        if not levels.complete:
            self.builder.ask(levels)
        sampled = not whole and not levels.waiting
        about = {"whole": whole, "share": levels.share, "sampled": sampled, "rounded": rounded}
        sent: Array = rounded_outwards(bins) if rounded else bins
        return pack(about, {"low": sent[:, 0], "high": sent[:, 1]})

    def raw(self, which: TrackNumber, number: int) -> bytes:
        """Return a block of samples, packed: values, and times where they have timestamps."""
        samples = self.levels(which).samples
        start, stop = number * RAW, min((number + 1) * RAW, len(samples))
        if start >= max(stop, 1):
            raise UnknownKeyError(f"block {number}")
        arrays = {"values": samples.values(start, stop)}
        if samples.clock is None:
            arrays["times"] = samples.times(start, stop)
        return pack({"first": start}, arrays)

    def heat(self, which: TrackNumber, level: int, number: int) -> bytes:
        """Return a tile of a heatmap, packed."""
        found = self.heat_levels(which)
        try:
            columns, start, stop = found.tile(level, number)
        except IndexError as error:
            raise UnknownKeyError(str(error)) from error
        about = {"rows": columns.shape[0], "low": found.colours.low, "high": found.colours.high}
        return pack(about, {"start": start, "stop": stop, "bytes": columns})

    def heat_levels(self, which: TrackNumber) -> HeatLevels:
        """Return the levels of a heatmap, made when they are first asked for."""
        with self._lock, readable(str(self.source)):
            found = self.track(which)
            if not isinstance(found, Heatmap):
                raise UnknownKeyError(f"track {which.track} is not a heatmap")
            if which.track not in self._heat:
                self._heat[which.track] = HeatLevels(found, self._cache)
                self.builder.ask(self._heat[which.track])
            return self._heat[which.track]

    def heat_grid(self, which: TrackNumber) -> bytes:
        """Return levels, frames and tile times of a heatmap, packed."""
        found = self.heat_levels(which)
        about = {
            "levels": found.count, "frames": len(found.times), "period": found.period,
            "low": found.colours.low, "high": found.colours.high,
        }  # fmt: skip
        return pack(about, {"starts": found.times[::HEAT_TILE]})

    def rows(self, which: TrackNumber) -> bytes:
        """Return the rows of a track of events or intervals, packed."""
        found = self.track(which)
        if not isinstance(found, EventsTrack | Intervals):
            raise UnknownKeyError(f"track {which.track} has no rows")
        with self._lock, readable(str(self.source)):
            rows = found.read()
        label = rows.label if any(rows.label) else []
        arrays = {"start": rows.start, "category": rows.category}
        return pack(
            {"categories": rows.categories, "label": label},
            arrays if rows.stop is None else arrays | {"stop": rows.stop},
        )

    def plane(self, number: int) -> bytes:
        """Return images and masks of a plane, packed."""
        if number >= len(self.opened.planes):
            raise UnknownKeyError(f"plane {number}")
        plane = self.opened.planes[number]
        with self._lock, readable(str(self.source)):
            images, cells = plane.images(), plane.masks()
        gray = {name: masks.gray_image(image) for name, image in images.items()}
        sizes = {name: list(image.shape) for name, image in gray.items()}
        size = next(iter(sizes.values()), [0, 0]) if cells is None else list(cells.shape[1:])
        return pack({"images": sizes, "size": size}, {**gray, **({} if cells is None else masks.packed_masks(cells))})

    def mean(self, which: TrackNumber, kind: int) -> bytes:
        """Return the mean of a track around a kind of event, packed."""
        kinds = list(self.opened.aligned_to.items())
        if kind >= len(kinds):
            raise UnknownKeyError(f"kind of event {kind}")
        found = self.track(which)
        with self._lock, readable(str(self.source)):
            events = np.asarray(kinds[kind][1](), np.float64)
            if isinstance(found, Heatmap) and which.row is None:
                frames = means.frames_of_matrix(found.matrix(), np.asarray(found.times(), np.float64))
            else:
                frames = means.frames_of_samples(self.samples(which))
            around = means.mean_of(frames, events)
        mean, error = around.result()
        return pack({"events": around.events, "cells": len(mean)}, {"time": around.time, "mean": mean, "sem": error})
