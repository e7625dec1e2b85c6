"""Comparison of a file with its manifest entry."""

from collections.abc import Mapping
from typing import Any

from pydantic import FilePath, validate_call
from pynwb import NWBFile

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import ReleasedInterface
from nwbgate.interfaces.visual_behavior.release.file import ReleasedFile, released_file

#: Where a file says what the manifest says of its session.
_PLACES = {"mouse_id": "/general/subject/subject_id", "session_type": "/session_description"}


class ManifestEntryInterface(ReleasedInterface):
    """Manifest identifiers of a session's files; rejects other sources and adds nothing.

    Parameters
    ----------
    file_path : FilePath
        The first file of the session.
    expected : dict
        ``behavior_session_id``, ``ophys_session_id``, ``mouse_id``, ``session_type``, as the manifest has them.
    planes : dict
        Path of a plane's file to its ``ophys_experiment_id`` and ``ophys_container_id``; empty for a session without
        imaging.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Raises
    ------
    SourceError
        If a file says something else of itself.
    """

    display_name = "Visual Behavior manifest"
    info = "Entry of a session in the manifest of the Visual Behavior release."
    table_name = "session"

    @validate_call
    def __init__(
        self,
        file_path: FilePath,
        expected: dict[str, str],
        planes: dict[str, dict[str, int]] | None = None,
        *,
        verbose: bool = False,
    ) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        self.source_data |= {"expected": expected, "planes": planes}
        for name, value in expected.items():
            _refuse_other(self.source, name, _stated_value(self.source, name), value)
        for path, ids in (planes or {}).items():
            plane = released_file(path)
            for name, number in ids.items():
                _refuse_other(plane, name, _stated_value(plane, name), str(number))

    @property
    def is_there(self) -> bool:
        """Whether there is something to add: never."""
        return False

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add nothing."""


def _stated_value(source: ReleasedFile, name: str) -> str:
    if name == "session_type":
        return source.session_type
    return source.text(_PLACES[name]) if name in _PLACES else str(getattr(source, name))


def _refuse_other(source: ReleasedFile, name: str, found: str, expected: str) -> None:
    if found != expected:
        raise SourceError(
            f"the file differs from the manifest in its {name}",
            where=str(source.path),
            got=found or "nothing",
            expected=f"{expected}, as in the manifest",
            fix="download the file again",
        )
