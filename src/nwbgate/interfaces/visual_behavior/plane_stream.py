"""What the interfaces of an imaging plane have in common: the file, the plane's name, the clock its series share."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from neuroconv.tools.nwb_helpers import get_module
from pydantic import FilePath, validate_call
from pynwb import NWBFile, ProcessingModule, TimeSeries

from nwbgate.errors import SourceError
from nwbgate.interfaces.clock import Clock
from nwbgate.interfaces.visual_behavior.behavior_interface import BehaviorInterface, ReleasedInterface
from nwbgate.interfaces.visual_behavior.released_file import FloatArray, ReleasedFile

#: Group of a released file with everything about its plane.
OPHYS = "/processing/ophys"
#: Timestamps of the frames of the plane.
TIMES = f"{OPHYS}/dff/traces/timestamps"


class PlaneInterface(ReleasedInterface):
    """What a file says about one imaging plane of a Visual Behavior session.

    Parameters
    ----------
    file_path : FilePath
        A ``behavior_ophys_experiment_<id>.nwb`` of the release.
    plane_name : str, optional
        Name of the plane in the written file; ``<targeted_structure>_<targeted_imaging_depth>`` by default.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Attributes
    ----------
    source : ReleasedFile
        The file.
    plane_name : str
        Name of the plane in the written file.

    Raises
    ------
    SourceError
        If the file is not of the release, or has no imaging plane.
    """

    associated_suffixes = (".nwb",)
    keywords = ("two-photon", "calcium imaging", "visual behavior")

    @validate_call
    def __init__(self, file_path: FilePath, plane_name: str | None = None, *, verbose: bool = False) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        self.source_data["plane_name"] = plane_name
        _refuse_without_plane(self.source)
        self.plane_name = plane_name or str(self.source.plane)

    @property
    def is_there(self) -> bool:
        """Whether the file has the plane: always."""
        return True


class PlaneStream(PlaneInterface, BehaviorInterface):
    """One stream of one imaging plane, with the times of its frames."""

    def get_original_timestamps(self) -> FloatArray:
        """Return the times of the frames of the plane as the source says them, in seconds, shape (frames,)."""
        return self.source.timestamps(TIMES)


def _refuse_without_plane(source: ReleasedFile) -> None:
    if source.ophys_experiment_id is None or source.plane is None:
        raise SourceError(
            "the file has no imaging plane",
            where=str(source.path),
            got=f"behavior session {source.behavior_session_id}",
            expected="a behavior_ophys_experiment_<id>.nwb",
            fix="give the file of an experiment, or leave the streams of the plane out",
        )


def ophys(nwbfile: NWBFile) -> ProcessingModule:
    """Return the processing module of the planes, added to the file where it is not there."""
    return get_module(nwbfile, name="ophys", description="Cells of the imaging planes and their activity.")


def contained(nwbfile: NWBFile, kind: type[Any], name: str) -> Any:
    """Return a container of the processing module, such as ``DfOverF``, added where it is not there."""
    module = ophys(nwbfile)
    if name not in module.data_interfaces:
        module.add(kind(name=name))  # before its series: objects of a file share an ancestor
    return module[name]


def plane_times(nwbfile: NWBFile, source: ReleasedFile, path: str, plane: str, clock: Clock) -> TimeSeries | FloatArray:
    """Return the timestamps of a series of a plane: the series that has the same ones already, or the times.

    Parameters
    ----------
    nwbfile : NWBFile
        File to which the series will be added.
    source : ReleasedFile
        The file of the plane.
    path : str
        HDF5 path of the timestamps, seconds.
    plane : str
        Name of the plane in the written file.
    clock : Clock
        How the stream was aligned.
    """
    clock.refuse_backwards()
    times = clock.times(source.timestamps(path))
    holder = next((series for series in _series(nwbfile, plane) if np.array_equal(series.timestamps, times)), None)
    return times if holder is None else holder


def _series(nwbfile: NWBFile, plane: str) -> Iterator[TimeSeries]:
    """Give the series of a plane that hold timestamps of their own."""
    for found in ophys(nwbfile).data_interfaces.values():
        series = found if isinstance(found, TimeSeries) else getattr(found, "roi_response_series", {}).get(plane)
        if not isinstance(series, TimeSeries) or series.name not in (plane, f"motion_correction_{plane}"):
            continue
        if not isinstance(series.fields["timestamps"], TimeSeries):
            yield series
