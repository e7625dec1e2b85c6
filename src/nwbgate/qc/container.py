"""Quality across the sessions of one container: stability of the field of view."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from nwbgate.errors import SourceError
from nwbgate.qc.measurement import Measurement, not_measured, raise_faults, table
from nwbgate.qc.metrics.imaging.activity import signal_to_noise
from nwbgate.qc.metrics.imaging.drift import mean_intensity
from nwbgate.qc.metrics.imaging.field_of_view import matched_cells, measure_match, trend
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.reading.planes.plane import Plane
    from nwbgate.reading.projects.container import Container


@dataclass(frozen=True)
class View:
    """Data of one imaging plane needed to compare it within its container.

    Attributes
    ----------
    experiment, container : str
        Ids.
    date : str
        Date of acquisition, in a form whose order is that of time.
    projection : array, shape (rows, columns)
        Average projection; empty where there is none.
    cells : tuple of int
        ``cell_specimen_id`` of each cell.
    depth : float
        Imaging depth in micrometers.
    intensity, signal_to_noise : float
        Mean fluorescence, and the signal-to-noise ratio of dF/F; NaN where they cannot be measured.
    """

    experiment: str
    container: str
    date: str
    projection: npt.NDArray[Any]
    cells: tuple[int, ...]
    depth: float
    intensity: float
    signal_to_noise: float


def measure_container(planes: "Container | Mapping[int, Plane] | Iterable[Plane]") -> "pd.DataFrame":
    """Measure how well the sessions of one container match.

    The reference is the first session; it has no rows of its own. Each plane gives its memory back before the
    next one is read.

    Parameters
    ----------
    planes : Container, or mapping or iterable of Plane
        The planes of one field of view; of a container, those whose files are there.

    Returns
    -------
    DataFrame
        One row per metric and object: metric, value, unit, object, window, reason. The object is
        ``experiment <id>`` for what compares a session with the first, and ``container <id>`` for trends.
    """
    return table(raise_faults(container_rows(planes)))


def container_rows(planes: "Container | Mapping[int, Plane] | Iterable[Plane]") -> list[Measurement]:
    """Return the rows of a container's planes, including faults of nwbgate."""
    views = [view_of(plane) for plane in _one_by_one(planes)]
    return list(measure_views(sorted(views, key=lambda view: view.date)))


def view_of(plane: "Plane") -> View:
    """Return the data of a plane needed for comparison.

    Parameters
    ----------
    plane : Plane
        One imaging plane, as `nwbgate.open` gives it.
    """
    about = plane.metadata
    depth = about.get("imaging_depth")
    view = View(
        experiment=str(about.get("ophys_experiment_id")),
        container=str(about.get("ophys_container_id")),
        date=str(about.get("date_of_acquisition")),
        projection=np.asarray(getattr(plane, "average_projection", np.empty((0, 0)))),
        cells=tuple(int(number) for number in plane.cell_specimen_ids),
        depth=np.nan if depth is None else float(depth),
        intensity=_number(lambda: float(np.mean(mean_intensity(plane.matrix("demixed"))))),
        signal_to_noise=_number(lambda: signal_to_noise(plane.matrix("dff"))),
    )
    plane.forget()
    return view


def measure_views(views: Sequence[View]) -> Iterator[Measurement]:
    """Yield the rows ``field_of_view.*`` of one container's planes, in order of date."""
    if len(views) < 2:
        reason = f"{len(views)} sessions of the container, at least 2 are needed"
        for name in ("shift", "correlation", "similarity", "matched_cells", "depth_difference"):
            yield not_measured(f"field_of_view.{name}", reason, object="container")
    for view in views[1:]:
        first, name = views[0], f"experiment {view.experiment}"
        yield from measure_match(first.projection, view.projection, name)
        yield measure_row("field_of_view.matched_cells", partial(matched_cells, first.cells, view.cells), "1", name)
        yield measure_row("field_of_view.depth_difference", partial(_depth_difference, first, view), "um", name)
    name = f"container {views[0].container}" if views else "container"
    yield measure_row("field_of_view.intensity_trend", lambda: trend([view.intensity for view in views]), "1", name)
    yield measure_row("field_of_view.signal_trend", lambda: trend([view.signal_to_noise for view in views]), "1", name)


def _one_by_one(planes: "Container | Mapping[int, Plane] | Iterable[Plane]") -> "Iterator[Plane]":
    """Yield the planes, opened one at a time, skipping those without files."""
    found = getattr(planes, "planes", planes)
    if not isinstance(found, Mapping):
        yield from cast("Iterable[Plane]", found)
        return
    for key in getattr(planes, "available", found):
        yield found[key]


def _depth_difference(first: View, view: View) -> float:
    difference = abs(view.depth - first.depth)
    if not np.isfinite(difference):
        raise UnmeasurableError("a session lacks its imaging depth")
    return difference


def _number(compute: Callable[[], float]) -> float:
    try:
        return float(compute())
    except (UnmeasurableError, AttributeError, SourceError):  # what cannot be read is a finding of its own file
        return np.nan
