"""The page in a real browser: pictures, moving, downloads, findings, people who use keys, exports, hostile texts."""

import io
import shutil
import threading
import zipfile
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import axe_playwright_python
import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nwbgate
from nwbgate.browser.exports import exported_keys
from nwbgate.browser.exports.export import export
from nwbgate.browser.serving.library import Library
from nwbgate.browser.tracks.marks import FileJudgement, Mark
from support.browsed_files import HOSTILE, SESSION, write_any, write_images, write_recording
from support.chromium import PICTURES, SETTLED, chromium, page_at, served
from support.converted_sessions import converted_recordings
from support.range_server import serving

pytestmark = pytest.mark.slow

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
PAGE = "document.querySelector('.nwbgate-browser').browserPage"
VIEW = f"() => [{PAGE}.view.start, {PAGE}.view.stop]"
SHOW = f"([start, stop]) => {PAGE}.view.show({{ start, stop }})"
DRAWN = "() => [...document.querySelectorAll('.tracks canvas')].map((canvas) => canvas.toDataURL())"
#: Sum of the red parts of a drawn frame.
SHADES = """() => {
  const canvas = document.querySelector(".images canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((sum, part, place) => sum + (place % 4 ? 0 : part), 0);
}"""
FINDINGS = FileJudgement(
    True, True,
    [
        Mark("trials.one_outcome", "error", "a trial has two outcomes", "correct the trial", "trials", (3,), (3,)),
        Mark("licks.sorted", "warning", HOSTILE, "sort them", "licks", (2,), (2,)),
        Mark("session.sex", "error", "the sex is unknown", "say it"),
    ],
    [{"object": "VISp", "metric": "snr", "value": 3.5, "unit": "1", "status": "Fail", "reason": "below 5"}],
)  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browsed")
    return [
        write_recording(folder / "recording.nwb", seconds=120), SESSION, write_any(folder / "any+thing.nwb", HOSTILE)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def server(files):
    library = Library(files)
    library.judge({str(SESSION): FINDINGS})
    with served(library) as running:
        yield running


def keep_picture(page, name: str) -> Image.Image:
    """Save a picture of the page, to be looked at, and return it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
    return Image.open(PICTURES / f"{name}.png").convert("RGB")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("number", "name"), [(0, "recording"), (1, "session"), (2, "any")])
def test_every_file_is_drawn_in_light_and_dark_without_violations(browser, server, number, name, scheme):
    with page_at(browser, f"{server.address}#file={number}", color_scheme=scheme) as page:
        picture = np.asarray(keep_picture(page, f"{name}_{scheme}"))
        assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50
        for row in page.query_selector_all(".tracks .picture canvas"):
            row.scroll_into_view_if_needed()
            page.evaluate(SETTLED)
            assert row.evaluate(
                "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((part) => part)"
            )
        assert axe_violations(page) == []


def axe_violations(page) -> list[str]:
    """Run axe-core on every tab of the page; the page's own policy stays, as a debugger is not bound by it."""
    page.evaluate(AXE)
    found = []
    for tab in page.query_selector_all("[role=tab]"):
        tab.click()
        result = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
        found += [
            f"{tab.inner_text()}: {each['id']}: {each['nodes'][0]['html'][:200]}" for each in result["violations"]
        ]
    return sorted(set(found))


def test_a_wheel_zooms_at_the_pointer_and_undo_goes_back(browser, server):
    with page_at(browser, server.address) as page:
        before = page.evaluate(VIEW)
        box = page.query_selector(".tracks canvas").bounding_box()
        x = box["x"] + box["width"] * 0.25
        page.mouse.move(x, box["y"] + 30)
        page.mouse.wheel(0, -800)
        page.evaluate(SETTLED)
        start, stop = page.evaluate(VIEW)
        at = before[0] + 0.25 * (before[1] - before[0])
        assert stop - start < 0.5 * (before[1] - before[0])
        assert start + 0.25 * (stop - start) == pytest.approx(at, abs=0.01 * (stop - start))
        page.mouse.down()
        page.mouse.move(x - 100, box["y"] + 30, steps=4)
        page.mouse.up()
        moved = page.evaluate(VIEW)
        assert moved[0] - start == pytest.approx(100 / box["width"] * (stop - start), rel=0.05)
        page.get_by_role("button", name="Back to the window before").click()
        page.get_by_role("button", name="Back to the window before").click()
        assert page.evaluate(VIEW) == before


def test_two_fingers_zoom(browser, server):
    with page_at(browser, server.address, has_touch=True) as page:
        before = page.evaluate(VIEW)
        box = page.query_selector(".tracks canvas").bounding_box()
        y, left = box["y"] + 20, box["x"]
        touch = page.context.new_cdp_session(page)
        for kind, first, second in [("touchStart", 250, 350), ("touchMove", 200, 400), ("touchMove", 100, 500)]:
            points = [{"x": left + first, "y": y, "id": 1}, {"x": left + second, "y": y, "id": 2}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        start, stop = page.evaluate(VIEW)
        assert (stop - start) / (before[1] - before[0]) == pytest.approx(0.25, rel=0.1)


def test_everything_is_done_by_keyboard(browser, server, files):
    with page_at(browser, server.address) as page:
        page.focus(".timeline")
        for _ in range(12):
            page.keyboard.press("+")
        start, stop = page.evaluate(VIEW)
        assert stop - start < 1
        with nwbgate.open(files[0]) as recording:
            spikes = recording.spike_times
        page.keyboard.press("n")
        page.evaluate(SETTLED)
        middle = sum(page.evaluate(VIEW)) / 2
        assert middle == pytest.approx(spikes[spikes > (start + stop) / 2][0], abs=1e-6)
        page.keyboard.press("p")
        assert sum(page.evaluate(VIEW)) / 2 < middle
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Home")
        assert page.evaluate(VIEW) == [0.5, pytest.approx(120.5, abs=0.1)]
        page.get_by_label("from (seconds)").fill("0:10.5")
        page.get_by_label("to (seconds)").fill("12")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate(VIEW) == [10.5, 12]


def test_the_columns_of_the_picture_are_the_extremes_of_the_samples(browser, server, files):
    random = np.random.default_rng(7)
    with nwbgate.open(files[0]) as recording:
        voltage, times = recording.baseline_subtracted, recording.voltage_timestamps
    levels = set()
    with page_at(browser, server.address) as page:
        for span in (100.0, 40.0, 20.0, 9.0, 2.0, 0.6):
            start = 0.5 + random.uniform(0, 120 - span)
            page.evaluate(SHOW, [start, start + span])
            page.evaluate(SETTLED)
            low, high, level = page.evaluate("""() => {
              const { content } = document.querySelector('.nwbgate-browser').browserPage.timeline.rows[1];
              return [Array.from(content.columns.low), Array.from(content.columns.high), content.level];
            }""")
            levels.add(level)
            size = 1 if level < 0 else 32 * 4**level
            begins = times[::size]
            column = np.floor((begins - start) * (len(low) / span)).astype(int)
            inside = (column >= 0) & (column < len(low))
            expected = pd.Series(voltage).groupby(np.arange(len(voltage)) // size).agg(["min", "max"])[inside]
            expected = expected.groupby(column[inside]).agg({"min": "min", "max": "max"})
            np.testing.assert_array_equal(np.array(low)[expected.index], expected["min"])
            np.testing.assert_array_equal(np.array(high)[expected.index], expected["max"])
    assert levels >= {-1, 0, 1, 2}


def test_a_view_that_was_seen_is_not_fetched_again(browser, server):
    with page_at(browser, server.address) as page:
        page.evaluate(SHOW, [10, 11])
        page.evaluate(SETTLED)
        page.evaluate(SHOW, [20, 21])
        page.evaluate(SETTLED)
        before = len(page.asked)
        page.evaluate(SHOW, [10, 11])
        page.evaluate(SETTLED)
        assert len(page.asked) == before


def test_a_link_shows_the_same_view(browser, server):
    with page_at(browser, f"{server.address}#file=1&from=100&to=130.25&tracks=1,4,6,6.2") as page:
        assert page.evaluate(VIEW) == [100, 130.25]
        names = [each.inner_text() for each in page.query_selector_all(".tracks .label strong")]
        assert names[:3] == ["trials", "running speed", "dF/F"]
        assert names[3].startswith("dF/F, cell ")
        page.evaluate(SHOW, [200, 210])
        page.wait_for_timeout(500)
        assert page.url.endswith("#file=1&from=200&to=210&tracks=1,4,6,6.2")


def test_findings_stand_on_the_axis_and_lead_to_their_rows(browser, server):
    with nwbgate.open(SESSION) as session:
        start, stop = session.trials.iloc[3][["start_time", "stop_time"]]
    with page_at(browser, f"{server.address}#file=1") as page:
        box = page.query_selector(".track.marks canvas").bounding_box()
        first, last = page.evaluate(VIEW)
        page.mouse.click(box["x"] + box["width"] * (start - first) / (last - first), box["y"] + 10)
        chosen = page.query_selector(".findings li.chosen")
        assert "trials.one_outcome" in chosen.inner_text()
        assert "What to do: correct the trial" in chosen.inner_text()
        page.locator(".findings li.chosen button").click()
        shown = page.evaluate(VIEW)
        assert shown[0] < start < stop < shown[1]
        text = page.inner_text(".findings")
        assert "without a time" in text
        assert "below 5" in text
        assert "session.sex" in page.inner_text("header .about")
        assert "1 of 1 failed" in page.inner_text("header .about")
        keep_picture(page, "findings")
    with page_at(browser, server.address) as page:
        page.get_by_role("tab", name="Findings").click()
        assert "not run" in page.inner_text(".findings")
        assert "not measured" in page.inner_text(".findings")


def test_texts_of_a_file_are_text(browser, server, tmp_path, files):
    library = Library(files[2:])
    hostile = {"object": HOSTILE, "metric": HOSTILE, "value": HOSTILE, "unit": "1", "status": "Fail", "reason": HOSTILE}
    library.judge({str(files[2]): FileJudgement(True, True, [Mark(HOSTILE, "error", HOSTILE, HOSTILE)], [hostile])})
    export(library, tmp_path / "a.html")
    export(library, tmp_path / "site")
    library.close()
    with static_host(tmp_path / "site") as host:
        for address in (f"{server.address}#file=2", (tmp_path / "a.html").as_uri(), host):
            with page_at(browser, address) as page:
                page.get_by_role("tab", name="About").click()
                assert HOSTILE in page.inner_text("[role=tabpanel]")
                page.get_by_role("tab", name="Table").click()
                page.get_by_label("Rows of", exact=True).select_option("epochs")
                page.wait_for_selector("[role=tabpanel] td:has-text('rest')")
                assert HOSTILE in page.inner_text("[role=tabpanel]")
                page.get_by_role("tab", name="Findings").click()
                if "#" not in address:
                    assert HOSTILE in page.inner_text("header .about")
                    assert page.inner_text("[role=tabpanel]").count(HOSTILE) >= 6
                assert page.title() != "caught"
                assert not page.query_selector("img")


@contextmanager
def static_host(folder):
    """Serve a folder as any web host does, and give its address."""
    static = ThreadingHTTPServer(("127.0.0.1", 0), partial(OfOneFolder, directory=folder))
    threading.Thread(target=static.serve_forever, args=[0.02], daemon=True).start()
    try:
        yield f"http://127.0.0.1:{static.server_address[1]}/"
    finally:
        static.shutdown()
        static.server_close()


def test_a_click_on_a_row_and_on_a_mask_shows_the_trace_of_the_cell(browser, server):
    with page_at(browser, f"{server.address}#file=1") as page:
        canvas = page.query_selector(".track.heatmap canvas")
        canvas.click(position={"x": 50, "y": 4})
        page.evaluate(SETTLED)
        assert "cell" in page.query_selector_all(".tracks .label strong")[7].inner_text()
        page.get_by_role("tab", name="Cells").click()
        page.wait_for_timeout(300)
        keep_picture(page, "cells")
        pressed = page.locator(".cells button[aria-pressed=true]")
        assert pressed.count() == 1
        pressed.click()
        assert page.locator(".cells button[aria-pressed=true]").count() in (0, 1)


def test_frames_of_image_series_follow_the_time_and_the_contrast(browser, tmp_path):
    path = write_images(tmp_path / "images.nwb")
    with h5py.File(path) as file:
        frames = file["acquisition/TwoPhotonSeries/data"][()]
    with served(Library([path])) as running, page_at(browser, running.address) as page:
        page.get_by_role("tab", name="Images").click()
        page.get_by_label("Images of", exact=True).select_option("acquisition/TwoPhotonSeries")
        page.evaluate(SHOW, [1.2, 1.5])  # the frame at the middle, 1.35 s, began at 1.3 s
        caption = page.locator(".images [role=status]")
        caption.get_by_text("frame 8 at 1.30 s").wait_for()
        assert f"values {frames[8].min()} to {frames[8].max()}" in caption.inner_text()
        page.get_by_label("number of the frame").fill("3")
        page.keyboard.press("Enter")
        caption.get_by_text("frame 3 at 0.80 s").wait_for()
        start, stop = page.evaluate(VIEW)
        assert start <= 0.8 <= stop
        before = page.evaluate(SHADES)
        page.get_by_label("white above").fill("300")
        page.wait_for_timeout(200)
        assert page.evaluate(SHADES) > 1.5 * before
        keep_picture(page, "images")
        box = page.query_selector(".tracks canvas").bounding_box()
        page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 10)
        caption.get_by_text(f"frame {int((start + 0.9 * (stop - start) - 0.5) / 0.1 + 1e-6)} at").wait_for()
        page.get_by_label("Images of", exact=True).select_option("acquisition/video")
        assert "../eye.mp4" in page.inner_text(".images")
        page.get_by_label("Images of", exact=True).select_option("stimulus/templates/scenes")
        page.get_by_text("colour, colours").wait_for()
        assert axe_violations(page) == []


def test_an_export_shows_pictures_and_says_that_it_has_no_frames(browser, tmp_path):
    library = Library([write_images(tmp_path / "images.nwb")])
    export(library, tmp_path / "a.html")
    library.close()
    with page_at(browser, (tmp_path / "a.html").as_uri()) as page:
        page.get_by_role("tab", name="Images").click()
        assert "not in this export" in page.inner_text(".images")
        page.get_by_label("Images of", exact=True).select_option("stimulus/templates/scenes")
        page.get_by_label("Picture", exact=True).select_option("gray")
        page.get_by_text("gray, values").wait_for()


def test_means_are_those_of_the_session(browser, server):
    with nwbgate.open(SESSION) as session:
        expected = session.aligned(session.plane, "changes").mean("event").mean("cell")
    with page_at(browser, f"{server.address}#file=1&tracks=6") as page:
        page.get_by_role("tab", name="Means").click()
        page.wait_for_selector(".means td", state="attached")
        page.locator(".means summary").click()
        cells = page.locator(".means td").all_inner_texts()
        shown = np.array(cells, dtype=float).reshape(-1, 3)
        np.testing.assert_allclose(shown[:, 1], expected, rtol=1e-9)
        keep_picture(page, "means")


def saved(page, name: str, **options):
    with page.expect_download() as waited:
        page.get_by_role("button", name=name, **options).click()
    return waited.value


def test_what_is_downloaded_is_what_is_seen(browser, server, files):
    with nwbgate.open(files[0]) as recording:
        voltage, times = recording.voltage, recording.voltage_timestamps
    with page_at(browser, f"{server.address}#from=10.25&to=10.75") as page:
        page.get_by_role("tab", name="Download").click()
        inside = (times >= 10.25) & (times <= 10.75)
        csv = pd.read_csv(saved(page, "csv of Recording voltage", exact=True).path())
        parquet = pd.read_parquet(
            io.BytesIO(saved(page, "parquet of Recording voltage", exact=True).path().read_bytes())
        )
        for table in (csv, parquet):
            np.testing.assert_array_equal(table.iloc[:, 0], times[inside])
            np.testing.assert_array_equal(table.iloc[:, 1], voltage[inside])
        once, twice = (Image.open(saved(page, name, exact=True).path()) for name in ("PNG", "PNG 2×"))
        assert np.allclose(np.array(twice.size), 2 * np.array(once.size), atol=1)
        svg = saved(page, "SVG", exact=True).path().read_text()
        assert "dF/F" in svg
        assert " s</text>" in svg
        assert "mV</text>" in svg
        with page.expect_download() as waited:
            page.get_by_role("link", name="The NWB file itself").click()
        assert waited.value.path().read_bytes() == files[0].read_bytes()


def test_a_svg_of_a_session_is_one_that_a_browser_draws(browser, server, tmp_path):
    with page_at(browser, f"{server.address}#file=1&from=310&to=330") as page:
        page.get_by_role("tab", name="Download").click()
        path = tmp_path / "a.svg"
        shutil.copy(saved(page, "SVG", exact=True).path(), path)
    plain = browser.new_page()
    plain.goto(path.as_uri())
    plain.screenshot(path=PICTURES / "svg.png")
    assert plain.evaluate("document.documentElement.nodeName") == "svg"
    plain.close()


class OfOneFolder(SimpleHTTPRequestHandler):
    """A static host that knows no ranges."""

    def log_message(self, *_):
        pass


def test_exports_show_the_same_from_a_static_host_and_from_a_file(browser, server, files, tmp_path):
    library = Library(files[:2])
    export(library, tmp_path / "site")
    export(library, tmp_path / "page.html")
    library.close()
    view = "#file={}&from=40&to=100"
    with static_host(tmp_path / "site") as host:
        for file in (0, 1):
            pictures = []
            for address in (server.address, host, (tmp_path / "page.html").as_uri()):
                with page_at(browser, address + view.format(file)) as page:
                    pictures.append(page.evaluate(DRAWN))
                    assert len(pictures[-1]) > 3
            assert pictures[1] == pictures[2]
            assert pictures[0] == pictures[1]


def test_samples_are_read_from_the_file_beside_an_export(browser, files, tmp_path):
    shutil.copy(files[0], tmp_path / "a+b.nwb")
    library = Library([tmp_path / "a+b.nwb"])
    export(library, tmp_path / "site", samples_from="..")
    library.close()
    assert not (tmp_path / "site" / "data" / "raw" / "0" / "0").exists()
    with nwbgate.open(files[0]) as recording:
        voltage, times = recording.voltage, recording.voltage_timestamps
    with serving(tmp_path) as host, page_at(browser, host.url("site/index.html") + "#from=50&to=50.5") as page:
        values = page.evaluate(f"() => Array.from({PAGE}.timeline.rows[0].content.columns.high)")
        assert page.evaluate(f"() => {PAGE}.timeline.rows[0].content.level") == -1
        inside = (times >= 50) & (times < 50.5)
        assert max(values) == voltage[inside].max()
        page.get_by_role("tab", name="Download").click()
        button = page.locator("li", has_text="voltage").first.get_by_role("button")
        with page.expect_download() as waited:
            button.click()
        table = pd.read_csv(waited.value.path())
        assert 0 < sum("a%2Bb.nwb" in url for url in page.asked) <= 12
    inside = (times >= 50) & (times <= 50.5)
    np.testing.assert_array_equal(table.iloc[:, 0], times[inside])
    np.testing.assert_array_equal(table.iloc[:, 1], voltage[inside])


def test_an_export_without_traces_of_cells_says_how_to_have_them(browser, tmp_path, monkeypatch):
    monkeypatch.setattr(exported_keys, "_SMALL", 1000)
    library = Library([SESSION])
    export(library, tmp_path / "page.html")
    library.close()
    with page_at(browser, (tmp_path / "page.html").as_uri() + "#from=300&to=320&tracks=6,6.2") as page:
        assert len(page.query_selector_all(".tracks .track")) == 1
        page.query_selector(".track.heatmap canvas").click(position={"x": 50, "y": 4})
        assert "--with-samples" in page.inner_text("[role=alert]")
        page.get_by_role("tab", name="Cells").click()
        page.locator(".cells td button").first.click()
        assert len(page.query_selector_all(".tracks .track")) == 1
        keep_picture(page, "no_traces")


def test_an_export_saves_csv_without_a_server(browser, files, tmp_path):
    library = Library(files[:1])
    export(library, tmp_path / "page.html")
    library.close()
    with nwbgate.open(files[0]) as recording:
        dff, times = recording.dff, recording.dff_timestamps
    with page_at(browser, (tmp_path / "page.html").as_uri() + "#from=5&to=9") as page:
        page.get_by_role("tab", name="Download").click()
        button = page.locator("li", has_text="dF/F").get_by_role("button")
        with page.expect_download() as waited:
            button.click()
        table = pd.read_csv(waited.value.path())
    inside = (times >= 5) & (times <= 9)
    np.testing.assert_array_equal(table.iloc[:, 0], times[inside])
    np.testing.assert_array_equal(table.iloc[:, 1], dff[inside])


def test_all_tracks_come_as_one_zip_with_heatmaps_and_without_a_server(browser, files, tmp_path):
    library = Library([SESSION])
    export(library, tmp_path / "page.html", with_samples=True)
    library.close()
    with nwbgate.open(SESSION) as session:
        expected, times = session.plane.matrix("dff"), np.asarray(session.plane.ophys_timestamps)
    with page_at(browser, (tmp_path / "page.html").as_uri() + "#from=300&to=320") as page:
        page.get_by_role("tab", name="Download").click()
        with page.expect_download() as waited:
            page.get_by_role("button", name="csv of all tracks").click()
        with zipfile.ZipFile(waited.value.path()) as archive:
            names = archive.namelist()
            table = pd.read_csv(io.BytesIO(archive.read(next(name for name in names if "dF_F" in name))))
    inside = (times >= 300) & (times <= 320)
    assert len(names) == 8
    np.testing.assert_array_equal(table.to_numpy(), np.column_stack([times[inside], expected[inside]]))


def test_files_are_searched_and_opened(browser, server):
    with page_at(browser, server.address) as page:
        page.get_by_label("Search the files").fill("recording")
        assert "1 of 3 files" in page.inner_text(".files")
        page.get_by_label("Search the files").fill("")
        page.get_by_role("button", name="any+thing.nwb").click()
        page.wait_for_selector("h1:has-text('any+thing.nwb')")
        page.evaluate(SETTLED)
        keep_picture(page, "any_opened")


@pytest.mark.parametrize(("width", "zoom"), [(1024, 1), (1280, 2)])
def test_nothing_is_cut_off_on_a_small_screen_or_at_200_percent(browser, server, width, zoom):
    context = browser.new_context(viewport={"width": width // zoom, "height": 900}, device_scale_factor=zoom)
    page = context.new_page()
    page.goto(f"{server.address}#file=1")
    page.evaluate(SETTLED)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    keep_picture(page, f"width_{width}_{zoom}")
    context.close()


def test_the_pictures_of_the_documentation(browser, tmp_path_factory):
    """Run with NWBGATE_PICTURES=docs/_static to write the pictures that the documentation and the README show."""
    recordings = sorted((converted_recordings(tmp_path_factory.getbasetemp()) / "nwb").glob("sub-*/*.nwb"))
    with served(Library(recordings)) as running, page_at(browser, f"{running.address}#file=0") as page:
        page.locator(".files").evaluate("files => { files.open = false; }")
        page.evaluate(SETTLED)
        assert keep_picture(page, "browse_recording").size == (1280, 900)
    library = Library([SESSION])
    finding = Mark(
        "trials.one_outcome", "error", "hit and miss are both true in the trial", "correct the outcome of the trial",
        "trials", (3,), (3,),
    )  # fmt: skip
    library.judge({str(SESSION): FileJudgement(True, False, [finding])})
    address = "#from=312&to=346&tracks=0,1,2,3,4,5,6,6.4,7"
    with served(library) as running, page_at(browser, running.address + address) as page:
        page.get_by_role("tab", name="Findings").click()
        page.evaluate(SETTLED)
        assert keep_picture(page, "browse_session").size == (1280, 900)
