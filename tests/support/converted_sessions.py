"""Sources converted once per test run to standard files: sessions of the release, and recordings of one neuron."""

import fcntl
import tempfile
from collections.abc import Callable
from pathlib import Path

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.samples.dataset_ii import make_recordings
from nwbgate.samples.visual_behavior import make_release
from support.development_data import shared


def converted_release(folder: Path) -> Path:
    """Return a folder with the sample release in ``release`` and its four sessions, converted, in ``nwb``.

    Parameters
    ----------
    folder : pathlib.Path
        Where it is, or will be after the first call; ``tmp_path_factory.getbasetemp()`` for once per test run.

    Notes
    -----
    Sessions: 1900011001 (two planes), 1900011201 (passive, one plane), 1900011401 and 1900011501 (training).
    """
    return made_once(folder / "converted_release", _convert_release)


def converted_whole_release(folder: Path) -> Path:
    """Return a folder with the six sessions of the development data converted in ``nwb``, or skip the test."""
    release = shared("visual_behavior_release")
    return made_once(
        folder / "converted_whole_release", lambda private: _convert("visual_behavior", release, private / "nwb")
    )


def converted_recordings(folder: Path) -> Path:
    """Return a folder with three sample recordings in ``sources`` and, converted, in ``nwb``."""
    return made_once(folder / "converted_recordings", _convert_recordings)


def session_files(folder: Path) -> dict[str, Path]:
    """Return the converted files below a folder by the id of their session."""
    return {path.stem.split("_ses-")[1].split("_")[0]: path for path in sorted(folder.glob("nwb/sub-*/*.nwb"))}


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return a folder of the run, made by the first process that asks for it while the others wait."""
    folder = _root(folder.parent) / folder.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            private = Path(tempfile.mkdtemp(dir=folder.parent))
            make(private)
            private.rename(folder)
    return folder


def _root(folder: Path) -> Path:
    """Return the folder of the whole run for that of one process of pytest-xdist."""
    return folder.parent if folder.name.startswith("popen-") else folder


def _convert_release(folder: Path) -> None:
    make_release(folder / "release")
    _convert("visual_behavior", folder / "release", folder / "nwb")


def _convert_recordings(folder: Path) -> None:
    make_recordings(folder / "sources", recordings=3, seconds=20.0)
    _convert("dataset_ii", folder / "sources", folder / "nwb")


def _convert(recipe: str, sources: Path, output: Path) -> None:
    outcomes = convert_batch(recipe, [sources], output)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    assert not failed, failed
