"""Pure functions of the page, run by node, compared with NumPy on random windows."""

import io
import json
import shutil
import subprocess
import zipfile

import numpy as np
import pytest

from nwbgate.browser.levels import extremes
from nwbgate.browser.serving.page_files import page_names, page_text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run JavaScript with all modules of the page beside it, and return what it prints as JSON."""
    node = shutil.which("node")
    assert node, "no node: apt-get install nodejs (.ci/run installs it)"
    folder = tmp_path_factory.mktemp("modules")
    (folder / "package.json").write_text('{"type": "module"}')
    for name in page_names():
        (folder / name).write_text(page_text(name))

    def evaluate(script: str, given: object = None) -> object:
        (folder / "given.json").write_text(json.dumps(given))
        begin = 'import fs from "node:fs"; const given = JSON.parse(fs.readFileSync("given.json", "utf8"));\n'
        command = [node, "--input-type=module", "-e", begin + script]
        return json.loads(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)

    return evaluate


COLUMNS = """
import { addBins, addSamples, emptyColumns } from "./columns.js";
const number = (value) => (value === null ? NaN : value);
console.log(JSON.stringify(given.windows.map(({ start, stop, pixels, bins, begin, width }) => {
  const columns = emptyColumns(pixels);
  const view = { start, stop };
  const [low, high] = [0, 1].map((end) => (bins ?? []).map((pair) => number(pair[end])));
  if (bins) addBins(columns, low, high, begin, width, view);
  else addSamples(columns, given.values.map(number), (sample) => given.begin + sample * given.period, view);
  return [Array.from(columns.low), Array.from(columns.high)];
})));
"""


def with_null(values: np.ndarray) -> list:
    return [None if np.isnan(value) else float(value) for value in values]


def test_columns_of_samples_are_their_extremes(run):
    random = np.random.default_rng(1)
    values = random.normal(size=20_000)
    values[random.random(20_000) < 0.2] = np.nan
    values[3000:9000] = np.nan
    begin, period = 2.5, 0.001
    times = begin + np.arange(len(values)) * period
    windows = []
    for _ in range(20):
        start, stop = np.sort(random.uniform(2, 23, 2))
        windows.append({"start": start, "stop": stop + 0.01, "pixels": int(random.integers(50, 900))})
    given = {"values": with_null(values), "begin": begin, "period": period, "windows": windows}
    for window, (low, high) in zip(windows, run(COLUMNS, given), strict=True):
        column = np.floor((times - window["start"]) * (window["pixels"] / (window["stop"] - window["start"]))).astype(
            int
        )
        for number in range(window["pixels"]):
            inside = values[(column == number) & np.isfinite(values)]
            assert (low[number], high[number]) == ((inside.min(), inside.max()) if len(inside) else (None, None))


def test_columns_of_bins_are_the_extremes_of_the_samples_of_their_bins(run):
    random = np.random.default_rng(2)
    values = random.normal(size=100_000)
    values[20_000:40_000] = np.nan
    period, begin = 0.001, 1.0
    level, size, windows = extremes.of_samples(values), extremes.BIN, []
    for _ in range(3):
        for _ in range(6):
            pixels = int(random.integers(100, 500))
            span = pixels * size * period * random.uniform(1, 4)
            start = random.uniform(0, max(100 - span, 1))
            bins = [with_null(pair) for pair in level]
            window = {"start": start, "stop": start + span, "pixels": pixels, "bins": bins, "begin": begin}
            windows.append(window | {"width": size * period, "size": size})
        level, size = extremes.coarser(level), size * 4
    for window, (low, high) in zip(windows, run(COLUMNS, {"windows": windows}), strict=True):
        scale = window["pixels"] / (window["stop"] - window["start"])
        of_sample = np.arange(len(values)) // window["size"]
        column = np.floor((begin + of_sample * window["width"] - window["start"]) * scale).astype(int)
        for number in range(window["pixels"]):
            inside = values[(column == number) & np.isfinite(values)]
            assert (low[number], high[number]) == ((inside.min(), inside.max()) if len(inside) else (None, None))


def test_a_bin_wider_than_a_pixel_fills_what_it_covers(run):
    window = {"start": 0, "stop": 10, "pixels": 100, "bins": [[1, 2], [None, None], [3, 4]], "begin": 1, "width": 2}
    ((low, high),) = run(COLUMNS, {"windows": [window]})
    assert low[9:11] == [None, 1]
    assert low[29:32] == [1, 1, None]
    assert high[50:70] == [4] * 20


def test_levels_have_one_to_four_bins_for_each_pixel(run):
    script = """
    import { levelFor } from "./columns.js";
    console.log(JSON.stringify(given.map((pixel) => levelFor({ width: 0.0004, levels: 6 }, pixel))));
    """
    pixels = [0.0003, 0.0004, 0.0015, 0.0016, 0.0064, 0.5, 100.0]
    assert run(script, pixels) == [-1, 0, 0, 1, 2, 5, 5]


def test_blocks_cover_the_window_and_a_sample_beyond_each_edge(run):
    script = """
    import { blocksFor } from "./columns.js";
    console.log(JSON.stringify(given.map(([grid, start, stop]) => blocksFor(grid, 8192, { start, stop }))));
    """
    even = {"start": 0, "period": 0.001, "samples": 50_000}
    uneven = {"blocks": [0, 10, 20, 30], "samples": 30_000}
    windows = [
        [even, 0, 1],
        [even, 8.1, 8.192],
        [even, 8.1925, 9],
        [even, 40, 99],
        [uneven, 10.5, 19],
        [uneven, 9.9, 10],
    ]
    assert run(script, windows) == [[0], [0, 1], [0, 1], [4, 5, 6], [1, 2], [0, 1, 2]]


def test_ticks_are_steps_of_one_two_or_five(run):
    script = """
    import { ticks, tickText } from "./axis.js";
    console.log(JSON.stringify(given.map(([start, stop, most]) => {
      const found = ticks(start, stop, most);
      return [found.step, found.values.map((value) => tickText(value, found.step))];
    })));
    """
    found = run(script, [[0, 10, 5], [4500.0001, 4500.0009, 4], [-0.3, 0.3, 4], [5, 5, 3], [0, 86400, 6]])
    assert found[0] == [2, ["0", "2", "4", "6", "8", "10"]]
    assert found[1][1] == ["4500.0002", "4500.0004", "4500.0006", "4500.0008"]
    assert found[2][1] == ["-0.2", "0.0", "0.2"]
    assert found[3][1] == []
    assert found[4][0] == 20000


def test_typed_times_are_seconds_or_minutes_and_hours(run):
    script = """
    import { parseTime } from "./axis.js";
    console.log(JSON.stringify(given.map(parseTime)));
    """
    texts = ["12.5", " 3 s", "1:30", "1:00:00.25", "-2", "", "1e3", "ten", "1:2:3:4", "::"]
    assert run(script, texts) == [12.5, 3, 90, 3600.25, -2, None, None, None, None, None]


def test_windows_stay_inside_the_session_and_zoom_about_a_time(run):
    script = """
    import { clampWindow, moveWindow, zoomWindow } from "./axis.js";
    const whole = { start: 10, stop: 110 };
    console.log(JSON.stringify([
      clampWindow(-50, -20, whole), clampWindow(0, 1e9, whole), clampWindow(50, 50, whole),
      zoomWindow({ start: 20, stop: 60 }, 0.5, 30, whole), moveWindow({ start: 90, stop: 100 }, 50, whole),
    ]));
    """
    first, second, third, zoomed, moved = run(script)
    assert first == {"start": 10, "stop": 40}
    assert second == {"start": 10, "stop": 110}
    assert third["stop"] > third["start"]
    assert zoomed == {"start": 25, "stop": 45}
    assert moved == {"start": 100, "stop": 110}


def test_an_address_is_read_as_it_was_written(run):
    script = """
    import { addressOf, stateOf } from "./view.js";
    const state = { file: 2, start: 0.1 + 0.2, stop: 4500.000125, tracks: ["0", "6.3"] };
    console.log(JSON.stringify([stateOf(addressOf(state)), stateOf("#file=-1&from=x&tracks=1,../2,<b>")]));
    """
    read, nonsense = run(script)
    assert read == {"file": 2, "start": 0.1 + 0.2, "stop": 4500.000125, "tracks": ["0", "6.3"]}
    assert nonsense["tracks"] == ["1"]


def test_answers_are_unpacked(run):
    from nwbgate.browser.serving.packing import pack

    packed = pack(
        {"name": "\u00b5V"},
        {"a": np.array([1.5, -2.0]), "b": np.array([7], np.uint8), "c": np.arange(3, dtype=np.int32)},
    )
    script = """
    import { unpack } from "./store.js";
    const { name, a, b, c } = unpack(Uint8Array.from(given).buffer);
    console.log(JSON.stringify([name, Array.from(a), Array.from(b), Array.from(c)]));
    """
    assert run(script, list(packed)) == ["\u00b5V", [1.5, -2.0], [7], [0, 1, 2]]


def test_a_zip_holds_every_file_under_its_own_name(run):
    script = """
    import { zipOf } from "./zip.js";
    const bytes = (text) => new TextEncoder().encode(text);
    const made = zipOf([["a.csv", bytes("time_s,1\\n")], ["a.csv", bytes("two")], ["\u00b5V.csv", bytes("")]]);
    console.log(JSON.stringify(Array.from(new Uint8Array(await made.arrayBuffer()))));
    """
    with zipfile.ZipFile(io.BytesIO(bytes(run(script)))) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents == {"a.csv": b"time_s,1\n", "a_2.csv": b"two", "\u00b5V.csv": b""}


def test_results_are_said_by_the_worst(run):
    script = """
    import { qualityWords } from "./quality.js";
    console.log(JSON.stringify(given.map((statuses) => qualityWords(statuses.map((status) => ({ status }))).text)));
    """
    found = run(script, [["Pass", "Pass"], ["Pass", "Not measured"], ["Not measured", "Fail", "Fail"]])
    assert found == ["\u2713 QC: 2 passed", "? QC: 1 of 2 not measured", "\u2716 QC: 2 of 3 failed"]


def test_findings_without_a_time_that_say_the_same_are_one_line(run):
    script = """
    import { gathered } from "./side_panel.js";
    console.log(JSON.stringify(gathered(given).map(({ number, count }) => [number, count])));
    """
    same = {"code": "a", "message": "m", "fix": "f", "table": "", "times": []}
    assert run(script, [same, {**same, "times": [[1, 2]]}, same, {**same, "times": [[3, 4]]}]) == [
        [0, 2],
        [1, 1],
        [3, 1],
    ]


def test_colours_of_categories_differ_and_can_be_read(run):
    script = """
    import { categoryColour, OKABE_ITO } from "./palette.js";
    import { inkOn } from "./draw_rows.js";
    console.log(JSON.stringify([new Set(OKABE_ITO).size, categoryColour("omitted", 0), OKABE_ITO.map(inkOn)]));
    """
    count, omitted, inks = run(script)
    assert (count, omitted) == (8, "")
    assert {*inks} <= {"#000000", "#ffffff"}


def test_means_over_cells_are_those_of_numpy(run):
    random = np.random.default_rng(3)
    mean = random.normal(size=(5, 7))
    mean[2, 3] = np.nan
    script = """
    import { acrossCells } from "./means.js";
    const mean = given.map((value) => (value === null ? NaN : value));
    const found = acrossCells({ cells: 5, time: new Array(7).fill(0), mean, sem: mean });
    console.log(JSON.stringify([Array.from(found.mean), Array.from(found.sem)]));
    """
    middle, error = run(script, with_null(mean.ravel()))
    count = np.isfinite(mean).sum(0)
    np.testing.assert_allclose(middle, np.nanmean(mean, 0), rtol=1e-12)
    np.testing.assert_allclose(error, np.nanstd(mean, 0, ddof=1) / np.sqrt(count), rtol=1e-12)
