"""A session folder of another lab: the sample's behavior with suite2p output of two planes and a DeepLabCut table."""

import json
import shutil
from pathlib import Path

import numpy as np

from nwbgate.samples.rig.sync_recording import camera_pulses, imaging_frames
from support.rig_sample import BY_FOLDER, plane_json

SESSION = BY_FOLDER["ophys_multi_plane"]
ROIS, SHAPE = 3, (32, 40)


def make_lab_session(folder: Path, sample: Path) -> Path:
    """Write the session and return its folder."""
    home = folder / "day1"
    home.mkdir(parents=True)
    facts = json.loads(plane_json(sample, SESSION.folder).read_text())
    kept = ("behavior_session_id", "foraging_id", "behavior_stimulus_file", "sync_file", "rig_name", "driver_line",
            "reporter_line", "full_genotype", "date_of_acquisition", "external_specimen_name", "age", "sex",
            "stimulus_name")  # fmt: skip
    (home / "session.json").write_text(json.dumps({name: facts[name] for name in kept}))
    for name in ("behavior_stimulus_file", "sync_file"):
        shutil.copyfile(sample / SESSION.folder / facts[name], home / facts[name])
    for plane in (0, 1):
        _write_plane(home / "suite2p" / f"plane{plane}", len(imaging_frames(SESSION, plane)), plane)
    _write_pupil(home / "eyeDLC_resnet50.csv", len(camera_pulses(SESSION)) - 3)
    return home


def traces(frames: int, plane: int) -> np.ndarray:
    """Return the fluorescence of a plane, shape (rois, frames)."""
    return np.random.default_rng(plane).normal(100, 5, (ROIS, frames)).astype(np.float32)


def _write_plane(folder: Path, frames: int, plane: int) -> None:
    folder.mkdir(parents=True)
    raw = traces(frames, plane)
    for name, values in (("F", raw), ("Fneu", raw / 2), ("spks", np.clip(raw - 105, 0, None))):
        np.save(folder / f"{name}.npy", values)
    np.save(folder / "iscell.npy", np.column_stack([np.ones(ROIS), np.full(ROIS, 0.9)]))
    stat = [
        {"ypix": np.array([3, 3, 4]) + 5 * roi, "xpix": np.array([2, 3, 2]), "lam": np.ones(3)} for roi in range(ROIS)
    ]
    np.save(folder / "stat.npy", np.array(stat, dtype=object))
    mean = np.random.default_rng(plane + 7).random(SHAPE).astype(np.float32)
    size = {"Ly": SHAPE[0], "Lx": SHAPE[1], "yrange": [0, SHAPE[0]], "xrange": [0, SHAPE[1]]}
    ops = {**size, "fs": 11.0, "nframes": frames, "nplanes": 2, "meanImg": mean, "Vcorr": mean}
    np.save(folder / "ops.npy", np.array(ops, dtype=object))


def _write_pupil(path: Path, frames: int) -> None:
    rng = np.random.default_rng(3)
    header = [
        "scorer" + ",DLC_resnet50" * 6,
        "bodyparts,pupil_left,pupil_left,pupil_left,pupil_right,pupil_right,pupil_right",
        "coords" + ",x,y,likelihood" * 2,
    ]
    rows = [f"{frame}," + ",".join(f"{value:.3f}" for value in rng.random(6)) for frame in range(frames)]
    path.write_text("\n".join([*header, *rows]) + "\n")
