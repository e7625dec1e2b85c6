"""Sources of the third recipe, made by tests."""

from pathlib import Path

import numpy as np

from support.places import TESTS

THIRD_RECIPE = TESTS / "support" / "third_recipe"


def make_maze(path: Path, *, subject: str = "rat7", samples: int = 50, seed: int = 0) -> Path:
    """Write one session; its clock starts at 100 s and ticks irregularly."""
    rng = np.random.default_rng(seed)
    times = 100 + np.cumsum(rng.uniform(0.02, 0.04, samples))
    table = np.column_stack([times, *np.cumsum(rng.normal(0, 0.01, (2, samples)), axis=1)])
    rows = "\n".join(",".join(repr(float(value)) for value in row) for row in table)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# subject: {subject}\n# start: 2024-05-01T10:00:00+00:00\ntime,x,y\n{rows}\n")
    return path
