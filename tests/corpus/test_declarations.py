"""Declared faults: every one can be planted in its valid input, and every valid input passes."""

import shutil

import pytest

import nwbgate
from nwbgate.corpus.declarations import declared_faults
from nwbgate.corpus.valid_inputs import ValidInputs


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    return ValidInputs(tmp_path_factory.mktemp("valid"))


@pytest.mark.slow
def test_every_fault_can_be_planted_in_its_valid_input(valid, tmp_path):
    for fault in declared_faults():
        planted = fault.plant(valid, tmp_path / "planted")
        assert planted.exists(), fault
        shutil.rmtree(tmp_path / "planted")


@pytest.mark.parametrize("base", ["recording", "minimal", "imaged"])
def test_a_valid_file_passes(valid, base):
    assert nwbgate.check([getattr(valid, base)], jobs=1).exit_code == 0


def test_valid_tables_pass(valid):
    assert nwbgate.check(manifest=valid.manifest).exit_code == 0
    assert nwbgate.check(manifest=valid.recordings_table, spec="dataset_ii").exit_code == 0


def test_there_are_more_than_five_hundred_faults_of_twelve_kinds():
    faults = declared_faults()
    assert len(faults) > 500
    assert len({fault.category for fault in faults}) == 12
