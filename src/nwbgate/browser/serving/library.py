"""The files that are browsed, and the answer to every key."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock, Thread

from nwbgate.browser.levels.builder import Builder
from nwbgate.browser.serving.browsed_file import BrowsedFile
from nwbgate.browser.serving.downloads import window_table
from nwbgate.browser.serving.frames import packed_frame, packed_times, stack_of
from nwbgate.browser.serving.keys import Key, UnknownKeyError, parse_key
from nwbgate.browser.serving.packing import json_text
from nwbgate.browser.tracks.marks import FileJudgement
from nwbgate.browser.tracks.track import Heatmap
from nwbgate.errors import NwbgateError, SourceError
from nwbgate.storage.hdf5 import readable
from nwbgate.storage.safe_files.file_errors import is_url

JSON, BYTES = "application/json", "application/octet-stream"


@dataclass(frozen=True)
class Answer:
    """Answer to a key: bytes, or a file to be sent.

    Attributes
    ----------
    content : bytes
        The answer; empty where `path` is given.
    kind : str
        MIME type.
    name : str
        Name of the file to save; empty for what the page itself reads.
    path : Path or None
        File whose content is the answer.
    """

    content: bytes
    kind: str = BYTES
    name: str = ""
    path: Path | None = None


class Library:
    """Files that are browsed together.

    Parameters
    ----------
    sources : iterable of Path or str
        NWB files and addresses.
    cache_folder : Path or None
        Folder of kept levels; None keeps nothing.
    """

    def __init__(self, sources: Iterable[Path | str], cache_folder: Path | None = None) -> None:
        self.builder = Builder()
        self.files = [BrowsedFile(source, self.builder, cache_folder) for source in sources]
        self._lock = RLock()

    def judge(self, judgements: Mapping[str, FileJudgement]) -> None:
        """Attach findings and results of quality control, by the name of the source."""
        for file in self.files:
            file.judgement = judgements.get(str(file.source), file.judgement)

    def open_ahead(self) -> Thread:
        """Open the first file in a thread, while a web browser starts."""

        def open_first() -> None:
            with suppress(NwbgateError, OSError):
                self.answer("doc/0")

        thread = Thread(target=open_first, daemon=True, name="nwbgate browse: first file")
        thread.start()
        return thread

    def close(self) -> None:
        """Stop building and close all files."""
        self.builder.close()
        for file in self.files:
            file.close()

    def answer(self, text: str) -> Answer:
        """Return the answer to a key.

        Raises
        ------
        UnknownKeyError
            If the key is not in the table, or names something that does not exist.
        NwbgateError
            If the file cannot be read, or was replaced since it was opened.
        """
        key = parse_key(text)
        if key.name == "files":
            listed = [{"name": file.name, "source": str(file.source)} for file in self.files]
            return Answer(json_text(listed).encode(), JSON)
        return self._about_file(key)

    def _about_file(self, key: Key) -> Answer:
        number = key.number(0)
        if number >= len(self.files):
            raise UnknownKeyError(f"file {number}")
        file = self.files[number]
        if key.name == "doc":
            self._open_again_if_replaced(file)
        file.require_unchanged()
        if key.name == "about":
            return Answer(json_text(file.about()).encode(), JSON)
        if key.name == "doc":
            return Answer(file.doc(), JSON)
        if key.name == "nwb":
            return _whole_file(file)
        if key.name in ("csv", "parquet"):
            return _window(file, key)
        return Answer(_packed_answer(file, key))

    def _open_again_if_replaced(self, file: BrowsedFile) -> None:
        """Close a replaced file, so that a reload shows the new one."""
        with self._lock:
            try:
                file.require_unchanged()
            except SourceError:
                file.close()


def _packed_answer(file: BrowsedFile, key: Key) -> bytes:
    """Return the packed answer to a key about one file."""
    if key.name in ("plane", "times", "frame"):
        return _packed_images(file, key)
    which = key.track()
    if key.name == "grid":
        heat = isinstance(file.track(which), Heatmap) and which.row is None
        return file.heat_grid(which) if heat else file.grid(which)
    if key.name == "rows":
        return file.rows(which)
    if key.name == "raw":
        return file.raw(which, key.number(2))
    if key.name == "mean":
        return file.mean(which, key.number(2))
    answer = file.tile if key.name == "tile" else file.heat
    return answer(which, key.number(2), key.number(3))


def _packed_images(file: BrowsedFile, key: Key) -> bytes:
    """Return the packed answer to a key about images."""
    if key.name == "plane":
        return file.plane(key.number(1))
    with readable(str(file.source)):
        stack = stack_of(file.opened.stacks, key.number(1))
        return packed_times(stack) if key.name == "times" else packed_frame(stack, key.number(2))


def _whole_file(file: BrowsedFile) -> Answer:
    """Return the NWB file itself; one on a server is fetched from there."""
    if is_url(file.source):
        raise UnknownKeyError("a file on a server is fetched from its address")
    return Answer(b"", name=file.name, path=Path(file.source))


def _window(file: BrowsedFile, key: Key) -> Answer:
    """Return the samples or rows of a track between two times as a table."""
    table = window_table(file, key.track(), key.time(2), key.time(3))
    track = file.track(key.track())
    name = f"{file.name.removesuffix('.nwb')}_{track.name.replace(' ', '_').replace('/', '_')}.{key.name}"
    if key.name == "csv":
        return Answer(table.as_csv(), "text/csv; charset=utf-8", name)
    return Answer(table.as_parquet(), "application/vnd.apache.parquet", name)
