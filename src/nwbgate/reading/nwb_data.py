"""An NWB file opened for lazy reading."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import h5py

from nwbgate.errors import UsageError, nearest
from nwbgate.reading.format.dynamic_table import column_names, read_table
from nwbgate.reading.format.file_layout import FileLayout, file_layout
from nwbgate.reading.format.time_series import is_series
from nwbgate.reading.html_summary import html_summary
from nwbgate.reading.objects.imaging_plane import imaging_planes
from nwbgate.reading.objects.series import Series
from nwbgate.storage.hdf5 import dataset_at, group_at, groups, open_file, readable
from nwbgate.storage.remote_files.address import Address, naming
from nwbgate.storage.safe_files.file_errors import is_url
from nwbgate.storage.values import one_text

if TYPE_CHECKING:
    import pandas as pd
    import xarray

#: Facts that any NWB file may state, and where.
_FACTS = {
    "identifier": "/identifier",
    "session_id": "/general/session_id",
    "session_description": "/session_description",
    "session_start_time": "/session_start_time",
    "institution": "/general/institution",
    "subject_id": "/general/subject/subject_id",
    "species": "/general/subject/species",
    "sex": "/general/subject/sex",
    "age": "/general/subject/age",
    "genotype": "/general/subject/genotype",
}


class NWBData:
    """Any NWB file: tables and series by name, and metadata.

    Parameters
    ----------
    path : path or str
        The file, or an http(s):// or s3:// address of one. It is opened on first use and stays open; `close`, or a
        ``with`` statement, closes it. Pickled as its path.
    follow_links : bool
        Read also what the file links to in files beside it.
    """

    def __init__(self, path: Path | str, *, follow_links: bool = False) -> None:
        self.path: Path | str = path if is_url(path) else Path(path)
        self._follow_links = follow_links
        self._file: h5py.File | None = None

    @property
    def file(self) -> h5py.File:
        """The open file.

        Raises
        ------
        UsageError
            If there is no such file.
        SourceError
            If it is no NWB file, or cannot be read to its end.
        """
        if self._file is None:
            self._file = self._open()
        return self._file

    def _open(self) -> h5py.File:
        if not is_url(self.path):
            return open_file(Path(self.path), follow_links=self._follow_links)
        from nwbgate.storage.remote_files.remote import open_url  # a file of this computer does not wait for it

        if isinstance(self.path, Address):
            with naming(self.path):
                return open_url(self.path.url, str(self.path))
        return open_url(str(self.path))

    def take_over(self, opened: "NWBData") -> None:
        """Take over the open file of another object, unusable afterwards."""
        self._file, self.layout = opened.file, opened.layout

    @cached_property
    def layout(self) -> FileLayout:
        """Layout of the file: standard, released (by AllenSDK), or other."""
        return file_layout(self.file)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Metadata of session and subject, by NWB names."""
        found = {name: dataset_at(self.file, place) for name, place in _FACTS.items()}
        return {name: one_text(data) for name, data in found.items() if data is not None}

    @cached_property
    def tables(self) -> "Mapping[str, pd.DataFrame]":
        """Tables of the file by absolute path, each read on access."""
        found = {str(group.name).lstrip("/"): group for group in self._tables}
        return ByName(self, "table", {name: _reading(read_table, group) for name, group in found.items()})

    @cached_property
    def _groups(self) -> list[h5py.Group]:
        """Every group of the file, found once."""
        return list(groups(self.file))

    @cached_property
    def series(self) -> "Mapping[str, Series]":
        """Time series by absolute path: lazy data in their unit, times and description."""
        found = {str(group.name).lstrip("/"): group for group in self._groups if is_series(group)}
        return ByName(self, "series", {name: _reading(Series, group) for name, group in found.items()})

    @cached_property
    def intervals(self) -> "Mapping[str, pd.DataFrame]":
        """Tables of intervals by name: those with ``start_time`` and ``stop_time``."""
        found = [group for group in self._tables if {"start_time", "stop_time"} <= set(column_names(group))]
        return self._tables_by_name("table of intervals", found)

    @cached_property
    def events(self) -> "Mapping[str, pd.DataFrame]":
        """Tables of events by name: those with ``timestamp`` or ``timestamps``.

        Calcium events of cells, AllenSDK's ``events``, are the ``events`` of a plane.
        """
        found = [group for group in self._tables if {"timestamp", "timestamps"} & set(column_names(group))]
        return self._tables_by_name("table of events", found)

    @cached_property
    def units(self) -> "pd.DataFrame":
        """Sorted units with their spike times; empty without units."""
        return self._table_at("/units")

    @cached_property
    def electrodes(self) -> "pd.DataFrame":
        """Extracellular electrodes; no rows and columns where the file has none."""
        return self._table_at("/general/extracellular_ephys/electrodes")

    @cached_property
    def planes(self) -> Mapping[str, Any]:
        """Imaging planes by name, with tables of ROIs and responses."""
        with readable(str(self.path)):
            return {plane.name: plane for plane in imaging_planes(self.file, self._groups)}

    @property
    def _tables(self) -> list[h5py.Group]:
        return [group for group in self._groups if "colnames" in group.attrs]

    def _tables_by_name(self, kind: str, found: list[h5py.Group]) -> "ByName":
        """Return tables by name, by path where two have the same name."""
        names = [str(group.name).rpartition("/")[2] for group in found]
        keys = [
            name if names.count(name) == 1 else str(group.name).lstrip("/")
            for name, group in zip(names, found, strict=True)
        ]
        return ByName(self, kind, {key: _reading(read_table, group) for key, group in zip(keys, found, strict=True)})

    def _table_at(self, path: str) -> "pd.DataFrame":
        import pandas as pd

        with readable(str(self.path)):
            group = group_at(self.file, path)
            return pd.DataFrame() if group is None else read_table(group)

    @cached_property
    def nwbfile(self) -> Any:
        """The file as PyNWB's `NWBFile`; imports PyNWB."""
        return import_module("nwbgate.nwbfile").read_nwbfile(self.file)

    def aligned(
        self, what: str, times: Any, window: tuple[float, float] = (-1.0, 2.0), *, bin_width: float = 0.05
    ) -> "xarray.DataArray":
        """Return a series or the units around events; see `nwbgate.reading.objects.aligned.aligned_to_times`."""
        from nwbgate.reading.objects.aligned import aligned_to_times

        return aligned_to_times(self, what, times, window, bin_width=bin_width)

    def close(self) -> None:
        """Close the file; data already read stay available."""
        file, self._file = self._file, None
        if file is not None:
            with readable(str(self.path)):  # closing, too, fails with the disk
                file.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the path."""
        return partial(type(self), follow_links=self._follow_links), (self.path,)

    def __repr__(self) -> str:
        """Return type and path, without reading."""
        return f"{type(self).__name__}({str(self.path)!r})"

    def __getattr__(self, name: str) -> Any:
        """Raise for a missing attribute, listing the available ones."""
        if hasattr(type(self), name):
            return object.__getattribute__(self, name)  # raises again what the property raised
        said = f"{type(self).__name__} has no attribute {name!r}"
        if not name.startswith("_"):  # Python and notebooks probe many such names silently
            said = f"{self.path} is not a known session or recording and has no {name!r}; tables: " + (
                f"{', '.join(self.tables) or 'none'}; series: {', '.join(self.series) or 'none'}"
            )
        raise AttributeError(said, name=name, obj=self)

    def glance(self) -> dict[str, str]:
        """Return a summary of the file as short texts by name."""
        facts = {name: str(value) for name, value in self.metadata.items() if value not in (None, "")}
        return facts | {"tables": ", ".join(self.tables) or "none", "series": ", ".join(self.series) or "none"}

    def _repr_html_(self) -> str:
        return html_summary(type(self).__name__, self.glance(), self.path)


#: Characters of a line of names; more are shown one a line.
_WIDTH = 100


class ByName(Mapping[str, Any]):
    """One kind of a file's objects by name, each read once.

    Parameters
    ----------
    owner : NWBData
        The opened file.
    kind : str
        What they are, for the error.
    readers : dict
        Name to the function that reads it.
    """

    def __init__(self, owner: NWBData, kind: str, readers: dict[str, Callable[[], Any]]) -> None:
        self._owner, self._kind, self._readers = owner, kind, readers
        self._read: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return one object.

        Raises
        ------
        UsageError
            If there is none of this name, naming the nearest.
        """
        if name not in self._readers:
            raise UsageError(
                f"the file has no {self._kind} {name!r}",
                where=str(self._owner.path),
                expected=f"one of {', '.join(self._readers) or 'none'}",
                fix=nearest(name, self._readers) or "use one of these names",
            )
        if name not in self._read:
            with readable(str(self._owner.path)):
                self._read[name] = self._readers[name]()
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        """Return whether an object has this name."""
        return name in self._readers

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._readers)

    def __len__(self) -> int:
        """Return the number of objects."""
        return len(self._readers)

    def _ipython_key_completions_(self) -> list[str]:
        """Return the names, for completion in notebooks."""
        return list(self._readers)

    def __repr__(self) -> str:
        """Return the names, many of them one a line."""
        line = f"{{{', '.join(self._readers)}}}"
        return line if len(line) <= _WIDTH else "{\n  " + ",\n  ".join(self._readers) + "\n}"


def _reading(function: Callable[[Any], Any], item: object) -> Callable[[], Any]:
    return lambda: function(item)
