"""The JSON table of a plane's regions of interest, with cropped masks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.errors import SourceError
from nwbgate.reading.format.layouts import session_tables

#: Columns of a database dump, and what they are called here; others of it say nothing about a cell.
_RENAMED = {"id": "cell_roi_id", "mask_matrix": "roi_mask"}
_NEEDED = ("cell_roi_id", "x", "y", "width", "height", "roi_mask")
_INTEGERS = ("cell_roi_id", "cell_specimen_id", "x", "y", "width", "height", "mask_image_plane")


@dataclass(frozen=True)
class RoiTable:
    """Regions of interest of a plane.

    Attributes
    ----------
    all_ids : numpy.ndarray, shape (rois,), int64
        ``cell_roi_id`` of all regions, invalid ones too, ascending.
    cells : pandas.DataFrame
        One row for each valid region, ascending by ``cell_roi_id``.
    masks : Masks
        Masks of the valid regions in the whole field of view.
    """

    all_ids: npt.NDArray[np.int64]
    cells: pd.DataFrame
    masks: "Masks"


class Masks:
    """Full-field masks as a lazy bool array, shape (cells, rows, columns)."""

    ndim = 3

    def __init__(self, parts: list[tuple[int, int, npt.NDArray[np.bool_]]], height: int, width: int) -> None:
        self.parts = parts
        self.shape, self.dtype = (len(parts), height, width), np.dtype(bool)

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, selection: Any) -> npt.NDArray[np.bool_]:
        cells, *rest = selection if isinstance(selection, tuple) else (selection,)
        if not isinstance(cells, slice):
            return np.asarray(self[cells : cells + 1][0][tuple(rest)])
        chosen = self.parts[cells]
        full = np.zeros((len(chosen), *self.shape[1:]), dtype=bool)
        for mask, (x, y, part) in zip(full, chosen, strict=True):
            mask[y : y + part.shape[0], x : x + part.shape[1]] = part
        return full[(slice(None), *rest)]

    def union(self) -> npt.NDArray[np.int64]:
        """Return one image, rows x columns: 1 in pixels of any cell, 0 elsewhere."""
        image = np.zeros(self.shape[1:], dtype=np.int64)
        for x, y, part in self.parts:
            image[y : y + part.shape[0], x : x + part.shape[1]] |= part
        return image


def roi_table(content: Mapping[str, Mapping[str, Any]], *, height: int, width: int, where: str) -> RoiTable:
    """Return the regions of interest of a plane from ``{column: {row: value}}``.

    Parameters
    ----------
    content : mapping
        As ``cell_specimen_table_dict`` of the JSON has it, or as a dump of the database.
    height, width : int
        Field of view in pixels.
    where : str
        File and key, for errors.

    Raises
    ------
    SourceError
        If a column is missing, values are not of their type, identifiers repeat, or a mask does not fit.
    """
    columns = {_RENAMED.get(name, name): values for name, values in content.items()}
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise _wrong("the table of regions of interest lacks columns", where, f"no {', '.join(missing)}", _NEEDED)
    try:
        frame = pd.DataFrame({name: pd.Series(dict(values), dtype=object) for name, values in columns.items()})
        frame = frame.astype({name: np.int64 for name in _INTEGERS if name in frame})
    except (TypeError, ValueError, OverflowError) as problem:
        raise _wrong("the table of regions of interest holds other values", where, str(problem), "numbers") from problem
    frame = frame.sort_values("cell_roi_id", ignore_index=True)
    if frame["cell_roi_id"].duplicated().any():
        twice = frame["cell_roi_id"][frame["cell_roi_id"].duplicated()].iloc[0]
        raise _wrong("two regions of interest have one id", where, str(twice), "each cell_roi_id once")
    valid = frame["valid_roi"].astype(bool) if "valid_roi" in frame else pd.Series(True, index=frame.index)
    cells = frame[valid].reset_index(drop=True)
    parts = [_part(row, height, width, where) for row in cells.to_dict("records")]
    known = [name for name in session_tables().tables["cells"].columns if name in cells]
    kept = cells[known].infer_objects()
    return RoiTable(frame["cell_roi_id"].to_numpy(), kept, Masks(parts, height, width))


def _part(row: Mapping[Any, Any], height: int, width: int, where: str) -> tuple[int, int, npt.NDArray[np.bool_]]:
    """Return position and cropped mask of a region inside the field of view."""
    try:
        mask = np.array(row["roi_mask"], dtype=bool)
    except ValueError:  # rows of different lengths
        mask = np.empty(0, dtype=bool)
    expected = (row["height"], row["width"])
    inside = 0 <= row["x"] <= width - row["width"] and 0 <= row["y"] <= height - row["height"]
    if mask.shape == expected and inside:
        return int(row["x"]), int(row["y"]), mask
    got = f"a mask of shape {mask.shape} at x {row['x']}, y {row['y']}"
    expects = f"shape {expected} within {height} rows and {width} columns"
    raise _wrong(f"the mask of region {row['cell_roi_id']} does not fit", where, got, expects)


def _wrong(what: str, where: str, got: str, expected: object) -> SourceError:
    text = expected if isinstance(expected, str) else ", ".join(map(str, expected))  # type: ignore[call-overload]
    return SourceError(what, where=where, got=got, expected=text, fix="export the table of this plane again")
