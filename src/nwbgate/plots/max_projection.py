"""Maximum projections side by side, to compare fields of view."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.errors import UsageError
from nwbgate.plots.arguments import check_given
from nwbgate.plots.axes import as_axes_list, row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nwbgate.reading.planes.plane import Plane
    from nwbgate.reading.projects.container import Container

#: Share of the pixels that are brighter than white: a few bright cells would leave the rest black.
_SATURATED = 0.5


def plot_max_projection(
    planes: "Container | Mapping[Any, Plane] | Sequence[Plane] | Plane", axes: "Sequence[Axes] | None" = None
) -> "list[Axes]":
    """Draw the maximum projection of each plane of a container or list.

    Parameters
    ----------
    planes : Container, Plane, or mapping or sequence of Plane
        A container gives the planes of those of its experiments whose file is there, by date. ``session.planes`` gives
        those of one session.
    axes : sequence of matplotlib.axes.Axes, optional
        As many as there are planes (default: new axes beside each other).

    Returns
    -------
    list of matplotlib.axes.Axes
        One image each, with plane, date and session type above it, and a bar of 100 micrometers where the size of a
        pixel is known. Each is scaled to its own brightness.

    Raises
    ------
    UsageError
        If there is no plane, or another number of axes.
    MissingExtraError
        If matplotlib is not installed.
    """
    found = _list_planes(planes)
    drawn = row(len(found), (3.2 * len(found), 4.2)) if axes is None else as_axes_list(axes, len(found))
    for each, plane in zip(drawn, found, strict=True):
        image = plane.max_projection
        each.imshow(np.asarray(image), cmap="gray", vmin=0, vmax=np.percentile(image, 100 - _SATURATED))
        each.set_title(_title(plane), fontsize="small")
        each.set_axis_off()
        _scale_bar(each, image)
    return drawn


def _list_planes(planes: Any) -> "list[Plane]":
    """Return the given planes as a list."""
    if hasattr(planes, "available"):
        found = [planes.planes[number] for number in planes.available]
    elif isinstance(planes, Mapping):
        found = list(planes.values())
    else:
        found = list(planes) if isinstance(planes, Iterable) else [planes]
    for each in found:
        check_given(each, "plane", "max_projection", "give a container, or planes: session.planes")
    if not found:
        raise UsageError(
            "no plane to draw",
            where=repr(planes),
            got="no plane with a local file",
            expected="one plane or more",
            fix="fetch or convert the files of the container first",
        )
    return found


def _title(plane: "Plane") -> str:
    metadata = plane.metadata
    date = metadata.get("date_of_acquisition")
    day = str(date or "")[:10]
    parts = (f"{plane.name}  {metadata.get('ophys_experiment_id') or ''}", day, str(metadata.get("session_type") or ""))
    return "\n".join(part.strip() for part in parts if part.strip())


def _scale_bar(axes: "Axes", image: Any) -> None:
    """Draw a scale bar of at most 100 micrometers."""
    spacing = getattr(image, "spacing", None)
    if not spacing:
        return
    rows, columns = image.shape
    width = columns * spacing[0] * 1000
    length = next((each for each in (100, 50, 20, 10, 5) if each <= width / 2), None)
    if length is None:
        return
    pixels, right, low = length / 1000 / spacing[0], columns * 0.95, rows * 0.94
    axes.plot([right - pixels, right], [low, low], color="white", linewidth=3, solid_capstyle="butt")
    axes.text(right - pixels / 2, low - rows * 0.03, f"{length} µm", color="white", ha="center", va="bottom", size=8)
