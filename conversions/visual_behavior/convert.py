"""Convert one session with the public API: ``python convert.py FILE.nwb FOLDER [FILE_OF_ANOTHER_PLANE.nwb ...]``."""

import sys
from pathlib import Path

import nwbgate
from nwbgate.interfaces.visual_behavior import VisualBehaviorConverter


def convert(file: Path, folder: Path, *other_planes: Path) -> Path:
    """Write the standard file of a session and return its path.

    Parameters
    ----------
    file : Path
        The released file of a behavior session, or of one imaging plane of a session.
    folder : Path
        Where the file goes, below a folder of its mouse.
    *other_planes : Path
        The files of the session's other planes.
    """
    converter = VisualBehaviorConverter.from_files(file, *other_planes)
    metadata = converter.get_metadata()

    subject, session = metadata["Subject"]["subject_id"], metadata["NWBFile"]["session_id"]
    path = folder / f"sub-{subject}" / f"sub-{subject}_ses-{session}_{converter.contents}.nwb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nwbgate.convert_session(converter, path, metadata=metadata)
    return path


if __name__ == "__main__":
    convert(*map(Path, sys.argv[1:]))
