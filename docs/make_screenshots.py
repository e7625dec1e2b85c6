"""Take the README's pictures of a report, a QC page and a plot. Run: python docs/make_screenshots.py

They show simulated sessions, and need Chromium, Playwright and Pillow. The picture of the browser is kept by
`tests/browser/test_browser_in_chromium.py`.
"""

import csv
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib as mpl
from PIL import Image

import nwbgate

HERE = Path(__file__).parent
STATIC = HERE / "_static"
#: Names of the pictures, and the most bytes that each may have.
PICTURES, MOST = ("report", "qc_page", "behavior_summary"), 150_000
SESSION = 1900011001

sys.path.insert(0, str(HERE.parent / "tests"))


def nwbgate_run(folder: Path, *arguments: str, code: int = 0) -> None:
    """Run the command line in a folder, as a reader of the pictures would."""
    done = subprocess.run([Path(sys.executable).with_name("nwbgate"), *arguments], cwd=folder, check=False)
    assert done.returncode == code, arguments


def make_sessions(folder: Path) -> None:
    """Convert the sample release, then plant what a report shows: a wrong age, and a file that was cut."""
    nwbgate_run(folder, "sample", "visual-behavior", "release")
    nwbgate_run(folder, "convert", "visual-behavior", "release", "--output", "sessions", "--jobs", "1")
    (cut,) = (folder / "sessions").rglob("*1900011501*.nwb")
    content = cut.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    (table,) = (folder / "release").rglob("behavior_session_table.csv")
    rows = list(csv.DictReader(table.open(encoding="utf-8", newline="")))
    rows[0]["age_in_days"] = str(int(float(rows[0]["age_in_days"])) + 30)
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_pages(folder: Path) -> tuple[Path, Path]:
    """Write the report of the faults, and the QC page of a session without one."""
    (session,) = (folder / "sessions").rglob(f"*{SESSION}*.nwb")
    given = ("sessions", "--manifest", "release", "--ignore", "inspector")
    nwbgate_run(folder, "check", *given, "--format", "html=report.html", code=1)
    nwbgate_run(folder, "qc", str(session), "--output", "quality")
    (page,) = (folder / "quality").glob(f"*{SESSION}*.html")
    return folder / "report.html", page


def keep(name: str, png: bytes) -> None:
    """Keep a picture in few colours, which makes it small."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    image.save(STATIC / f"{name}.png", optimize=True)
    assert (STATIC / f"{name}.png").stat().st_size < MOST, name


def shoot(page: Path, height: int, prepare: str) -> bytes:
    """Return a picture of a page in Chromium, after a script has run in it."""
    from support.chromium import chromium  # noqa: PLC0415  it is beside the tests

    with chromium() as browser:
        view = browser.new_page(viewport={"width": 1000, "height": height})
        view.goto(page.as_uri())
        view.evaluate(prepare)
        png: bytes = view.screenshot()
        return png


def plot(path: Path) -> bytes:
    """Return a plot of the behavior in a session."""
    mpl.use("agg")
    with nwbgate.open(path) as session:
        figure = nwbgate.plots.plot_behavior_summary(session)[0].figure
        kept = io.BytesIO()
        figure.savefig(kept, dpi=100)
    return kept.getvalue()


def take_pictures(folder: Path) -> None:
    """Make the sessions in a folder, and keep each picture of them."""
    make_sessions(folder)
    report, page = write_pages(folder)
    opened = "[...document.querySelectorAll('details')].slice(0, 2).forEach(each => { each.open = true; })"
    keep("report", shoot(report, 950, opened))
    titles = "[...document.querySelectorAll('h3')]"
    keep("qc_page", shoot(page, 950, f"{titles}.find(each => each.innerText.includes('projections')).scrollIntoView()"))
    (session,) = (folder / "sessions").rglob(f"*{SESSION}*.nwb")
    keep("behavior_summary", plot(session))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        take_pictures(Path(place))
