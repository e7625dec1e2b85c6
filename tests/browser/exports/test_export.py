"""Exports answer what the page asks, hold no tag of a file's texts, and never leave a half."""

import base64
import gzip
import json
import re

import numpy as np
import pytest

from nwbgate.browser.exports.export import export
from nwbgate.browser.serving.library import Library
from nwbgate.browser.serving.packing import unpack
from nwbgate.errors import UsageError
from support.browsed_files import HOSTILE, SESSION, write_any, write_recording


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    files = [write_recording(folder / "a.nwb", seconds=60), SESSION, write_any(folder / "b.nwb", HOSTILE)]
    opened = Library(files)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def folder(library, tmp_path_factory):
    target = tmp_path_factory.mktemp("folder") / "export"
    export(library, target)
    return target


def test_a_folder_holds_the_page_and_the_answers(library, folder):
    assert 'data-transport="files"' in (folder / "index.html").read_text()
    assert (folder / "page" / "app.js").is_file()
    for key in (
        "files",
        "grid/0/0",
        "tile/0/1/1/0",
        "rows/1/1",
        "heat/1/6/0/0",
        "plane/1/0",
        "mean/1/6/0",
        "raw/2/0/0",
    ):
        packed = gzip.decompress((folder / "data" / f"{key}.gz").read_bytes())
        if key not in ("files", "grid/0/0"):
            assert packed == library.answer(key).content
    assert not list(folder.parent.glob(".*"))


def test_tracks_that_are_left_out_are_said_to_be_absent(folder):
    doc = json.loads(gzip.decompress((folder / "data/doc/1.gz").read_bytes()))
    absent = {track["name"] for track in doc["tracks"] if track["absent"]}
    assert "neuropil fluorescence" in absent
    assert "trials" not in absent


def test_extremes_take_less_than_a_tenth_of_the_source(tmp_path):
    path = write_recording(tmp_path / "long.nwb", seconds=120)  # white noise, which packs worse than any recording
    library = Library([path])
    page = export(library, tmp_path / "page")
    data = sum(file.stat().st_size for file in (tmp_path / "page/data").rglob("*.gz"))
    library.close()
    assert data < page
    assert data <= 0.1 * path.stat().st_size


def test_the_finest_extremes_are_rounded_only_where_samples_are_left_out(library, folder):
    for level, rounded in ((0, True), (1, False)):
        about, arrays = unpack(gzip.decompress((folder / f"data/tile/0/0/{level}/0.gz").read_bytes()))
        _, exact = unpack(library.answer(f"tile/0/0/{level}/0").content)
        assert about["rounded"] is rounded
        assert arrays["low"].dtype == (np.float32 if rounded else np.float64)
        assert (arrays["low"] <= exact["low"]).all()
        assert (arrays["high"] >= exact["high"]).all()


def test_samples_are_exported_when_asked_for(library, tmp_path):
    export(library, tmp_path / "all", with_samples=True)
    about, _ = unpack(gzip.decompress((tmp_path / "all/data/grid/0/0.gz").read_bytes()))
    assert about["raw"] is True
    _, arrays = unpack(gzip.decompress((tmp_path / "all/data/raw/0/0/73.gz").read_bytes()))
    np.testing.assert_array_equal(arrays["values"], unpack(library.answer("raw/0/0/73").content)[1]["values"])


def test_one_file_holds_the_same_answers_and_no_tag_of_a_text(library, folder, tmp_path):
    export(library, tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text()
    assert "<img" not in text
    assert text.count("</script>") == 2
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert sorted(data) == sorted(
        file.relative_to(folder / "data").as_posix().removesuffix(".gz") for file in folder.rglob("*.gz")
    )
    assert base64.b64decode(data["rows/1/1"]) == (folder / "data/rows/1/1.gz").read_bytes()
    assert "default-src 'none'; script-src 'sha256-" in text


def test_an_existing_target_is_kept_unless_told_otherwise(tmp_path):
    library = Library([write_recording(tmp_path / "a.nwb", seconds=1)])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("do not delete")
    with pytest.raises(UsageError, match="exists"):
        export(library, tmp_path / "mine")
    with pytest.raises(UsageError, match="not an earlier export"):
        export(library, tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "do not delete"
    export(library, tmp_path / "out")
    first = sorted(file.read_bytes() for file in (tmp_path / "out").rglob("*.gz"))
    export(library, tmp_path / "out", overwrite=True)
    assert sorted(file.read_bytes() for file in (tmp_path / "out").rglob("*.gz")) == first
    library.close()


def test_a_place_that_refuses_is_an_error_for_people(tmp_path):
    library = Library([write_recording(tmp_path / "a.nwb", seconds=1)])
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError):
        export(library, tmp_path / "file" / "out")
    with pytest.raises(UsageError):
        export(library, tmp_path / "no" / "out.html")
    library.close()
