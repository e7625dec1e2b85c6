"""The quality of a session of eight planes and sixty minutes, measured, one plane in memory at a time.

Promised: below 20 s and 1.5 GB on two idle cores. The session is made of generated arrays of real size (11 Hz, 150
cells a plane, masks of 512 x 512 pixels, 60 Hz stimulus); the time to generate them is taken off. With ``--file`` a
file is measured instead, reading included.
"""

import argparse
import os
import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from apparatus import calibration
from apparatus.claims import Claim, report
from scipy import signal

from nwbgate.qc.session import measure_session

PROMISED_SECONDS, PROMISED_GIGABYTES = 20.0, 1.5


@dataclass
class Size:
    """How large a session is."""

    planes: int = 8
    minutes: float = 60.0
    cells: int = 150
    pixels: int = 512
    rate: float = 11.0


SMALL = Size(planes=4, minutes=6.0, cells=20, pixels=128)


@dataclass
class GeneratedPlane:
    """A plane whose arrays are generated when they are asked for, and dropped when it is told to forget them."""

    number: int
    size: Size
    generating: float = 0.0
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def metadata(self) -> dict[str, Any]:
        """Group of planes that are recorded together."""
        return {"imaging_plane_group": self.number // 2}

    @property
    def ophys_timestamps(self) -> Any:
        """Times of the frames in seconds."""
        return np.arange(int(self.size.minutes * 60 * self.size.rate)) / self.size.rate + 0.02 * (self.number // 2)

    def matrix(self, name: str) -> Any:
        """Return traces, frames x cells."""
        return self._made(name, lambda: self._dff() if name == "dff" else 300 * (1 + self._dff()))

    @property
    def motion_correction(self) -> pd.DataFrame:
        """Shifts of the frames in pixels."""
        shifts = np.random.default_rng(self.number).integers(-4, 5, (len(self.ophys_timestamps), 2))
        return pd.DataFrame(shifts, columns=["x", "y"])

    @property
    def roi_masks(self) -> pd.DataFrame:
        """Masks of the cells."""
        return self._made("roi_masks", self._masks)

    @property
    def average_projection(self) -> Any:
        """Image of the plane."""
        return np.random.default_rng(self.number).integers(0, 255, (self.size.pixels, self.size.pixels), dtype=np.uint8)

    max_projection = average_projection

    def forget(self) -> None:
        """Drop all arrays."""
        self.kept.clear()

    def _made(self, name: str, make: Any) -> Any:
        if name not in self.kept:
            started = time.perf_counter()
            self.kept[name] = make()
            self.generating += time.perf_counter() - started
        return self.kept[name]

    def _dff(self) -> Any:
        rng = np.random.default_rng(self.number)
        shape = (self.size.cells, len(self.ophys_timestamps))
        calcium = signal.lfilter([1.0], [1.0, -0.8], rng.random(shape) < 0.01)
        return (calcium + rng.normal(0, 0.05, shape)).T

    def _masks(self) -> pd.DataFrame:
        corners = np.random.default_rng(self.number).integers(0, self.size.pixels - 14, (self.size.cells, 2))
        masks = np.zeros((self.size.cells, self.size.pixels, self.size.pixels), dtype=bool)
        for mask, (row, column) in zip(masks, corners, strict=True):
            mask[row : row + 14, column : column + 14] = True
        return pd.DataFrame({"roi_mask": list(masks)})


def generated_session(size: Size) -> SimpleNamespace:
    """Return a session of generated tables, with planes that generate their arrays."""
    rng = np.random.default_rng(0)
    frames = np.arange(int(size.minutes * 3600)) / 60
    start = np.arange(0, len(frames) - 60, 45)
    change = np.arange(len(start)) % 18 == 9
    omitted = (rng.random(len(start)) < 0.05) & ~change & ~np.roll(change, -1)
    names = np.char.add("im", (np.cumsum(change) % 8).astype(str))
    volts = np.cumsum(rng.normal(0.02, 0.01, len(frames))) % 5
    eye = np.arange(len(frames) // 2) / 30
    area = rng.normal(10_000, 500, len(eye))
    changes = frames[start[change]] + 0.036
    go = np.arange(len(changes)) % 8 > 0
    trials = {"change_time": changes, "stop_time": changes + 4.24, "go": go, "catch": ~go, "hit": go, "aborted": False}
    trials |= {"auto_rewarded": False, "false_alarm": False}
    licks = np.arange(0, len(frames), 200)
    return SimpleNamespace(
        metadata={"session_type": "active"},
        task_parameters={"omitted_flash_fraction": 0.05},
        stimulus_timestamps=frames,
        stimulus_presentations=pd.DataFrame(
            {
                "stimulus_block_name": "change_detection_behavior",
                "image_name": np.where(omitted, "omitted", names),
                "start_time": frames[start] + 0.036,
                "end_time": frames[start + 15] + 0.036,
                "start_frame": start,
                "is_change": change,
                "omitted": omitted,
            }
        ),
        stimulus_templates=pd.DataFrame(index=[f"im{number}" for number in range(8)]),
        trials=pd.DataFrame(trials),
        reward_rate=np.full(len(changes), 3.0),
        licks=pd.DataFrame({"timestamps": frames[licks], "frame": licks}),
        running_speed=pd.DataFrame({"timestamps": frames, "speed": rng.normal(20, 5, len(frames))}),
        running_encoder=pd.DataFrame({"timestamps": frames, "v_sig": volts}),
        eye_tracking=pd.DataFrame(
            {"timestamps": eye, "likely_blink": False, "pupil_area": area, "pupil_area_raw": area}
        ),
        planes={f"plane_{number}": GeneratedPlane(number, size) for number in range(size.planes)},
    )


def measured(path: Path | None, size: Size) -> tuple[float, pd.DataFrame]:
    """Return the seconds that measuring takes, and the measurements."""
    if path is None:
        session = generated_session(size)
        started = time.perf_counter()
        rows = measure_session(session)
        took = time.perf_counter() - started
        return took - sum(plane.generating for plane in session.planes.values()), rows
    from nwbgate.reading.opening import open_nwb

    started = time.perf_counter()
    with open_nwb(path) as opened:
        rows = measure_session(opened)
    return time.perf_counter() - started, rows


def main() -> int:
    """Measure a session once, print time and peak memory; fail when the promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a short session: to see that the benchmark runs")
    parser.add_argument("--file", type=Path, help="measure this file instead of generated arrays")
    arguments = parser.parse_args()
    size = SMALL if arguments.small else Size()
    took, rows = measured(arguments.file, size)
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    print(calibration.line(10 if arguments.small else 100))
    what = arguments.file or f"{size.planes} planes of {size.cells} cells, {size.minutes:g} minutes"
    print(f"source: {what}; load {os.getloadavg()[0]:.1f}")
    print(
        f"{len(rows)} rows, {rows['value'].notna().sum()} of them measured, in {took:.2f} s; {gigabytes:.2f} GB at most"
    )
    claims = [
        Claim("8 planes of 60 minutes: measured in", took, "s", most=PROMISED_SECONDS),
        Claim("8 planes of 60 minutes: memory", gigabytes, "GB", most=PROMISED_GIGABYTES),
    ]
    return report(claims, judged=not arguments.small and arguments.file is None)


if __name__ == "__main__":
    sys.exit(main())
