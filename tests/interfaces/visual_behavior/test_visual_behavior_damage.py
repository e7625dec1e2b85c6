"""What is lost, cut, of another type, or of two minds in a file of the release is refused, wherever it is."""

import warnings
from shutil import copyfile

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError, SourceWarning
from nwbgate.interfaces.visual_behavior import VisualBehaviorConverter
from support.standard_session import ACTIVE, GRATINGS

#: Each damage converts a session.
pytestmark = pytest.mark.slow

OPHYS = "processing/ophys"
CELLS = f"{OPHYS}/image_segmentation/cell_specimen_table"
SHOWN = "stimulus/presentation/grating"


def lose(file, name):
    del file[name]


def replace(file, name, values, **options):
    about = dict(file[name].attrs)
    del file[name]
    file.create_dataset(name, data=values, **options).attrs.update(about)


def cut(file, name):
    replace(file, name, file[name][:-1])


def narrow(file, name):
    replace(file, name, file[name][:, :-1])


def repeat(file, name):
    file[name][-1] = file[name][0]


def halve(file, name):
    replace(file, name, file[name][:] / 2)


def say(file, name):
    replace(file, name, np.full(file[name].shape, "x", dtype=object), dtype=h5py.string_dtype())


def move(file, name):
    file[name][-1] += 1


#: What is done to which object of which file, and what is said of it.
DAMAGE = [
    (lose, GRATINGS, "intervals/trials", "the file has no trials"),
    (lose, GRATINGS, "intervals/trials/id", "the trials lack ids"),
    (say, GRATINGS, "intervals/trials/id", "wrong shape or type"),
    (say, GRATINGS, "intervals/trials/lick_times_index", "wrong shape or type"),
    (lose, GRATINGS, "intervals/grating_presentations", "the file has no stimulus presentations"),
    (lose, GRATINGS, "intervals/grating_presentations/omitted", "the stimulus presentations lack columns"),
    (say, GRATINGS, "intervals/grating_presentations/orientation", "hold values of another type"),
    (lose, GRATINGS, "general/task_parameters", "the file has no task parameters"),
    (lose, GRATINGS, "processing/running", "the file lacks a dataset"),
    (say, GRATINGS, "processing/running/speed/data", "values are not numbers"),
    (say, GRATINGS, "processing/running/speed/timestamps", "values are not numbers"),
    (lose, GRATINGS, "processing/stimulus", "the file lacks a dataset"),
    (cut, GRATINGS, "processing/licking/licks/data", "the columns of a table differ in length"),
    (cut, GRATINGS, "processing/rewards/volume/data", "the columns of a table differ in length"),
    (move, GRATINGS, "processing/rewards/autorewarded/timestamps", "different timestamps"),
    (say, GRATINGS, "stimulus/templates/grating/unwarped", "values are not numbers"),
    (cut, GRATINGS, f"{SHOWN}/data", "wrong length: one value per timestamp expected"),
    (say, GRATINGS, f"{SHOWN}/data", "values are not numbers"),
    (say, ACTIVE, "acquisition/EyeTracking/pupil_tracking/area", "values are not numbers"),
    (say, ACTIVE, "general/optophysiology/imaging_plane_1/imaging_rate", "values are not numbers"),
    (lose, ACTIVE, f"{OPHYS}/dff/traces/data", "the file lacks a dataset"),
    (cut, ACTIVE, f"{OPHYS}/dff/traces/data", "wrong length: one value per timestamp expected"),
    (cut, ACTIVE, f"{OPHYS}/demixed_trace/traces/data", "wrong length: one value per timestamp expected"),
    (cut, ACTIVE, f"{OPHYS}/dff/traces/rois", "the activity refers to unknown cells"),
    (narrow, ACTIVE, f"{OPHYS}/neuropil_trace/traces/data", "columns but"),
    (say, ACTIVE, f"{OPHYS}/neuropil_trace/traces/data", "values are not numbers"),
    (lose, ACTIVE, f"{OPHYS}/corrected_fluorescence", "the file lacks a dataset"),
    (lose, ACTIVE, f"{OPHYS}/corrected_fluorescence/r/data", "the file lacks a dataset"),
    (lose, ACTIVE, f"{OPHYS}/event_detection", "the file lacks a dataset"),
    (lose, ACTIVE, f"{OPHYS}/event_detection/lambdas", "the file lacks a dataset"),
    (say, ACTIVE, f"{OPHYS}/event_detection/rois", "wrong shape or type"),
    (repeat, ACTIVE, f"{OPHYS}/event_detection/rois", "the activity refers to unknown cells"),
    (halve, ACTIVE, f"{OPHYS}/event_detection/rois", "wrong shape or type"),
    (cut, ACTIVE, f"{OPHYS}/ophys_motion_correction_x/data", "wrong length: one value per timestamp expected"),
    (move, ACTIVE, f"{OPHYS}/ophys_motion_correction_y/timestamps", "different timestamps"),
    (lose, ACTIVE, f"{CELLS}/valid_roi", "the cells lack columns"),
    (cut, ACTIVE, f"{CELLS}/width", "the columns of a table differ in length"),
    (say, ACTIVE, f"{CELLS}/x", "the cells hold values of another type"),
    (cut, ACTIVE, f"{CELLS}/image_mask", "wrong length: one value per cell expected"),
    (say, ACTIVE, f"{OPHYS}/images/max_projection", "values are not numbers"),
]


@pytest.mark.parametrize(
    ("spoil", "source", "name", "said"), DAMAGE, ids=[f"{spoil.__name__} {name}" for spoil, _, name, _ in DAMAGE]
)
def test_a_damaged_file_is_refused_in_four_parts(tmp_path, spoil, source, name, said):
    path = tmp_path / source.name
    copyfile(source, path)
    with h5py.File(path, "r+") as file:
        spoil(file, name)
    with pytest.raises(SourceError, match=said) as error:
        VisualBehaviorConverter.from_files(path).create_nwbfile()
    assert source.name in error.value.where
    assert error.value.got
    assert error.value.expected
    assert error.value.fix


@pytest.mark.parametrize("name", ["corrected_fluorescence/r", "demixed_trace", "neuropil_trace"])
def test_what_allensdk_takes_a_file_without_is_left_out(tmp_path, name):
    path = tmp_path / ACTIVE.name
    copyfile(ACTIVE, path)
    with h5py.File(path, "r+") as file:
        del file[f"{OPHYS}/{name}"]
    nwbfile = VisualBehaviorConverter.from_files(path).create_nwbfile()
    written = nwbfile.processing["ophys"].data_interfaces
    (cells,) = written["ImageSegmentation"].plane_segmentations.values()
    kept = {"corrected_fluorescence/r": "r" in cells.colnames, "demixed_trace": "DemixedFluorescence" in written,
            "neuropil_trace": "NeuropilFluorescence" in written}  # fmt: skip
    assert kept == {other: other != name for other in kept}


@pytest.mark.parametrize("name", ["indicator", "location"])
def test_a_plane_that_lacks_a_text_is_refused(tmp_path, name):
    path = without(tmp_path, ACTIVE, f"general/optophysiology/imaging_plane_1/{name}")
    with pytest.raises(SourceError, match="the file lacks a text") as error:
        VisualBehaviorConverter.from_files(path).create_nwbfile()
    assert error.value.where == f"{path}:/general/optophysiology/imaging_plane_1/{name}"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("general/subject/genotype", "lacks values that every released file has: /general/subject/genotype$"),
        ("stimulus/templates", "has no /stimulus/templates: OPHYS_1_images_A is written without its images"),
    ],
)
def test_what_is_written_without_something_says_so(tmp_path, name, said):
    path = without(tmp_path, ACTIVE, name)
    with pytest.warns(SourceWarning, match=said):
        VisualBehaviorConverter.from_files(path).create_nwbfile()


def test_a_whole_file_has_nothing_to_say_and_gratings_need_no_images(tmp_path):
    paths = (ACTIVE, without(tmp_path, GRATINGS, "stimulus/templates"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", SourceWarning)
        written = [VisualBehaviorConverter.from_files(path).create_nwbfile() for path in paths]
    assert [len(nwbfile.stimulus_template) for nwbfile in written] == [2, 0]


def without(folder, source, name):
    path = folder / source.name
    copyfile(source, path)
    with h5py.File(path, "r+") as file:
        del file[name]
    return path
