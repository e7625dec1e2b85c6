"""What `convert` judges before a file gets its name: the same as `check` judges afterwards, names aside."""

import h5py
import numpy as np
import pytest
from neuroconv.utils import dict_deep_update
from pynwb import TimeSeries

import nwbgate
from nwbgate.errors import CheckError, SourceWarning
from nwbgate.gate import written_file
from nwbgate.gate.written_file import WrittenCheck
from nwbgate.rules.rule import Severity, check
from support.maze_conversion import METADATA, NumbersInterface, convert
from support.maze_sources import make_maze

#: Refused by a rule, and by neither the schema nor NWB Inspector's errors.
RULE = "clocks.timestamps_increase"


@pytest.fixture
def source(tmp_path):
    return make_maze(tmp_path / "sources" / "s1.csv")


@pytest.fixture
def numbers(tmp_path):
    (tmp_path / "1.txt").write_text("1\n2\n")
    return tmp_path / "1.txt"


class Reversed(NumbersInterface):
    """A stream whose clock runs backwards."""

    def add_to_nwbfile(self, nwbfile, metadata=None):
        times = np.arange(9.0)[::-1]
        nwbfile.add_acquisition(TimeSeries(name="t", data=np.arange(9.0), timestamps=times, unit="V", description="d"))


def convert_reversed(numbers, path, **options):
    metadata = dict_deep_update(METADATA, {"Subject": {"subject_id": "m1"}})
    return nwbgate.convert_session(Reversed(path=numbers), path, metadata=metadata, **options)


def errors(path):
    report = nwbgate.check([path], jobs=1)
    return {finding.code for finding in report.records if finding.severity is Severity.ERROR}


def test_a_file_that_a_rule_refuses_gets_no_name(numbers, tmp_path):
    with pytest.raises(CheckError, match=RULE) as refused:
        convert_reversed(numbers, tmp_path / "sub-m1" / "sub-m1_ses-s1.nwb")
    assert refused.value.where == str(tmp_path / "sub-m1" / "sub-m1_ses-s1.nwb"), "never the temporary name"
    assert not (tmp_path / "sub-m1").exists()


def test_without_rules_it_is_written_and_the_check_says_the_same_afterwards(numbers, tmp_path):
    path = tmp_path / "sub-m1" / "sub-m1_ses-s1.nwb"
    assert convert_reversed(numbers, path, rules=False).status == "converted"
    assert errors(path) == {RULE}
    judged = WrittenCheck(path).findings(path)
    assert {finding.code for finding in judged if finding.severity is Severity.ERROR} == {RULE}
    assert {finding.path for finding in judged} == {str(path)}


def test_a_clean_file_passes_both(source, tmp_path):
    path = tmp_path / "sub-rat7" / "sub-rat7_ses-s1.nwb"
    assert convert(source, path).status == "converted"
    assert errors(path) == set()


def test_names_are_judged_as_the_final_ones(source, tmp_path):
    """The rule that a file is with its subject sees the name that the file will have."""
    path = convert(source, tmp_path / ".temporary.nwb", rules=False).path
    named = {"own": tmp_path / "sub-rat7" / "sub-rat7_ses-s1.nwb", "other": tmp_path / "sub-m2" / "sub-m2_ses-s1.nwb"}
    found = {name: {finding.code for finding in WrittenCheck(each).findings(path)} for name, each in named.items()}
    assert found == {"own": set(), "other": {"nwb_files.file_is_with_its_subject"}}


def test_a_rule_that_breaks_is_a_warning_and_no_pass(source, tmp_path, monkeypatch):
    @check(scope="session")
    def breaks(session):
        """A rule breaks.

        Why: It is wrong.

        Example: This one.

        Fix: Repair it.
        """
        raise RuntimeError("broken")

    monkeypatch.setattr(written_file, "_rules", lambda: (breaks,))
    path = convert(source, tmp_path / "s1.nwb", check=False).path
    with pytest.warns(SourceWarning, match=r"session\.breaks broke and judged nothing"):
        WrittenCheck(path).findings(path)


def test_a_schema_error_is_refused(source, tmp_path):
    path = convert(source, tmp_path / "s1.nwb", check=False).path
    with h5py.File(path, "r+") as file:
        del file["general/session_id"], file["session_description"]
    with pytest.raises(CheckError, match=r"schema\.missing"):
        WrittenCheck(tmp_path / "s1.nwb", rules=False)(path)
