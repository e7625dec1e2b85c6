"""Pictures of a file of no known dataset: traces, masks and spikes by type; what it lacks has none."""

import h5py
import numpy as np
import pytest
from pynwb.ophys import PlaneSegmentation

import nwbgate
from nwbgate.corpus.any_file_session import any_file_session
from nwbgate.corpus.valid_inputs import write
from nwbgate.qc.pictures.any_file import any_file_pictures
from nwbgate.qc_runs.pages import write_pages
from nwbgate.qc_runs.run import run_quality
from support.any_nwb_file import make_empty_nwb_file


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(any_file_session(), tmp_path_factory.mktemp("any") / "sub-m1_ses-s0.nwb")


def test_each_kind_of_object_has_its_picture(path):
    with nwbgate.open(path) as data:
        found = {each.name: each for each in any_file_pictures(data)}
    assert len([name for name in found if "response_" in name]) == 2  # of three sweeps: more would hide the rest
    assert {"traces-acquisition-raw", "traces-processing-ecephys-lfp-lfp", "masks-plane-cells", "raster"} <= {*found}
    assert "traces-processing-ophys-dfoverf-dff" in found
    assert "4 of 4 channels, in volts" in found["traces-acquisition-raw"].caption
    assert "16 x 12 pixels" in found["masks-plane-cells"].caption
    assert "3 of 3 units" in found["raster"].caption
    assert all(each.svg.startswith("<svg") for each in found.values())


def test_a_file_without_data_has_no_pictures(tmp_path):
    with nwbgate.open(make_empty_nwb_file(tmp_path / "empty.nwb")) as data:
        assert any_file_pictures(data) == ()


def test_a_series_without_times_leaves_the_other_pictures(path, tmp_path):
    copy = tmp_path / "copy.nwb"
    copy.write_bytes(path.read_bytes())
    with h5py.File(copy, "r+") as file:
        del file["acquisition/raw/starting_time"]
    with nwbgate.open(copy) as data:
        names = {each.name for each in any_file_pictures(data)}
    assert "traces-acquisition-raw" not in names
    assert {"raster", "masks-plane-cells"} <= names


def test_masks_of_pixels_are_the_image_of_their_weights(tmp_path):
    nwbfile = any_file_session()
    plane = nwbfile.imaging_planes["plane"]
    dots = PlaneSegmentation(name="dots", description="d", imaging_plane=plane)
    dots.add_roi(pixel_mask=[(1, 2, 0.5), (3, 4, 1.0)])
    dots.add_roi(pixel_mask=[(1, 2, 0.7)])
    nwbfile.processing["ophys"]["ImageSegmentation"].add_plane_segmentation(dots)
    with nwbgate.open(write(nwbfile, tmp_path / "dots.nwb")) as data:
        images = data.planes["plane"].mask_images()
    expected = np.zeros((4, 5))
    expected[1, 2], expected[3, 4] = 0.7, 1.0
    np.testing.assert_allclose(images["dots"], expected)
    assert images["cells"].sum() == 27


def test_the_page_of_any_file_shows_them(path, tmp_path):
    outcome = run_quality([path], pictures=tmp_path / "spool")
    assert not outcome.report.broken
    write_pages(outcome.judged, outcome.report, tmp_path / "pages")
    page = next(each for each in (tmp_path / "pages").glob("*.html") if "sub-m1" in each.name or "s0" in each.name)
    assert "masks of cells" in page.read_text()
