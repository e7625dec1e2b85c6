"""Convert one session with the public API: ``python convert.py FOLDER FILE.nwb [FILE.nwb ...]``, a file per plane."""

import sys
from pathlib import Path

import nwbgate
from nwbgate.interfaces.visual_behavior import VisualBehaviorConverter


def convert(files: list[Path], folder: Path) -> Path:
    """Write the standard file of a session and return its path.

    Parameters
    ----------
    files : list of Path
        The released files of one session: one for each imaging plane, or the one of a behavior session.
    folder : Path
        Where the file goes, below a folder of its mouse.
    """
    converter = VisualBehaviorConverter.from_files(*files)
    metadata = converter.get_metadata()
    subject, session = metadata["Subject"]["subject_id"], metadata["NWBFile"]["session_id"]
    kinds = "behavior+image+ophys" if "Planes" in converter.data_interface_objects else "behavior+image"
    path = folder / f"sub-{subject}" / f"sub-{subject}_ses-{session}_{kinds}.nwb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nwbgate.convert_session(converter, path, metadata=metadata)
    return path


if __name__ == "__main__":
    convert([Path(file) for file in sys.argv[2:]], Path(sys.argv[1]))
