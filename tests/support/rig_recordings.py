"""Small sync files as rigs write them, made line by line."""

from pathlib import Path

import h5py
import numpy as np

RATE = 100_000.0


def pulses(first: float, period: float, count: int, width: float = 0.001) -> list[float]:
    """Return the times at which a line changes, in seconds: up and down, `count` times."""
    return [edge for pulse in range(count) for edge in (first + pulse * period, first + pulse * period + width)]


def write_sync(path: Path, lines: dict[str, list[float]], first_count: int = 0, daq: dict | None = None) -> Path:
    """Write a sync file in which each line, low at first, changes at the given seconds."""
    edges = sorted((round(time * RATE), bit) for bit, times in enumerate(lines.values()) for time in times)
    rows, state = [(0, 0)], 0
    for tick, bit in edges:
        state ^= 1 << bit
        if tick == rows[-1][0]:
            rows[-1] = (tick, state)
        else:
            rows.append((tick, state))
    data = np.array([(first_count + tick, states) for tick, states in rows]) % 2**32
    labels = [*lines, *[""] * (32 - len(lines))]
    daq = {"counter_output_freq": RATE, "counter_bits": 32} if daq is None else daq
    with h5py.File(path, "w") as file:
        file["data"] = data.astype(np.uint32)
        file["meta"] = np.bytes_(repr({"ni_daq": daq, "line_labels": labels, "start_time": "2019-01-01 10:00:00"}))
    return path
