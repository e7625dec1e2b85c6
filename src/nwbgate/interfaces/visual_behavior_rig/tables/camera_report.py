"""The report of a camera video: an empty first frame, and lost frames."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nwbgate.errors import SourceError, UsageError

#: Most bytes of a report.
LARGEST = 10_000_000


@dataclass(frozen=True)
class CameraReport:
    """Facts about the video of a camera.

    Attributes
    ----------
    video : str
        Name of the video file; empty where it is not said.
    lost_frames : int
        Frames that were exposed and not saved.
    """

    video: str
    lost_frames: int

    @property
    def begins_with_metadata(self) -> bool:
        """Whether the video's first frame holds metadata, as from the second recorder."""
        return self.video.lower().endswith(".mp4") or "mvr" in self.video.lower()


def read_camera_report(path: Path) -> CameraReport:
    """Return the facts of a report, ``RecordingReport`` of a JSON.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not such a report.
    """
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), expected="a camera report", fix="check the path")
    try:
        content = json.loads(path.read_bytes()[:LARGEST])
        report: dict[str, Any] = content["RecordingReport"]
        return CameraReport(str(report.get("VideoOutputFileName", "")), _lost_frames(report))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise SourceError(
            "this is not the report of a camera",
            where=str(path),
            got=str(problem)[:200],
            expected="JSON with RecordingReport",
            fix="use the report beside the video, or leave it out",
        ) from problem


def _lost_frames(report: dict[str, Any]) -> int:
    """Return how many frames the ranges of a report name, such as ``13-14,67395-67398``."""
    listed = report.get("LostFrames") or []
    ranges = ",".join(map(str, listed)) if isinstance(listed, list) else str(listed)
    ends = [[int(end) for end in part.split("-")] for part in ranges.split(",") if part.strip()]
    return sum(end[-1] - end[0] + 1 for end in ends)
