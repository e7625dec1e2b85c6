"""A released file is opened in one place, which says what is wrong with it in four parts."""

import pickle
from shutil import copyfile

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior.release.file import ReleasedFile
from support.standard_session import ACTIVE, GRATINGS, PASSIVE


@pytest.fixture
def changed(tmp_path):
    """Return a function that copies a released file and lets a function change the copy."""

    def copy(change, source=GRATINGS):
        path = tmp_path / source.name
        copyfile(source, path)
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    return copy


def replaced(file, path, values):
    attributes = dict(file[path].attrs)
    del file[path]
    file[path] = values
    file[path].attrs.update(attributes)


def test_the_ids_of_a_plane_are_read():
    released = ReleasedFile(ACTIVE)
    assert (released.behavior_session_id, released.ophys_session_id) == (1900011001, 1900011002)
    assert (released.ophys_experiment_id, released.ophys_container_id) == (1900011010, 1018028300)
    assert (released.identifier, released.plane) == (1900011010, "VISp_150")
    assert released.session_type == "OPHYS_1_images_A"


def test_a_behavior_session_has_no_ids_of_imaging():
    released = ReleasedFile(str(GRATINGS))
    assert released.identifier == released.behavior_session_id == 1900011401
    assert released.ophys_experiment_id is released.ophys_session_id is released.plane is None


def test_what_a_session_lacks_is_known():
    active, passive = ReleasedFile(ACTIVE), ReleasedFile(PASSIVE)
    for name in ("licks", "rewards", "eye_tracking"):
        assert active.has(name)
        assert not passive.has(name)
    for name in ("trials", "session", "running_encoder", "stimulus_templates"):
        assert passive.has(name)


def test_a_table_that_is_not_there_is_an_error():
    with pytest.raises(SourceError, match="no eye tracking") as error:
        ReleasedFile(PASSIVE).table("eye_tracking")
    assert "/acquisition/EyeTracking" in error.value.where
    assert error.value.fix


def test_an_array_is_read_piece_by_piece():
    array = ReleasedFile(ACTIVE).dataset("/processing/running/speed/data")
    with h5py.File(ACTIVE) as file:
        values = file["processing/running/speed/data"][()]
    assert (len(array), array.shape, array.dtype, array.ndim) == (len(values), values.shape, values.dtype, 1)
    assert np.array_equal(array[10:20], values[10:20])
    pieces = list(array.iterator(buffer_shape=(10000,), chunk_shape=(1000,)))
    assert len(pieces) > 1
    assert np.array_equal(np.concatenate([piece.data for piece in pieces]), values)


def test_it_is_pickled_as_its_path():
    released = pickle.loads(pickle.dumps(ReleasedFile(ACTIVE)))
    assert (released.path, released.identifier) == (ACTIVE, 1900011010)


def test_texts_names_and_attributes_of_what_is_not_there_are_empty():
    released = ReleasedFile(GRATINGS)
    assert (released.text("/no/text"), released.names("/no/group"), released.attributes("/nothing")) == ("", [], {})


def test_a_file_that_does_not_exist(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        ReleasedFile(tmp_path / "nothing.nwb")


def test_a_file_that_is_not_hdf5(tmp_path):
    path = tmp_path / "a.nwb"
    path.write_text("not HDF5")
    with pytest.raises(SourceError, match="not an NWB file"):
        ReleasedFile(path)


def test_a_truncated_file(tmp_path):
    path = tmp_path / "a.nwb"
    path.write_bytes(GRATINGS.read_bytes()[:400_000])
    with pytest.raises(SourceError, match="cannot read") as error:
        ReleasedFile(path)
    assert "truncated" in error.value.got


@pytest.mark.parametrize("kind", [None, "LabMetaData"])
def test_an_nwb_file_of_somebody_else(changed, kind):
    def change(file):
        if kind is None:
            del file["general/metadata"]
        else:
            file["general/metadata"].attrs["neurodata_type"] = kind

    with pytest.raises(SourceError, match="not a file of the Visual Behavior release") as error:
        ReleasedFile(changed(change))
    assert error.value.got == (kind or "no /general/metadata")


def test_ids_that_contradict_each_other(changed):
    path = changed(lambda file: replaced(file, "identifier", "42"))
    with pytest.raises(SourceError, match="contradict") as error:
        ReleasedFile(path)
    assert (error.value.got, error.value.expected) == ("42", "1900011401, as in /general/metadata")


def test_a_file_without_behavior_session_id(changed):
    path = changed(lambda file: file["general/metadata"].attrs.__delitem__("behavior_session_id"))
    with pytest.raises(SourceError, match="no behavior_session_id"):
        ReleasedFile(path)


def test_an_id_that_is_no_number(changed):
    path = changed(lambda file: file["general/metadata"].attrs.__setitem__("behavior_session_id", "one"))
    with pytest.raises(SourceError, match="not a number") as error:
        ReleasedFile(path)
    assert error.value.got == "one"


def test_a_table_that_lacks_columns(changed):
    def change(file):
        trials = file["intervals/trials"]
        del trials["hit"], trials["miss"]
        trials.attrs["colnames"] = [name for name in trials.attrs["colnames"] if name not in ("hit", "miss")]

    with pytest.raises(SourceError, match="the trials lack columns") as error:
        ReleasedFile(changed(change)).table("trials")
    assert error.value.got == "no hit, miss"


def test_a_table_with_values_of_another_type(changed):
    def change(file):
        file["intervals/trials/start_time"][3] = np.nan
        replaced(file, "intervals/trials/go", np.full(20, 7))

    with pytest.raises(SourceError, match="hold values of another type") as error:
        ReleasedFile(changed(change)).table("trials")
    assert "go" in error.value.got


@pytest.mark.parametrize(("value", "what"), [(0.0, "go backwards"), (np.nan, "not a number")])
def test_timestamps_that_are_no_clock(changed, value, what):
    path = changed(lambda file: file["processing/running/speed/timestamps"].__setitem__(50, value))
    with pytest.raises(SourceError, match=what) as error:
        ReleasedFile(path).timestamps("/processing/running/speed/timestamps")
    assert "at index 50" in error.value.got


def test_a_dataset_that_is_not_there():
    with pytest.raises(SourceError, match="lacks a dataset"):
        ReleasedFile(GRATINGS).array("/acquisition/v_sig/nothing")


def test_a_link_out_of_the_file_is_not_followed(changed, tmp_path):
    def change(file):
        del file["acquisition/v_sig/data"]
        file["acquisition/v_sig/data"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/data")

    with pytest.raises(SourceError, match=r"leads to other files[\s\S]*external link"):
        ReleasedFile(changed(change)).array("/acquisition/v_sig/data")


def test_values_that_lie_in_another_file_are_not_read(changed, tmp_path):
    def change(file):
        del file["acquisition/v_sig/data"]
        outside = [(str(tmp_path / "outside.bin"), 0, 80)]
        file.create_dataset("acquisition/v_sig/data", (10,), "f8", external=outside)

    with pytest.raises(SourceError, match=r"leads to other files[\s\S]*external storage"):
        ReleasedFile(changed(change)).array("/acquisition/v_sig/data")
