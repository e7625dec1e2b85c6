"""What `browse.py` measures of one page: first picture, zooms, frames, memory, in a real Chromium."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from support.chromium import chromium

WIDTHS, PER_WIDTH = 8, 4
__all__ = ["Page", "browsing", "chromium", "opened_page", "windows"]

_PAGE = "document.querySelector('.nwbgate-browser')?.browserPage"
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
#: Resolves with the milliseconds from navigation until a trace, or the heatmap of a plane, has a picture.
_FIRST = """(kind) => new Promise((resolve) => {
  const hasPicture = (row) => {
    if (row.track.kind !== kind) return false;
    if (kind === "heatmap") return row.legend.textContent !== "" && row.note.textContent !== "loading";
    return Boolean(row.content?.columns?.low.some(Number.isFinite));
  };
  const look = () => {
    const rows = document.querySelector(".nwbgate-browser")?.browserPage?.timeline?.rows ?? [];
    if (rows.some(hasPicture)) resolve(performance.now());
    else setTimeout(look, 5);
  };
  look();
})"""
_PAN = """(count) => new Promise((resolve) => {
  const { view } = document.querySelector(".nwbgate-browser").browserPage;
  const step = () => {
    view.show({ start: view.start + view.span / 200, stop: view.stop + view.span / 200 });
    count -= 1;
    if (count) requestAnimationFrame(step); else resolve();
  };
  step();
})"""
_FRAMES = 60


@contextmanager
def browsing(path: Path | str, cache: Path) -> Iterator[tuple[str, int]]:
    """Run `nwbgate browse` in a process of its own; give its address and process id."""
    command = [sys.executable, "-u", "-m", "nwbgate", "browse", str(path), "--no-open"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip(), running.pid
        running.terminate()


def windows(seconds: float) -> list[tuple[float, float]]:
    """Return windows of 8 widths, from 0.1 s to nearly the whole."""
    random = np.random.default_rng(0)
    spans = np.geomspace(0.1, seconds * 0.9, WIDTHS)
    return [(start, start + span) for span in spans for start in random.uniform(0, seconds - span, PER_WIDTH)]


class Page:
    """A page in Chromium, and the process that serves it."""

    def __init__(self, page: Any, process: int) -> None:
        self.page, self.process = page, process

    def open(self, address: str, kind: str) -> float:
        """Open an address; return the seconds until the first picture of a kind."""
        self.page.goto(address)
        return float(self.page.evaluate(_FIRST, kind)) / 1000

    def settle(self) -> None:
        """Wait until all is drawn."""
        self.page.wait_for_selector("[data-settled=true]", timeout=240_000)

    @property
    def fetched(self) -> int:
        """Bytes that the page has fetched."""
        return int(self.page.evaluate(f"() => {_PAGE}.store.fetched"))

    def show_tracks(self, kind: str, name: str) -> None:
        """Show only the tracks of a kind and name, all of them on the screen."""
        self.page.set_viewport_size({"width": 1280, "height": 2200})
        script = f"""([kind, name]) => {{
          const page = {_PAGE};
          const isWanted = (track) => track.kind === kind && track.name === name;
          page.setTracks(page.doc.tracks.flatMap((track, number) => (isWanted(track) ? [String(number)] : [])));
        }}"""
        self.page.evaluate(script, [kind, name])
        self.page.wait_for_timeout(100)
        self.settle()

    def zooms(self, wanted: list[tuple[float, float]]) -> tuple[Any, Any]:
        """Return milliseconds and bytes of zooms to some windows."""
        found = [self.page.evaluate(_ZOOM, window) for window in wanted]
        times, sizes = (np.array(column) for column in zip(*found, strict=True))
        return times, sizes

    def frame_ms(self) -> float:
        """Milliseconds of computing of the script for one frame, while the window moves."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
        session.send("Performance.enable")
        before = _metrics(session)["ScriptDuration"]
        self.page.evaluate(_PAN, _FRAMES)
        return float(_metrics(session)["ScriptDuration"] - before) / _FRAMES * 1000

    def heap_mb(self) -> float:
        """Memory of the script, and of the tiles that it keeps, in MB."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Performance.enable")
        return float(_metrics(session)["JSHeapUsedSize"] + self.page.evaluate(f"() => {_PAGE}.store.bytes")) / 1e6

    def server_seconds(self) -> float:
        """Return the seconds of computing of the server so far, its start included."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def server_mb(self) -> float:
        """Return the largest memory of the server so far, in MB (1e6 bytes)."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM"))


@contextmanager
def opened_page(browser: Any, process: int) -> Iterator[Page]:
    """Give an empty page of 1280 by 900 pixels."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield Page(page, process)
    page.close()


def _metrics(session: Any) -> dict[str, float]:
    """Return counters of Chromium by name."""
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
