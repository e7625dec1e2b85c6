"""How fast this machine is at what every peer does: gzip of 100 MB. Printed by each benchmark beside its ratios."""

import time
import zlib

import numpy as np


def seconds(megabytes: int = 100) -> float:
    """Return the time that zlib (level 4, as NeuroConv's default) needs for noisy float64 traces."""
    noise = np.random.default_rng(0).normal(size=megabytes * 125_000).tobytes()
    started = time.perf_counter()
    zlib.compress(noise, 4)
    return time.perf_counter() - started


def line(megabytes: int = 100) -> str:
    """Return the calibration line."""
    took = seconds(megabytes)
    return f"calibration: gzip of {megabytes} MB of noise takes {took:.2f} s ({megabytes / took:.0f} MB/s, one thread)"


if __name__ == "__main__":
    print(line())
