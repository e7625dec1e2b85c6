"""Draw what a converted sample recording holds: its signals and its tree. Run: python docs/make_picture.py"""

import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from nwbgate.cli import main
from nwbgate.samples.dataset_ii import make_recordings

PICTURE = Path(__file__).parent / "_static" / "recording.svg"
WIDTH, LEFT, STRIP, LINE = 860, 90, 64, 17
BLUE, RED, GREEN = "#2b5c8a", "#b5483a", "#2f7d4f"
VOLTAGE = "acquisition/ElectricalSeries"
SPIKES = "units/spike_times"
DFF = "processing/ophys/DfOverF/RoiResponseSeries"


def converted(folder: Path) -> Path:
    """Make one recording of 30 s, convert it, and return the NWB file."""
    make_recordings(folder / "sources", recordings=1, seconds=30, seed=9)
    assert main(["convert", "dataset-ii", str(folder / "sources"), "--output", str(folder / "nwb")]) == 0
    return next(folder.glob("nwb/*/*.nwb"))


def tree(group: h5py.Group, indent: str = "") -> Iterator[str]:
    """Yield one line per group and per array of an NWB file; links and single values are left out."""
    names = [name for name in group if _shown(group, name)]
    for name in names:
        last = name == names[-1]
        yield f"{indent}{'└─ ' if last else '├─ '}{_label(name, group[name])}"
        if isinstance(group[name], h5py.Group):
            yield from tree(group[name], indent + ("   " if last else "│  "))


def _shown(group: h5py.Group, name: str) -> bool:
    item = group[name]
    if isinstance(item, h5py.Dataset):
        return item.size > 1 and item.dtype.kind == "f"
    inside = name != "specifications" and isinstance(group.get(name, getlink=True), h5py.HardLink)
    return inside and ("neurodata_type" in item.attrs or any(_shown(item, part) for part in item))


def _label(name: str, item: h5py.Group | h5py.Dataset) -> str:
    kind = item.attrs.get("neurodata_type", "")
    if isinstance(item, h5py.Group):
        return f"{name}   {kind if kind not in ('', name) else ''}".rstrip()
    shape = " × ".join(str(length) for length in item.shape)
    return f"{name}   {shape} {item.dtype.name} {item.attrs.get('unit', '')}".rstrip()


def envelope(values: NDArray[np.float64], top: float, colour: str) -> str:
    """Return the path of the lowest and highest value under each pixel, in a strip of the picture."""
    pixels = min(WIDTH - LEFT - 20, len(values))
    parts = np.array_split(values, pixels)
    low, high = np.array([part.min() for part in parts]), np.array([part.max() for part in parts])
    x = LEFT + np.linspace(0, WIDTH - LEFT - 20, pixels)
    scale = (STRIP - 14) / np.ptp(values)
    strokes = " ".join(
        f"M{a:.1f} {top + (values.max() - c) * scale:.1f}V{top + (values.max() - b) * scale + 1:.1f}"
        for a, b, c in zip(x, low, high, strict=True)
    )
    if pixels == len(values):
        points = " ".join(f"{a:.1f},{top + (values.max() - b) * scale:.1f}" for a, b in zip(x, values, strict=True))
        return f'<polyline points="{points}" fill="none" stroke="{colour}"/>'
    return f'<path d="{strokes}" stroke="{colour}"/>'


def signals(file: h5py.File) -> Iterator[str]:
    """Yield the three strips: voltage, spikes and dF/F on one time axis."""
    voltage, dff = file[VOLTAGE]["data"], file[DFF]["data"]
    seconds = voltage.shape[0] / file[VOLTAGE]["starting_time"].attrs["rate"]
    rows = (("voltage", 10), ("spikes", 10 + STRIP), ("dF/F", 40 + STRIP))
    for name, top in rows:
        yield f'<text x="10" y="{top + 20}" fill="#333">{name}</text>'
    yield envelope(voltage[()].ravel() * voltage.attrs["conversion"], rows[0][1], BLUE)
    for spike in file[SPIKES][()]:
        x = LEFT + spike / seconds * (WIDTH - LEFT - 20)
        yield f'<path d="M{x:.1f} {rows[1][1]}v20" stroke="{RED}"/>'
    yield envelope(dff[()].ravel(), rows[2][1], GREEN)
    yield f'<text x="{WIDTH - 20}" y="{rows[2][1] + STRIP + 4}" fill="#666" text-anchor="end">{seconds:g} s</text>'


def picture(path: Path) -> str:
    """Return the picture of a written file as SVG."""
    top = 80 + 2 * STRIP
    with h5py.File(path, "r") as file:
        lines = [path.name, *tree(file)]
        strips = list(signals(file))
    height = top + LINE * len(lines) + 10
    texts = [
        f'<text x="10" y="{top + LINE * number}" xml:space="preserve" fill="#222">{escape(line)}</text>'
        for number, line in enumerate(lines)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            'font-family="monospace" font-size="13">',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            *strips,
            *texts,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        PICTURE.write_text(picture(converted(Path(place))))
