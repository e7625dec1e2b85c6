"""The writer, the reader and the manifest derive image set and Cre line alike."""

from shutil import copyfile

import h5py
import pandas as pd
import pytest

import nwbgate
from nwbgate.conversion.session import convert_session
from nwbgate.manifest import derive
from support.behavior_streams import STREAMS, behavior_of
from support.standard_session import ACTIVE

SESSION_TYPES = {
    "OPHYS_6_images_B": "images_B",
    "TRAINING_1_gratings": "gratings",
    "TRAINING_5_images_A_epilogue": "images_A",
    "OPHYS_7_receptive_field_mapping": None,
}


@pytest.mark.parametrize(("session_type", "image_set"), SESSION_TYPES.items())
def test_each_caller_derives_the_same_image_set(session_type, image_set, tmp_path):
    path = tmp_path / "released.nwb"
    copyfile(ACTIVE, path)
    with h5py.File(path, "r+") as file:
        for group in ("general/metadata", "general/task_parameters"):
            file[group].attrs["session_type"] = session_type
    written = STREAMS["TaskParameters"](file_path=str(path))
    nwbfile = written.create_nwbfile(metadata=behavior_of(ACTIVE).get_metadata())
    in_file = nwbfile.processing["behavior"]["task_parameters"]["image_set"][0]
    assert derive.image_set(pd.Series([session_type])).tolist() == [image_set]
    assert nwbgate.open(path).task_parameters["image_set"] == image_set
    assert in_file == (image_set or "unknown")


def test_each_caller_derives_the_same_cre_line(tmp_path):
    convert_session(behavior_of(ACTIVE), tmp_path / "standard.nwb")
    session = nwbgate.open(ACTIVE)
    genotype = session.metadata["full_genotype"]
    expected = derive.cre_line_of(genotype)
    assert session.metadata["cre_line"] == expected
    assert nwbgate.open(tmp_path / "standard.nwb").metadata["cre_line"] == expected
    assert derive.cre_line(pd.Series([genotype])).tolist() == [expected]
