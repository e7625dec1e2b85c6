"""Convert one session with the public API: ``python convert.py FACTS.json FOLDER [FACTS_OF_ANOTHER_PLANE ...]``."""

import sys
from pathlib import Path

import nwbgate
from nwbgate.interfaces.visual_behavior_rig import RigConverter


def convert(file: Path, folder: Path, *others: Path) -> Path:
    """Write the standard file of a session and return its path.

    Parameters
    ----------
    file : Path
        ``session.json`` of a session of behavior alone, or ``experiment.json`` of one of its planes.
    folder : Path
        Where the file goes, below a folder of its mouse.
    *others : Path
        The ``experiment.json`` of the other planes. Files that the facts name may be among them.
    """
    facts = [path for path in (file, *others) if path.name in ("session.json", "experiment.json")]
    converter = RigConverter.from_files(*facts)
    metadata = converter.get_metadata()

    subject, session = metadata["Subject"]["subject_id"], metadata["NWBFile"]["session_id"]
    path = folder / f"sub-{subject}" / f"sub-{subject}_ses-{session}_{converter.contents}.nwb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nwbgate.convert_session(converter, path, metadata=metadata, sources=converter.paths())
    return path


if __name__ == "__main__":
    convert(*map(Path, sys.argv[1:]))
