"""The sample of a rig, converted from what the rig wrote and from what the release would hold; once per process."""

from pathlib import Path

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
from nwbgate.samples.rig.released_form import make_released_files
from nwbgate.samples.rig.session import SESSIONS
from support.rig_sample import rig_sample


def from_rig(base: Path) -> tuple[Path, list]:
    """Return the folder of the converted sample, and what became of each session."""
    folder, sample = base / "rig_converted", rig_sample(base)
    options = {"image_sets": str(sample / "image_sets")}
    outcomes = convert_batch("visual_behavior_rig", [sample], folder, options=options, settings=Settings())
    return folder, outcomes


def from_release(base: Path) -> Path:
    """Return the folder of the sample as the release would hold it, converted."""
    folder, sources = base / "released_converted", base / "released_form"
    files = [path for session in SESSIONS for path in make_released_files(sources, session)]
    convert_batch("visual_behavior", files, folder, settings=Settings())
    return folder


def session_file(folder: Path, number: int) -> Path:
    """Return the file of a session."""
    return next(folder.glob(f"sub-*/*_ses-{number}_*.nwb"))
