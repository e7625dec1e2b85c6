"""One imaging plane of a session: cells, activity, images."""

from collections.abc import Callable, Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from nwbgate.errors import UsageError
from nwbgate.extras import import_extra
from nwbgate.reading.facts.imaging.planes import Planes, plane_names
from nwbgate.reading.format.dynamic_table import read_values
from nwbgate.reading.format.layouts import LayoutName
from nwbgate.reading.format.session_table import find_table
from nwbgate.reading.name_hints import RightNames, no_attribute
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.planes.images import PlaneImage
from nwbgate.reading.planes.matrices import Matrix, PlaneMatrices
from nwbgate.reading.planes.roi_masks import mask_images
from nwbgate.reading.planes.streams import IMAGES, MATRICES
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import stored_content

if TYPE_CHECKING:
    import xarray

    from nwbgate.reading.sessions.session import Session

#: Columns of AllenSDK's cell_specimen_table after its index, in its order; the masks come last.
_CELL_COLUMNS = (
    "cell_roi_id", "height", "mask_image_plane", "max_correction_down", "max_correction_left", "max_correction_right",
    "max_correction_up", "valid_roi", "width", "x", "y",
)  # fmt: skip
#: Keys of AllenSDK's metadata of an experiment that are about its plane, in its order.
_METADATA = (
    "indicator", "emission_lambda", "excitation_lambda", "ophys_container_id", "field_of_view_height",
    "field_of_view_width", "imaging_depth", "targeted_imaging_depth", "imaging_plane_group",
    "imaging_plane_group_count", "ophys_experiment_id", "ophys_frame_rate", "ophys_session_id", "targeted_structure",
)  # fmt: skip


def planes(owner: NWBData) -> "dict[str, Plane]":
    """Return a file's imaging planes by name, in experiment order.

    Parameters
    ----------
    owner : NWBData
        The opened file. Nothing of a plane is read before it is asked for.
    """
    layout: LayoutName = "released" if owner.layout == "released" else "standard"
    names = plane_names(owner.file, layout)
    listed = dataset_at(owner.file, "/processing/ophys/imaging_planes/plane")
    order = [] if listed is None else list(read_values(listed))
    ranked = sorted(names.items(), key=lambda pair: order.index(pair[1]) if pair[1] in order else len(order))
    return Planes(owner.path, {name: Plane(owner, name, path, layout) for path, name in ranked})


def single_plane(found: "Mapping[str, Plane]", path: Path | str) -> "Plane":
    """Return the plane of a single-plane session.

    Raises
    ------
    UsageError
        If it has several, or none.
    """
    if len(found) == 1:
        return next(iter(found.values()))
    raise UsageError(
        "the session does not have a single imaging plane",
        where=str(path),
        got=", ".join(found) or "no plane",
        expected="one plane",
        fix="choose one: session.planes[NAME]" if found else "open a session with imaging",
    )


def _plane(owner: NWBData, name: str) -> "Plane":
    """Return one plane of a file, for unpickling."""
    return planes(owner)[name]


class Plane(PlaneMatrices):
    """One imaging plane of a session, with AllenSDK 2.16.2's names, columns and values.

    Tables have one row per cell, in the order of `cell_specimen_table`, and are indexed by ``cell_specimen_id``. Cells
    that are not valid (``valid_roi``) are left out, as AllenSDK leaves them out. Everything is read when it is first
    asked for, and kept.

    Parameters
    ----------
    owner : NWBData
        The opened file.
    name : str
        Name of the plane, ``<targeted_structure>_<targeted_imaging_depth>``.
    path : str
        HDF5 path of its ImagingPlane.
    layout : {"standard", "released"}
        Layout of the file.
    """

    @property
    def session(self) -> "Session":
        """The plane's session, with trials, licks, stimuli and running."""
        return cast("Session", self._owner)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Metadata of session and plane, with AllenSDK's keys.

        Depths in micrometers, wavelengths in nanometers, the field of view in pixels. ``ophys_frame_rate`` is in hertz,
        rounded to a whole number as AllenSDK rounds it. ``imaging_plane_group`` is None and
        ``imaging_plane_group_count`` 0 where the microscope has one plane only.
        """
        facts = self._facts | {
            "imaging_plane_group_count": self._facts.get("imaging_plane_group_count") or 0,
            "ophys_frame_rate": self.ophys_frame_rate,
            "ophys_session_id": self.ophys_session_id,
        }
        shared = {key: value for key, value in self._owner.metadata.items() if key not in _METADATA}
        return RightNames("metadata", shared | {key: facts.get(key) for key in _METADATA})

    @cached_property
    def _facts(self) -> dict[str, Any]:
        """Facts in the file about the plane."""
        return self._streams.facts()

    @property
    def ophys_experiment_id(self) -> int | None:
        """Identifier of the experiment (one plane of one session), or None."""
        return self._facts.get("ophys_experiment_id")

    @cached_property
    def ophys_session_id(self) -> int | None:
        """Identifier of the imaging session, or None."""
        session = find_table(self._owner.file, "session", self._layout, {})
        number = None if session is None or session.frame is None else session.frame["ophys_session_id"].iloc[0]
        return None if number is None or pd.isna(number) else int(number)

    @property
    def behavior_session_id(self) -> int | None:
        """Identifier of the behavior session, or None."""
        return self._owner.metadata.get("behavior_session_id")

    @cached_property
    def cell_specimen_table(self) -> pd.DataFrame:
        """Cells: extent and position of each mask in pixels, maximum motion correction, mask.

        ``roi_mask`` is a boolean image of the whole field of view, rows x columns.
        """
        cells = self._cells
        table = cells[[name for name in _CELL_COLUMNS if name in cells]].copy()
        masks = self._masks
        if masks is not None:
            table["roi_mask"] = pd.Series(list(masks), index=table.index, dtype=object)
        return table

    @cached_property
    def _masks(self) -> np.ndarray[Any, np.dtype[np.bool_]] | None:
        """Masks of the valid cells, shape (cells, rows, columns), or None."""
        group = self._streams.segmentation()
        masks = None if group is None else mask_images(group, self._field_of_view)
        if masks is None:
            return None
        rows = self._cells["row"].to_numpy()
        return masks if len(rows) == len(masks) else masks[rows]

    def _field_of_view(self) -> tuple[int, int] | None:
        """Return rows and columns of the image, if the file has them."""
        height, width = self._facts.get("field_of_view_height"), self._facts.get("field_of_view_width")
        return None if height is None or width is None else (height, width)

    @property
    def roi_masks(self) -> pd.DataFrame:
        """``cell_roi_id`` and ``roi_mask`` of each cell, a boolean image of the field of view."""
        if self._masks is None:
            raise self._missing("roi_masks")
        return self.cell_specimen_table[["cell_roi_id", "roi_mask"]]

    def _table(self, name: str, **more: Matrix) -> pd.DataFrame:
        """Return a table of traces, one row per cell with a trace."""
        values, column = self.matrix(name), MATRICES[name][1]
        columns: dict[str, Any] = {column: values.T}
        rows = np.flatnonzero(self._columns(name) >= 0)
        cells = self._cells.iloc[rows]
        table = cells[["cell_roi_id"]].copy()
        for key, matrix in (columns | more).items():
            table[key] = pd.Series([matrix[row] for row in rows], index=table.index, dtype=object)
        return table

    @cached_property
    def dff_traces(self) -> pd.DataFrame:
        """dF/F of each cell, one float64 array (frames,) per cell."""
        return self._table("dff")

    @cached_property
    def corrected_fluorescence_traces(self) -> pd.DataFrame:
        """Fluorescence of each cell with the neuropil times ``r`` subtracted (arbitrary units).

        ``corrected_fluorescence`` is one array of float64 per cell, shape (frames,); ``RMSE`` is the error of the fit
        of r. In releases before 1.1.0 the neuropil was not subtracted.
        """
        table = self._table("corrected")
        for name in ("RMSE", "r"):
            if name in self._cells:
                table[name] = self._cells[name].to_numpy()[self._columns("corrected") >= 0]
        return table

    @cached_property
    def demixed_traces(self) -> pd.DataFrame:
        """Fluorescence of each cell (``demixed_trace``, arbitrary units): overlapping cells demixed.

        One array of float64 per cell, shape (frames,).
        """
        return self._table("demixed")

    @cached_property
    def neuropil_traces(self) -> pd.DataFrame:
        """Fluorescence of the neuropil around each cell (``neuropil_trace``, arbitrary units).

        One array of float64 per cell, shape (frames,). Unlike AllenSDK 2.16.2's, whose ``neuropil_traces`` are its
        demixed traces.
        """
        return self._table("neuropil")

    @cached_property
    def events(self) -> pd.DataFrame:
        """Calcium events of each cell included in the event detection.

        ``events`` is the size of the event that begins in a frame, in units of dF/F, else zero; ``filtered_events``
        the same smoothed with a causal half-normal filter; ``lambda`` the regularisation of event detection and
        ``noise_std`` the noise of the dF/F trace.
        """
        table = self._table("events", filtered_events=self.matrix("filtered_events").T)
        for name in ("lambda", "noise_std"):
            if name in self._cells:
                table[name] = self._cells[name].to_numpy()[self._columns("events") >= 0]
        return table

    @cached_property
    def motion_correction(self) -> pd.DataFrame:
        """Registration shift of each frame, ``x`` right and ``y`` down, whole pixels (int64)."""
        shifts = self._streams.shifts()
        if shifts is None:
            raise self._missing("motion_correction")
        return pd.DataFrame(shifts)

    @cached_property
    def max_projection(self) -> PlaneImage:
        """Maximum projection of the registered movie, rows x columns, in the file's type."""
        return self._image("max_projection")

    @cached_property
    def average_projection(self) -> PlaneImage:
        """Mean projection of the registered movie, rows x columns, in the file's type."""
        return self._image("average_projection")

    @cached_property
    def segmentation_mask_image(self) -> PlaneImage:
        """Mask image of all cells, rows x columns, int64; zero outside."""
        return self._image("segmentation_mask_image")

    def _image(self, attribute: str) -> PlaneImage:
        streams = self._streams
        image = streams.image(IMAGES[attribute])
        if image is None:
            raise self._missing(attribute)
        size = streams.pixel_size(image)
        return PlaneImage(stored_content(image), spacing=None if size is None else (size, size))

    @cached_property
    def traces(self) -> "xarray.Dataset":
        """All traces as xarray, time x cell, with coordinates ``cell_roi_id`` and ``cell_specimen_id``.

        Each variable is read when its values are first used.
        """
        import_extra("xarray", "xarray")  # it costs more than all the rest of reading
        from nwbgate.reading.planes.xarray_dataset import traces_dataset

        return traces_dataset(self)

    def __getattr__(self, name: str) -> Any:
        """Raise for a missing attribute, suggesting the nearest name."""
        if hasattr(type(self), name):
            return object.__getattribute__(self, name)  # raises again what the property raised
        raise no_attribute(self, "plane", name)

    def __reduce__(self) -> "tuple[Callable[[NWBData, str], Plane], tuple[NWBData, str]]":
        """Pickle as file and name; data are read again."""
        return _plane, (self._owner, self.name)

    def __repr__(self) -> str:
        return f"<Plane {self.name} of {self._owner.path}>"

    def _repr_html_(self) -> str:
        about = f"{len(self.cell_roi_ids)} cells, {len(self.ophys_timestamps)} frames"
        return f"<p><b>{escape(self.name)}</b>: {about}</p><p>{escape(', '.join(self._streams.there()))}</p>"
