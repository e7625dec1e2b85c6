"""How fast `nwbgate browse` shows long files, in a real Chromium, beside two peers.

Every claim is a row of the table that is printed, with the number of this run and its bound; a claim that does not hold
makes the exit code 1. Seconds and milliseconds of a page are those of a clock: they are claimed for an idle machine,
and the load is printed beside them. `--write` puts the table into RESULTS.md.

The peers are not among nwbgate's dependencies: they run where `--peers PYTHON` names an interpreter that has them
(``pip install plotly-resampler dash panel holoviews bokeh tsdownsample h5py``). Without it their rows say
"not measured". `--folder` keeps the files that are made, 4 GB, for another run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from apparatus import calibration
from apparatus.browsed_pages import Page, browsing, chromium, opened_page, windows
from apparatus.claims import Claim, collect
from apparatus.long_recording import RATE, long_recording, short_recording
from apparatus.range_server import serving
from apparatus.realistic_session import SIZES, make_session

RESULTS = Path(__file__).with_name("RESULTS.md")
BEGIN, END = "<!-- browse: begin -->", "<!-- browse: end -->"
SAMPLES, MANY, EXPORTED = 28_800_000, 100_000_000, 7_200_000
#: Seconds of the widest window of which samples are fetched: 31 of them for each pixel of the picture.
WIDEST_OF_SAMPLES = 31 * 708 / RATE


def levels(path: Path) -> Iterator[Claim]:
    """Measure the computing that the levels of a voltage take."""
    from nwbgate.browser.levels.disk_cache import DiskCache
    from nwbgate.browser.levels.trace_levels import Levels
    from nwbgate.browser.tracks.any_file_tracks import trace_of
    from nwbgate.reading.recording import Recording

    with Recording(path) as recording:
        group = recording.series_group("voltage")
        assert group is not None
        samples = trace_of(group, "voltage", "").samples()
        begun = time.process_time()
        built = Levels(samples, DiskCache(None, ""), "voltage")
        while built.build_next():
            pass
        cost = (time.process_time() - begun) / len(samples) * 1e9
    yield Claim("levels, computing for each sample", cost, "ns", most=80)


def zooms(browser: Any, path: Path, cache: Path, peers: str | None) -> Iterator[Claim]:
    """Measure zooms into two voltages of 28.8 million samples, beside the peers."""
    wanted = windows(SAMPLES / RATE)
    with browsing(path, cache) as (address, process), opened_page(browser, process) as page:
        page.open(address, "trace")
        page.settle()
        median = float(np.median(page.zooms(wanted)[0]))
        _, again = page.zooms(wanted[-2:])
    yield Claim("2 × 2.88e7 samples: a zoom settles, median", median, "ms")
    yield Claim("a view that was seen fetches", float(again.sum()), "bytes", most=0)
    for name, least in (("plotly-resampler", 10.0), ("panel", 20.0)):
        took = peer_median(browser, name, peers, path, wanted) if peers else None
        yield Claim(f"{name}: a zoom settles, median", took, "ms")
        yield Claim(f"{name}: times as long as nwbgate", took / median if took else None, "", least=least)


def peer_median(browser: Any, name: str, python: str, path: Path, wanted: list[tuple[float, float]]) -> float:
    """Return the median milliseconds of a zoom in a peer."""
    command = [python, "-u", str(Path(__file__).with_name("apparatus") / "browse_peers.py"), name, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        served = json.loads(running.stdout.readline())
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        try:
            page.goto(served["address"], timeout=120_000)
            page.evaluate(served["ready"])
            return float(np.median([page.evaluate(served["zoom"], window) for window in wanted]))
        finally:
            page.close()
            running.kill()


def many_samples(browser: Any, path: Path, cache: Path) -> Iterator[Claim]:
    """Measure one voltage of 1e8 samples, opened for the first time."""
    wanted = windows(MANY / RATE) + [(start, start + WIDEST_OF_SAMPLES) for start in (100.0, 900.0, 1700.0)]
    with browsing(path, cache) as (address, process), opened_page(browser, process) as page:
        yield Claim("1e8 samples: first picture after navigation", page.open(address, "trace"), "s", most=1.5)
        page.settle()
        times, sizes = page.zooms(wanted)
        yield Claim("1e8 samples: a zoom settles, 95th percentile", float(np.percentile(times, 95)), "ms", most=150)
        yield Claim("1e8 samples: a zoom fetches at most", float(sizes.max()) / 1000, "kB", most=300)
        yield Claim("1e8 samples: script, computing for a frame", page.frame_ms(), "ms", most=5)
        yield Claim("1e8 samples: memory of the server", page.server_mb(), "MB", most=200)
        yield Claim("1e8 samples: memory of the page", page.heap_mb(), "MB", most=150)


def eight_planes(browser: Any, path: Path, cache: Path) -> Iterator[Claim]:
    """Measure 8 planes of 150 cells and 75 minutes: first and second opening."""
    with browsing(path, cache) as (address, process), opened_page(browser, process) as page:
        yield Claim("8 planes, first opening: picture of a plane", page.open(address, "heatmap"), "s", most=2)
        yield Claim("8 planes, first opening: computing of the server until then", page.server_seconds(), "s")
        page.settle()
        yield from all_planes(page)
    kept = files_of(cache)
    with browsing(path, cache) as (address, process), opened_page(browser, process) as page:
        yield Claim("8 planes, second opening: picture of a plane", page.open(address, "heatmap"), "s", most=2)
        page.settle()
        page.show_tracks("heatmap", "dF/F")
    yield Claim("8 planes, second opening: levels built", float(len(files_of(cache) ^ kept)), "", most=0)


def all_planes(page: Page) -> Iterator[Claim]:
    """Measure all 1,200 rows of dF/F on the screen at once."""
    page.show_tracks("heatmap", "dF/F")
    times, sizes = page.zooms(windows(75 * 60.0))
    yield Claim("8 planes: a zoom settles, 95th percentile", float(np.percentile(times, 95)), "ms", most=150)
    yield Claim("8 planes: a zoom fetches at most", float(sizes.max()) / 1e6, "MB", most=1.3)
    yield Claim("8 planes: script, computing for a frame", page.frame_ms(), "ms", most=20)
    yield Claim("8 planes: memory of the server", page.server_mb(), "MB", most=500)
    yield Claim("8 planes: memory of the page", page.heap_mb(), "MB", most=150)


def files_of(cache: Path) -> set[tuple[str, int]]:
    """Return the kept levels with their numbers on the disk, which change when they are written."""
    return {(path.name, path.stat().st_ino) for path in cache.rglob("*.levels")}


def exports(recording: Path, session: Path, folder: Path) -> Iterator[Claim]:
    """Measure exports without samples, as shares of their sources."""
    from nwbgate.browser.exports.export import export
    from nwbgate.browser.serving.library import Library

    for path, what, most in ((recording, "a recording of 3 minutes", 5.0), (session, "8 planes", 8.0)):
        library = Library([path])
        written = export(library, folder / f"site of {path.stem}", overwrite=True)
        library.close()
        yield Claim(f"export of {what}, of its source", 100 * written / path.stat().st_size, "%", most=most)


def address(browser: Any, recording: Path, cache: Path) -> Iterator[Claim]:
    """Measure the bytes that the first picture of a recording on a server takes."""
    with (
        serving(recording) as (source, sent),
        browsing(source, cache) as (link, process),
        opened_page(browser, process) as page,
    ):
        page.open(link, "trace")
        page.settle()
        page.page.wait_for_timeout(2000)  # whatever is read in the background counts
        yield Claim("an address: metadata, spikes, dF/F and a first window", sent() / 1e6, "MB", most=1.5)


def page_and_help() -> Iterator[Claim]:
    """Measure the files of the page, and how much of the browser `--help` imports."""
    from nwbgate.browser.serving.page_files import page_file, page_names

    size = sum(len(page_file(name) or b"") for name in page_names())
    yield Claim("the page", size / 1000, "kB", most=150)
    script = (
        "import sys; from nwbgate.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sum(name.startswith(('nwbgate.browser', 'nwbgate.cli.verbs.browse')) for name in sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    yield Claim("`nwbgate --help`: modules of the browser imported", float(told.split()[-1]), "", most=0)


def session_of_eight_planes(folder: Path) -> Path:
    """Return a converted session of 8 planes and 75 minutes, made if it is not there."""
    from nwbgate import convert_session
    from nwbgate.interfaces.visual_behavior import VisualBehaviorConverter

    path = folder / "session.nwb"
    if not path.exists():
        sources = make_session(folder, SIZES["eight planes"])
        convert_session(VisualBehaviorConverter.from_files(*sources), path, check=False)
        for source in sources:
            source.unlink()
    return path


def measured(folder: Path, peers: str | None) -> Iterator[Claim]:
    """Yield all claims."""
    short = next((folder / "nwb").glob("sub-*/*.nwb"), None) or short_recording(folder)
    session = session_of_eight_planes(folder)
    recording = long_recording(short, folder / "recording.nwb", EXPORTED)
    yield from page_and_help()
    yield from exports(recording, session, folder)
    path = long_recording(short, folder / "long.nwb", SAMPLES)
    yield from levels(path)
    with chromium() as browser, tempfile.TemporaryDirectory() as cache:
        yield from eight_planes(browser, session, Path(cache))
        yield from address(browser, recording, Path(cache))
        yield from zooms(browser, path, Path(cache), peers)
        many = long_recording(short, folder / "many.nwb", MANY, both=False)
        yield from many_samples(browser, many, Path(cache))


def main() -> int:
    """Print all numbers and fail when a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter that has the peers")
    parser.add_argument("--folder", type=Path, help="folder of the files that are made; reused if they are there")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/RESULTS.md")
    options = parser.parse_args()
    lines = [f"{calibration.line()}; load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores.", ""]
    lines += ["| | this run | claim | holds |", "|---|---:|---:|---|"]
    print("\n".join(lines), flush=True)
    claims = []
    with tempfile.TemporaryDirectory() as temporary:
        for claim in measured(options.folder or Path(temporary), options.peers):
            claims.append(claim)
            print(claim.row(), flush=True)
    collect(claims)
    if options.write:
        before, _, rest = RESULTS.read_text(encoding="utf-8").partition(BEGIN)
        table = "\n".join([*lines, *(claim.row() for claim in claims)])
        RESULTS.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return int(any(not claim.holds for claim in claims))


if __name__ == "__main__":
    raise SystemExit(main())
