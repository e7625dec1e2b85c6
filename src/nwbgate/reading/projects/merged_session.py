"""A session merged from one file per plane."""

import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nwbgate.errors import SourceWarning
from nwbgate.reading.facts.imaging.planes import Planes
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.opening import open_nwb
from nwbgate.reading.sessions.session import Session

if TYPE_CHECKING:
    from nwbgate.reading.planes.plane import Plane


def open_session(paths: Sequence[Path], experiments: Sequence[int] = ()) -> NWBData:
    """Open a file, or the session whose planes are spread over several files.

    Parameters
    ----------
    paths : sequence of Path
        One file, or several of one session.
    experiments : sequence of int
        Planes that the session has by the manifest; a `SourceWarning` names those that no file holds.
    """
    opened = open_nwb(paths[0]) if len(paths) == 1 else SessionOfFiles(paths)
    there = opened.planes_by_experiment if isinstance(opened, Session) else {}
    missing = [number for number in experiments if number not in there]
    if missing:
        warnings.warn(
            SourceWarning(
                f"{len(missing)} of {len(experiments)} planes of the session are missing and left out: "
                f"{', '.join(map(str, missing))}"
            ),
            stacklevel=3,
        )
    return opened


class SessionOfFiles(Session):
    """A session with a file per plane; behavior is read from the first.

    Parameters
    ----------
    paths : sequence of Path
        The files, each with a plane of the session.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__(paths[0])
        self._files = [Session(path) for path in paths]

    @cached_property
    def planes(self) -> "dict[str, Plane]":
        """The planes of all files by unique name."""
        found: dict[str, Plane] = {}
        for session in self._files:
            for name, plane in session.planes.items():
                found[name if name not in found else f"{name}_{plane.metadata['ophys_experiment_id']}"] = plane
        return Planes(self.path, found)

    def close(self) -> None:
        """Close all files."""
        super().close()
        for session in self._files:
            session.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the paths."""
        return type(self), ([Path(session.path) for session in self._files],)
