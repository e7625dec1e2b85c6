"""Streams of a session, plane or recording as arrays, empty where missing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError
from nwbgate.qc.columns import column, having
from nwbgate.qc.measurement import Measurement
from nwbgate.storage.hdf5 import readable

if TYPE_CHECKING:
    import pandas as pd

_NO_TRACES = np.empty((0, 0))


class MeasuredPlane(Protocol):
    """An imaging plane as it is measured: metadata, traces, and memory to release."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Facts about the plane, by name."""

    def matrix(self, name: str) -> npt.NDArray[np.float64]:
        """Return traces, frames x cells."""

    def forget(self) -> None:
        """Give the memory of its traces back."""


class Streams:
    """Streams of one session, plane or recording, noting those that cannot be read.

    Parameters
    ----------
    owner : object
        The session, plane or recording; each stream is an attribute. None has no streams.
    unreadable : dict of str to SourceError, optional
        Collects what is wrong with each unreadable stream, by name. Without it the error is raised: unreadable is not
        the same as missing.
    """

    def __init__(self, owner: object, unreadable: dict[str, SourceError] | None = None) -> None:
        self.owner = owner
        self.unreadable = unreadable

    def get(self, name: str) -> Any:
        """Return a stream as it is; None if missing or unreadable."""
        try:
            with readable(self._path):
                return getattr(self.owner, name, None)
        except SourceError as error:
            self._note(name, error)
            return None

    def table(self, name: str) -> "pd.DataFrame | None":
        """Return a table; None if missing or unreadable."""
        return cast("pd.DataFrame | None", self.get(name))

    def array(self, name: str) -> npt.NDArray[Any]:
        """Return a stream as an array; empty if missing or unreadable."""
        values = self.get(name)
        return np.empty(0) if values is None else np.asarray(values)

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return named values; empty if missing or unreadable."""
        return cast("Mapping[str, Any] | None", self.get(name)) or {}

    def planes(self) -> dict[str, "Streams"]:
        """Return the streams of each imaging plane, with one record of unreadable ones."""
        return {name: Streams(plane, self.unreadable) for name, plane in self.mapping("planes").items()}

    def matrix(self, name: str) -> npt.NDArray[np.float64]:
        """Return traces of a plane, frames x cells; empty if missing or unreadable."""
        found = self._traces(name)
        return _NO_TRACES if found is None else found

    def fluorescence(self) -> npt.NDArray[np.float64]:
        """Return the demixed traces, from which no neuropil was subtracted; else the corrected ones.

        Where the plane has demixed traces that cannot be read, others do not stand for them.
        """
        demixed = self._traces("demixed")
        if demixed is None:
            return _NO_TRACES
        return demixed if demixed.size else self.matrix("corrected")

    def shifts(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return the shifts of a plane's frames to the right and down, in pixels."""
        motion = self.table("motion_correction")
        return column(motion, "x"), column(motion, "y")

    def masks(self) -> npt.NDArray[np.bool_]:
        """Return the masks of the cells of a plane, cells x rows x columns."""
        masks = having(self.table("roi_masks"), "roi_mask")
        if masks is None or not len(masks):
            return np.empty((0, 0, 0), dtype=bool)
        return np.stack(list(masks["roi_mask"]))

    @property
    def plane(self) -> MeasuredPlane:
        """The owner, as a plane."""
        return cast("MeasuredPlane", self.owner)

    def with_unreadable(self, rows: Iterable[Measurement]) -> Iterator[Measurement]:
        """Yield measurement rows, with the unreadable streams in the reasons of missing ones."""
        note = f"; unreadable: {', '.join(sorted(self.unreadable))}" if self.unreadable else ""
        return (row if row.measured else replace(row, reason=row.reason + note) for row in rows)

    @property
    def _path(self) -> str:
        return str(getattr(self.owner, "path", "the file"))

    def _traces(self, name: str) -> npt.NDArray[np.float64] | None:
        """Return traces of a plane, empty if missing; None if unreadable."""
        try:
            with readable(self._path):
                return self.plane.matrix(name)
        except AttributeError:  # the plane has no such traces, or there is no plane
            return _NO_TRACES
        except SourceError as error:
            self._note(name, error)
            return None

    def _note(self, name: str, error: SourceError) -> None:
        """Note an unreadable stream; raise its error where nothing collects them."""
        if self.unreadable is None:
            raise error
        self.unreadable[name] = error
