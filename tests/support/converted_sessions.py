"""Sources converted once per test run to standard files: sessions of the release, and recordings of one neuron."""

import shutil
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
        Where it is, or will be after the first call; ``tmp_path_factory.getbasetemp()`` for once per test process.

    Notes
    -----
    Sessions: 1900011001 (two planes), 1900011201 (passive, one plane), 1900011401 and 1900011501 (training).
    """
    return _once(folder / "converted_release", _convert_release)


def converted_whole_release(folder: Path) -> Path:
    """Return a folder with the six sessions of the development data converted in ``nwb``, or skip the test."""
    release = shared("visual_behavior_release")
    return _once(
        folder / "converted_whole_release", lambda private: _convert("visual_behavior", release, private / "nwb")
    )


def converted_recordings(folder: Path) -> Path:
    """Return a folder with three sample recordings in ``sources`` and, converted, in ``nwb``."""
    return _once(folder / "converted_recordings", _convert_recordings)


def session_files(folder: Path) -> dict[str, Path]:
    """Return the converted files below a folder by the id of their session."""
    return {path.stem.split("_ses-")[1].split("_")[0]: path for path in sorted(folder.glob("nwb/sub-*/*.nwb"))}


def _once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Make a folder unless it is there; of two processes that make it at once, the files of the first stay."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        private = Path(tempfile.mkdtemp(dir=folder.parent))
        make(private)
        try:
            private.rename(folder)
        except OSError:
            shutil.rmtree(private)
    return folder


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
