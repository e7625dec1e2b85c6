"""Agreement of the eye ellipses with their own index, and of eye and pupil."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import Agreement
from nwbgate.interfaces.visual_behavior_rig.tables.eye_ellipses import row_numbers
from nwbgate.interfaces.visual_behavior_rig.tables.pickle_agreement import contradiction

FloatArray = npt.NDArray[np.float64]


def eye_contradictions(ellipses: dict[str, dict[str, FloatArray]], path: Path | None) -> list[Agreement]:
    """Return a comparison for each fact that ellipses tell differently.

    Parameters
    ----------
    ellipses : dict
        What `read_ellipses` returned.
    path : Path or None
        The file, whose index is compared with the order of its rows.
    """
    rows = [] if path is None else list(_rows(path))
    parts = list(_parts(ellipses))
    return [contradiction(name, found) for name, found in (("eye_rows", rows), ("eye_parts", parts)) if found]


def _rows(path: Path) -> Iterator[str]:
    for part, numbers in row_numbers(path).items():
        back = np.flatnonzero(np.diff(numbers) < 0)
        if len(back):
            yield f"row {back[0] + 2} of {part} is frame {numbers[back[0] + 1]}, after frame {numbers[back[0]]}"


def _parts(ellipses: dict[str, dict[str, FloatArray]]) -> Iterator[str]:
    """Compare sizes: a pupil lies within its eye."""
    sizes = {part: _typical(ellipses[part]["width"] * ellipses[part]["height"]) for part in ("eye", "pupil")}
    if sizes["pupil"] > sizes["eye"]:
        ratio = sizes["pupil"] / sizes["eye"]
        yield f"the pupil is {ratio:.1f} times as large as the eye: the parts were exchanged"


def _typical(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
