"""How fast `nwbgate browse` shows a long recording, measured in a real Chromium, beside two peers.

Claims, on 28.8 million samples of each of two voltages: a zoom settles at least 10 times faster (median of 8 widths)
than with plotly-resampler and 20 times faster than with Panel, HoloViews and tsdownsample; levels cost at most 80 ns of
computing a sample; a view that was seen fetches nothing. On 1e8 samples of one voltage: a picture within 1.5 s of
navigation; a zoom settles within 150 ms (95th percentile) and fetches at most 300 KB; the script of a frame takes 5 ms;
a server of at most 200 MB, of which pandas with pyarrow takes 78, and a page of at most 150 MB. A claim that does not
hold is named at the end, and the exit code is 1.

The peers are not among nwbgate's dependencies: they run where `--peers PYTHON` names an interpreter that has them
(``pip install plotly-resampler dash panel holoviews bokeh tsdownsample h5py``). Without it their lines say
"not measured".
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import calibration
import numpy as np
from long_recording import RATE, long_recording, short_recording

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.chromium import chromium

SAMPLES, MANY, WIDTHS, PER_WIDTH = 28_800_000, 100_000_000, 8, 4
FASTER_THAN_PLOTLY, FASTER_THAN_PANEL, BUILD_NS = 10.0, 20.0, 80.0
#: Largest value of each number of one voltage of 1e8 samples, as `measure` names them.
MOST = {"first_s": 1.5, "p95_ms": 150.0, "largest_kb": 300.0, "frame_ms": 5.0, "server_mb": 200.0, "heap_mb": 150.0}
#: Resolves with the milliseconds until everything is drawn, and the bytes fetched meanwhile.
_ZOOM = """([start, stop]) => new Promise((resolve) => {
  const page = document.querySelector(".nwbgate-browser").browserPage;
  const [begun, bytes] = [performance.now(), page.store.fetched];
  page.view.show({ start, stop });
  const look = () => {
    const settled = page.timeline.element.dataset.settled === "true";
    if (settled) resolve([performance.now() - begun, page.store.fetched - bytes]);
    else setTimeout(look, 1);
  };
  look();
})"""
_FIRST = """() => new Promise((resolve) => {
  const look = () => {
    const { columns } = document.querySelector(".nwbgate-browser")?.browserPage?.timeline?.rows[0]?.content ?? {};
    if (columns?.low.some(Number.isFinite)) resolve(performance.now());
    else setTimeout(look, 5);
  };
  look();
})"""
_FETCHED = """() => document.querySelector(".nwbgate-browser").browserPage.store.fetched"""
_PAN = """(count) => new Promise((resolve) => {
  const { view } = document.querySelector(".nwbgate-browser").browserPage;
  const step = () => {
    view.show({ start: view.start + view.span / 200, stop: view.stop + view.span / 200 });
    count -= 1;
    if (count) requestAnimationFrame(step); else resolve();
  };
  step();
})"""


@contextmanager
def browsing(path: Path, cache: Path) -> Iterator[tuple[str, int]]:
    """Run `nwbgate browse` in a process of its own; give its address and process id."""
    command = [sys.executable, "-u", "-m", "nwbgate", "browse", str(path), "--no-open"]
    environment = {"XDG_CACHE_HOME": str(cache), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip(), running.pid
        running.terminate()


def peak_mb(process: int) -> float:
    """Largest memory of a process so far, in MB (1e6 bytes)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM"))


def windows(seconds: float) -> list[tuple[float, float]]:
    """Windows of 8 widths, from a tenth of a second to the whole, at places that a seed chose."""
    random = np.random.default_rng(0)
    spans = np.geomspace(0.1, seconds * 0.9, WIDTHS)
    return [(start, start + span) for span in spans for start in random.uniform(0, seconds - span, PER_WIDTH)]


def measure(browser: Any, path: Path, cache: Path, samples: int) -> dict[str, float]:
    """Numbers of one recording: first picture, zooms, memory, script of a frame."""
    with browsing(path, cache) as (address, process):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        first = page.evaluate(_FIRST)
        page.wait_for_selector("[data-settled=true]", timeout=120_000)  # an idle machine: the levels are there
        opening = page.evaluate(_FETCHED)
        found = [page.evaluate(_ZOOM, window) for window in windows(samples / RATE)]
        again = (
            page.evaluate(_ZOOM, windows(samples / RATE)[-2])[1] + page.evaluate(_ZOOM, windows(samples / RATE)[-1])[1]
        )
        session = page.context.new_cdp_session(page)
        session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
        session.send("Performance.enable")
        before = metrics(session)
        page.evaluate(_PAN, 60)
        after = metrics(session)
        page.close()
        times, sizes = (np.array(column) for column in zip(*found, strict=True))
        return {
            "first_s": first / 1000, "opening_kb": opening / 1000,
            "median_ms": float(np.median(times)), "p95_ms": float(np.percentile(times, 95)),
            "largest_kb": sizes.max() / 1000, "again_bytes": again, "server_mb": peak_mb(process),
            "heap_mb": after["JSHeapUsedSize"] / 1e6,
            "frame_ms": (after["ScriptDuration"] - before["ScriptDuration"]) / 60 * 1000,
        }  # fmt: skip


def metrics(session: Any) -> dict[str, float]:
    """Counters of Chromium by name."""
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


def build_cost(path: Path) -> float:
    """Nanoseconds of computing a sample that the levels of a voltage take."""
    from nwbgate.browser.levels.disk_cache import DiskCache
    from nwbgate.browser.levels.trace_levels import Levels
    from nwbgate.browser.tracks.generic_tracks import trace_of
    from nwbgate.reading.recording import Recording

    with Recording(path) as recording:
        group = recording.series_group("voltage")
        assert group is not None
        samples = trace_of(group, "voltage", "").samples()
        begun = time.process_time()
        levels = Levels(samples, DiskCache(None, ""), "voltage")
        while levels.build_next():
            pass
        return (time.process_time() - begun) / len(samples) * 1e9


def peer_median(browser: Any, name: str, python: str, path: Path) -> float:
    """Median milliseconds of a zoom with a peer, over the same windows."""
    command = [python, "-u", str(Path(__file__).with_name("browse_peers.py")), name, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        served = json.loads(running.stdout.readline())
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        try:
            page.goto(served["address"], timeout=120_000)
            page.evaluate(served["ready"])
            found = [page.evaluate(served["zoom"], window) for window in windows(SAMPLES / RATE)]
        finally:
            page.close()
            running.kill()
    return float(np.median(found))


def main() -> int:
    """Print all numbers and fail when a claim does not hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peers", metavar="PYTHON", help="interpreter that has the peers")
    options.add_argument("--short", action="store_true", help="leave 1e8 samples out")
    given = options.parse_args()
    print(calibration.line())
    wrong = []
    with tempfile.TemporaryDirectory() as temporary, chromium() as browser:
        folder = Path(temporary)
        short = short_recording(folder)
        path = long_recording(short, folder / "long.nwb", SAMPLES)
        cost = build_cost(path)
        print(f"levels: {cost:.0f} ns of computing a sample (claim: at most {BUILD_NS:g})")
        found = measure(browser, path, folder / "cache", SAMPLES)
        print(f"2 x {SAMPLES:.3g} samples:", words(found))
        wrong += [] if cost <= BUILD_NS else ["cost of levels"]
        wrong += [] if found["again_bytes"] == 0 else ["a view that was seen was fetched again"]
        for name, factor in (("plotly-resampler", FASTER_THAN_PLOTLY), ("panel", FASTER_THAN_PANEL)):
            if not given.peers:
                print(f"{name}: not measured; give --peers PYTHON")
                continue
            median = peer_median(browser, name, given.peers, path)
            ratio = median / found["median_ms"]
            print(f"{name}: a zoom takes {median:.0f} ms, {ratio:.0f} times as long (claim: at least {factor:g})")
            wrong += [] if ratio >= factor else [name]
        if not given.short:
            many = long_recording(short, folder / "many.nwb", MANY, both=False)
            found = measure(browser, many, folder / "cache", MANY)
            print(f"1 x {MANY:.3g} samples:", words(found))
            wrong += [
                f"{name} {found[name]:.3g} (claim: at most {most:g})"
                for name, most in MOST.items()
                if found[name] > most
            ]
    print(f"claims that do not hold: {', '.join(wrong) or 'none'}")
    return int(bool(wrong))


def words(found: dict[str, float]) -> str:
    """Numbers of a recording as one line."""
    return (
        f"first picture after {found['first_s']:.2f} s, {found['opening_kb']:.0f} kB until all "
        f"levels are there; a zoom settles in {found['median_ms']:.0f} ms (median; "
        f"{found['p95_ms']:.0f} ms p95) and fetches at most {found['largest_kb']:.0f} kB, "
        f"again {found['again_bytes']:.0f} bytes; script {found['frame_ms']:.1f} ms a frame; "
        f"server {found['server_mb']:.0f} MB, heap {found['heap_mb']:.0f} MB"
    )


if __name__ == "__main__":
    raise SystemExit(main())
