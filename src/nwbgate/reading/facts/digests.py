"""Digests of what a file holds, by which copies among files are found."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

Frames = Mapping[str, pd.DataFrame]
Row = dict[str, Any]

#: Rows from which a table is not equal to another by chance.
_FEWEST_ROWS = 10
#: Samples, and rows of a table, that tell a truncated copy, and the fewest values among those samples.
HEAD, _FIRST_ROWS, _FEWEST_VALUES = 1000, 50, 20
#: Images of the movie of a plane.
_PROJECTIONS = ("max_projection", "average_image")
#: Columns by which rows are judged.
_COLUMNS = (
    "table", "plane", "digest", "head", "n_frames", "is_constant", "n_pixels", "moves", "image_name", "lowest",
    "highest",
)  # fmt: skip
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


def head_digest(samples: Any) -> str | None:
    """Return the digest of the first samples, None for few or steady ones.

    Parameters
    ----------
    samples : numpy.ndarray, shape (n,)
        A trace.
    """
    first = np.ascontiguousarray(samples[:HEAD])
    return _digest(first.tobytes()) if len(first) == HEAD and len(np.unique(first)) >= _FEWEST_VALUES else None


def _as_text(digests: Iterator[tuple[str, str]]) -> str | None:
    return " ".join(f"{stream}={digest}" for stream, digest in digests) or None


def _of_behavior(frames: Frames) -> Iterator[tuple[str, str]]:
    speed, eye = frames.get("filtered_speed"), frames.get("eye_ellipses")
    if speed is not None and len(speed) and speed["fastest"].iloc[0] > _RUNS:
        yield "running", str(speed["digest"].iloc[0])
        if "head" in speed and pd.notna(speed["head"].iloc[0]):
            yield "running_head", f"{speed['n'].iloc[0]}:{speed['head'].iloc[0]}"
    if eye is not None and len(eye) and (eye["n_blinks"] < eye["n"]).all():
        yield "eye_tracking", _digest(eye["digest"].astype(str).str.cat())
    for name, columns in (("licks", ["timestamps"]), ("trials", ["start_time", "stop_time"])):
        table = frames.get(name)
        if table is not None and len(table) >= _FEWEST_ROWS and {*columns} <= {*table}:
            rows = table[columns].to_numpy(dtype=np.float64)
            yield name, _digest(rows.tobytes())
            if len(rows) >= _FIRST_ROWS:
                yield f"{name}_head", f"{len(rows)}:{_digest(rows[:_FIRST_ROWS].tobytes())}"


def _of_imaging(frames: Frames) -> Iterator[tuple[str, Any, str]]:
    """Yield stream, plane and digest of what differs between planes."""
    streams: tuple[tuple[str, str, Callable[[Row], bool]], ...] = (
        ("traces", "trace_columns", _is_varying_dff),
        ("masks", "masks", _is_several_pixels),
        ("motion", "motion", _moves),
        *((name, "projection_images", partial(_is_varying_image, name)) for name in _PROJECTIONS),
    )
    for stream, table, judged in streams:
        of_planes: dict[Any, list[str]] = defaultdict(list)
        heads: dict[Any, list[str]] = defaultdict(list)
        for row in _rows(frames.get(table)):
            if judged(row) and row["plane"] is not None and row["digest"] is not None:
                of_planes[row["plane"]].append(str(row["digest"]))
                if row.get("head") is not None:
                    heads[row["plane"]].append(f"{row['n_frames']} {row['head']}")
        for plane, digests in sorted(of_planes.items()):
            yield stream, plane, _digest("".join(sorted(digests)))
            if len(heads[plane]) == len(digests):
                n, _, _ = heads[plane][0].partition(" ")
                first = sorted(each.partition(" ")[2] for each in heads[plane])
                yield f"{stream}_head", plane, f"{n}:{_digest(''.join(first))}"


def _rows(frame: pd.DataFrame | None) -> Iterator[Row]:
    """Yield rows, None for what is missing; faster than grouping small frames."""
    if frame is not None and len(frame):
        columns = [name for name in _COLUMNS if name in frame]
        for values in zip(*(frame[name].tolist() for name in columns), strict=True):
            told = (None if value is pd.NA or value != value else value for value in values)  # noqa: PLR0124  NaN
            yield dict(zip(columns, told, strict=True))


def _is_varying_dff(row: Row) -> bool:
    return bool(row["table"] == "dff_traces" and row["is_constant"] is not True)


def _is_several_pixels(row: Row) -> bool:
    return bool(row["n_pixels"] is not None and row["n_pixels"] > 1)


def _moves(row: Row) -> bool:
    return row["moves"] is True


def _is_varying_image(name: str, row: Row) -> bool:
    lowest, highest = row["lowest"], row["highest"]
    return bool(row["image_name"] == name and None not in (lowest, highest) and highest > lowest)


def _digest(content: str | bytes) -> str:
    return blake2b(content.encode() if isinstance(content, str) else content, digest_size=8).hexdigest()
