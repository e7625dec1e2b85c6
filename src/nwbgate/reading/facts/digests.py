"""Digests of what a file holds, by which copies among files are found."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

Frames = Mapping[str, pd.DataFrame]

#: Rows from which a table is not equal to another by chance.
_FEWEST_ROWS = 10
#: Images of the movie of a plane.
_PROJECTIONS = ("max_projection", "average_image")
#: Speed in cm/s that a mouse reaches that runs at all.
_RUNS = 5.0


def behavior_digests(frames: Frames) -> str | None:
    """Return the digests of a session's behavior in one text, or None.

    They are of running, eye tracking, licks and trials.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        What `session_frames` returned. Streams in which nothing happens are left out, for they are all alike.
    """
    return _as_text(_of_behavior(frames))


def imaging_digests(frames: Frames, planes: list[Any]) -> list[str | None]:
    """Return the digests of each plane in one text, or None.

    They are of its traces, masks, motion and images.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        What `session_frames` returned.
    planes : list of str
        Names of the planes.
    """
    found = dict.fromkeys(planes, "")
    for stream, plane, digest in _of_imaging(frames):
        if plane in found:
            found[plane] += f" {stream}={digest}"
    return [text.strip() or None for text in found.values()] if len(found) == len(planes) else [None] * len(planes)


def _as_text(digests: Iterator[tuple[str, str]]) -> str | None:
    return " ".join(f"{stream}={digest}" for stream, digest in digests) or None


def _of_behavior(frames: Frames) -> Iterator[tuple[str, str]]:
    speed, eye = frames.get("filtered_speed"), frames.get("eye_ellipses")
    if speed is not None and len(speed) and speed["fastest"].iloc[0] > _RUNS:
        yield "running", str(speed["digest"].iloc[0])
    if eye is not None and len(eye) and (eye["n_blinks"] < eye["n"]).all():
        yield "eye_tracking", _digest(eye["digest"].astype(str).str.cat())
    for name, columns in (("licks", ["timestamps"]), ("trials", ["start_time", "stop_time"])):
        table = frames.get(name)
        if table is not None and len(table) >= _FEWEST_ROWS and {*columns} <= {*table}:
            yield name, _digest(table[columns].to_numpy(dtype=np.float64).tobytes())


def _of_imaging(frames: Frames) -> Iterator[tuple[str, Any, str]]:
    """Yield stream, plane and digest of what differs between planes."""
    traces = frames.get("trace_columns", pd.DataFrame(columns=["table", "plane", "is_constant", "digest"]))
    of_dff = traces[(traces["table"] == "dff_traces").to_numpy() & ~traces["is_constant"].eq(True).to_numpy()]
    motion = frames.get("motion", pd.DataFrame(columns=["plane", "moves", "digest"]))
    images = frames.get(
        "projection_images", pd.DataFrame(columns=["plane", "image_name", "lowest", "highest", "digest"])
    )
    varying = (images["highest"] > images["lowest"]).to_numpy(dtype=bool)
    masks = frames.get("masks", pd.DataFrame(columns=["plane", "digest", "n_pixels"]))
    for stream, rows in (
        ("traces", of_dff),
        ("masks", masks[(masks["n_pixels"] > 1).to_numpy(dtype=bool)]),
        ("motion", motion[motion["moves"].eq(True).to_numpy()]),
        *((name, images[varying & (images["image_name"] == name).to_numpy()]) for name in _PROJECTIONS),
    ):
        for plane, digests in rows.dropna(subset=["plane", "digest"]).groupby("plane")["digest"]:
            yield stream, plane, _digest("".join(sorted(map(str, digests))))


def _digest(content: str | bytes) -> str:
    return blake2b(content.encode() if isinstance(content, str) else content, digest_size=8).hexdigest()
