"""A container: one cell population imaged in several sessions."""

from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from nwbgate.reading.lazy_mapping import OpenedOnUse

if TYPE_CHECKING:
    from nwbgate.reading.planes.plane import Plane
    from nwbgate.reading.projects.project import Project
    from nwbgate.reading.sessions.session import Session


class Container:
    """Imaging planes of one field of view, in order of recording.

    Parameters
    ----------
    project : Project
        The project that the container is in.
    ophys_container_id : int
        Its number.

    Attributes
    ----------
    ophys_container_id : int
        Its number.
    project : Project
        The project that the container is in.
    """

    def __init__(self, project: "Project", ophys_container_id: int) -> None:
        self.project = project
        self.ophys_container_id = ophys_container_id

    @cached_property
    def table(self) -> pd.DataFrame:
        """Rows of ``ophys_experiments`` of this container, by date (index ``ophys_experiment_id``)."""
        rows = self.project.ophys_experiments
        mine = rows[rows["ophys_container_id"] == self.ophys_container_id]
        return mine.sort_values("date_of_acquisition", kind="stable")

    @property
    def experiments(self) -> tuple[int, ...]:
        """Experiment ids of its imaging planes, by date, one per session."""
        return tuple(int(number) for number in self.table.index)

    @property
    def planes(self) -> "OpenedOnUse[Plane]":
        """Its imaging planes by ``ophys_experiment_id``, by date, opened on access.

        Asking for one whose file is not there raises UsageError, which says how to get it.
        """
        return OpenedOnUse(self.experiments, self.project.experiment)

    @property
    def sessions(self) -> "OpenedOnUse[Session]":
        """Its sessions by ``ophys_session_id``, by date, opened on access."""
        numbers = [int(number) for number in self.table["ophys_session_id"].dropna()]
        return OpenedOnUse(numbers, self.project.session)

    @property
    def available(self) -> tuple[int, ...]:
        """Those `experiments` with a local file."""
        return tuple(number for number in self.experiments if self.project.experiment_path(number) is not None)

    def __repr__(self) -> str:
        """Return a short description."""
        first = self.table.iloc[0]
        place = f"{first.get('targeted_structure')} at {first.get('imaging_depth')} um"
        counted = f"{len(self.table)} experiment{'s' if len(self.table) > 1 else ''}"
        return (
            f"Container {self.ophys_container_id}: {place}, mouse {first['mouse_id']}, {counted}, "
            f"{len(self.available)} available"
        )
