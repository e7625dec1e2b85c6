"""The made-up manifest of the tests has what a real one has, so that rules are tried on it."""

import pytest

from nwbgate.manifest.derive import DERIVATIONS
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.manifest.tables import UNPARSED, read_tables
from support.places import VALID_MANIFEST

SPEC = load_spec("visual_behavior@1.1.0")


@pytest.fixture(scope="module")
def frames():
    return read_tables(VALID_MANIFEST, SPEC)


def test_there_are_two_mice_one_imaged_in_one_plane_and_one_in_several(frames):
    planes = frames["ophys_experiments"].groupby(["mouse_id", "ophys_session_id"]).size()
    assert planes.groupby(level=0).max().tolist() == [1, 6]


def test_there_is_a_session_of_every_kind(frames):
    sessions = frames["behavior_sessions"]
    for mouse in sessions["mouse_id"].unique():
        own = sessions[sessions["mouse_id"] == mouse]
        kinds = own["session_type"]
        assert kinds.str.contains("gratings").any()
        assert kinds.str.endswith("_passive").any()
        assert kinds.str.contains("habituation").any()
        failed = kinds.str.startswith("OPHYS_") & ~kinds.str.contains("habituation") & own["ophys_session_id"].isna()
        assert failed.sum() == 1, "imaged, and failed quality control"
        assert set(own["experience_level"]) == {"Training", "Familiar", "Novel 1", "Novel >1"}


def test_some_cells_are_matched_and_some_are_not(frames):
    assert set(frames["ophys_cells"]["cell_specimen_id"].isna()) == {True, False}


def test_every_cell_is_of_its_type(frames):
    assert frames[UNPARSED].empty


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (table, name)
        for table, declared in SPEC.manifest_tables.items()
        for name, column in declared.columns.items()
        if column.derived
    ],
)
def test_every_derived_column_is_what_it_is_derived_as(frames, table, name):
    expected = DERIVATIONS[SPEC.tables[table].columns[name].derived].recompute(table, frames)
    stated = frames[table][name]
    both = stated.isna().to_numpy() & expected.isna().to_numpy()
    assert (both | (stated.astype(object) == expected.astype(object)).fillna(False).to_numpy(dtype=bool)).all()
