"""Make two made-up sessions of a lab: ``python make_sessions.py FOLDER [SEED]``."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

#: Frames, frames per second and size of the movie; cells; samples per second of the voltage.
FRAMES, FRAME_RATE, SIZE, CELLS, VOLTAGE_RATE = 300, 15.0, (64, 80), 5, 2000.0
#: Sessions with subject, what the lab noted about it, and whether a cell was patched.
SESSIONS = {
    "day1": ("anna", {"sex": "F", "age": "P90D", "session_start_time": "2024-05-01T10:00:00+02:00"}, True),
    "day2": ("berta", {"sex": "F", "age": "P94D", "session_start_time": "2024-05-02T10:30:00+02:00"}, False),
}
#: Seconds from the start of the acquisition to that of the task's own clock.
TASK_STARTED = {"day1": 1.25, "day2": 0.75}


def make_sessions(folder: Path, seed: int = 0) -> Path:
    """Write the sessions and their table ``sessions.csv``; return the folder."""
    rng = np.random.default_rng(seed)
    rows = []
    for session, (subject, facts, patched) in SESSIONS.items():
        home = folder / subject / session
        make_plane(home / "suite2p" / "plane0", rng)
        frames = np.arange(FRAMES) / FRAME_RATE + np.sort(rng.uniform(0.1, 0.101, FRAMES))
        pd.DataFrame({"frame": np.arange(FRAMES), "time": frames}).to_csv(home / "frames.csv", index=False)
        make_trials(home / "trials.csv", rng)
        if patched:
            make_voltage(home / "voltage.bin", rng)
        rows.append({"session_id": session, "task_started": TASK_STARTED[session], **facts})
    pd.DataFrame(rows).to_csv(folder / "sessions.csv", index=False)
    return folder


def make_plane(folder: Path, rng: np.random.Generator) -> None:
    """Write what suite2p leaves of one plane."""
    folder.mkdir(parents=True)
    spikes = rng.poisson(0.03, (CELLS, FRAMES)).astype(np.float32)
    decay = np.exp(-np.arange(30) / 8)
    calcium = np.array([np.convolve(train, decay)[:FRAMES] for train in spikes])
    neuropil = 40 + rng.normal(0, 1, (CELLS, FRAMES))
    fluorescence = 100 + 60 * calcium + 0.7 * neuropil + rng.normal(0, 4, (CELLS, FRAMES))
    for name, values in (("F", fluorescence), ("Fneu", neuropil), ("spks", spikes)):
        np.save(folder / f"{name}.npy", values.astype(np.float32))
    np.save(folder / "iscell.npy", np.column_stack([np.ones(CELLS), rng.uniform(0.6, 1, CELLS)]))
    np.save(folder / "stat.npy", np.array([roi(cell, rng) for cell in range(CELLS)], dtype=object))
    mean = rng.normal(500, 20, SIZE).astype(np.float32)
    ops = {"Ly": SIZE[0], "Lx": SIZE[1], "fs": FRAME_RATE, "nframes": FRAMES, "nplanes": 1, "meanImg": mean}
    ops |= {"Vcorr": mean / mean.max(), "yrange": [0, SIZE[0]], "xrange": [0, SIZE[1]], "tau": 0.7, "nchannels": 1}
    np.save(folder / "ops.npy", np.array(ops, dtype=object))


def roi(cell: int, rng: np.random.Generator) -> dict:
    """Return the pixels of a round cell, as suite2p keeps them."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    centre = (12 + 10 * cell, 15 + 12 * cell)
    inside = (y - centre[0]) ** 2 + (x - centre[1]) ** 2 <= 16
    return {
        "ypix": y[inside], "xpix": x[inside], "lam": rng.uniform(0.5, 1, inside.sum()).astype(np.float32),
        "med": list(centre), "npix": int(inside.sum()), "radius": 4.0, "overlap": np.zeros(inside.sum(), bool),
    }  # fmt: skip


def make_trials(path: Path, rng: np.random.Generator) -> None:
    """Write the table of trials, with times on the task's own clock."""
    start = np.arange(6) * 2.5 + rng.uniform(0.2, 0.6, 6)
    tone = rng.choice([8000, 16000], 6)
    licked = rng.random(6) < 0.5
    outcome = np.where(tone == 8000, np.where(licked, "hit", "miss"), np.where(licked, "false alarm", "rejection"))
    table = {"start_time": start, "stop_time": start + 1.5, "tone_hz": tone, "licked": licked, "outcome": outcome}
    pd.DataFrame(table).round(4).to_csv(path, index=False)


def make_voltage(path: Path, rng: np.random.Generator) -> None:
    """Write a membrane voltage as int16 in steps of 10 microvolts."""
    samples = int(FRAMES / FRAME_RATE * VOLTAGE_RATE)
    volts = -0.065 + 0.003 * np.sin(np.arange(samples) / 3000) + rng.normal(0, 0.0003, samples)
    volts[rng.integers(0, samples, 20)] = 0.02
    (volts * 1e5).round().astype("<i2").tofile(path)


if __name__ == "__main__":
    make_sessions(Path(sys.argv[1]), *map(int, sys.argv[2:]))
