"""Convert one recording with the public API: ``python convert.py RECORDING.h5 FOLDER [OPHYS_SHIFT_IN_SECONDS]``."""

import sys
from pathlib import Path

import nwbgate
from nwbgate.interfaces.dataset_ii import DatasetIIConverter


def convert(recording: Path, folder: Path, ophys_shift: float = 0.0) -> Path:
    """Write the standard file of a recording and return its path.

    Parameters
    ----------
    recording : Path
        Source file, named by its recording's id.
    folder : Path
        Where the file goes, below a folder of its subject.
    ophys_shift : float
        Seconds that the first frame of dF/F came after the first sample of the voltage, where that is known.
    """
    converter = DatasetIIConverter.from_file(recording)
    metadata = converter.get_metadata()
    metadata["Alignment"]["ophys_shift"] = ophys_shift

    subject, session = metadata["Subject"]["subject_id"], metadata["NWBFile"]["session_id"]
    path = folder / f"sub-{subject}" / f"sub-{subject}_ses-{session}_ecephys+ophys.nwb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nwbgate.convert_session(converter, path, metadata=metadata)
    return path


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]), *map(float, sys.argv[3:]))
