"""Files with wrong names get those of `dandi organize`, all or none, and the ledger says so."""

import json
import shutil

import h5py
import pytest

from nwbgate.dandi import plan
from nwbgate.dandi.ledger import Ledger
from nwbgate.dandi.renaming import Renaming, proposed_names, rename_files
from nwbgate.errors import WriteError
from support.made_nwb_files import write


@pytest.fixture
def loose(tmp_path, archive):
    """Two files of one animal, in a folder and under names of their own, beside a third that is laid out."""
    for number, name in ((0, "first.nwb"), (1, "second.nwb")):
        (tmp_path / "day one").mkdir(exist_ok=True)
        write(tmp_path, number).rename(tmp_path / "day one" / name)
    write(tmp_path, 2)
    archive.init(tmp_path, "000001")
    return tmp_path


def test_names_are_offered_and_given_on_demand(loose):
    offered = plan(loose, offline=True, jobs=1)
    assert [one.source for one in offered.renamings] == ["day one/first.nwb", "day one/second.nwb"]
    assert len(offered.sent) == 1
    organized = plan(loose, offline=True, organize=True, jobs=1)
    targets = {"sub-m1/sub-m1_ses-s0.nwb", "sub-m1/sub-m1_ses-s1.nwb"}
    assert targets < {one.path for one in organized.sent}
    assert not (loose / "day one").exists()
    entries = [json.loads(line) for line in (loose / ".dandi-ledger.jsonl").read_text().splitlines()]
    assert {entry["path"] for entry in entries if entry["event"] == "renamed"} == targets


def test_a_taken_name_renames_nothing(tmp_path):
    for name in ("a.nwb", "b.nwb", "taken.nwb"):
        (tmp_path / name).write_text(name)
    wanted = [Renaming("a.nwb", "sub-m1/free.nwb"), Renaming("b.nwb", "taken.nwb")]
    with pytest.raises(WriteError, match="the new name of a file is taken"):
        rename_files(tmp_path, wanted, Ledger(tmp_path))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        name: name for name in ("a.nwb", "b.nwb", "taken.nwb")
    }


def test_a_file_under_the_name_of_another_animal_is_renamed_after_its_own(tmp_path):
    path = tmp_path / "sub-m2" / "sub-m2_ses-s0.nwb"
    path.parent.mkdir()
    write(tmp_path).rename(path)
    assert proposed_names(tmp_path, ["sub-m2/sub-m2_ses-s0.nwb"]) == (
        Renaming("sub-m2/sub-m2_ses-s0.nwb", "sub-m1/sub-m1_ses-s0.nwb"),
    )


def test_a_file_that_cannot_be_read_gets_no_name(tmp_path):
    (tmp_path / "broken.nwb").write_text("no HDF5")
    assert proposed_names(tmp_path, ["broken.nwb"]) == ()


def test_a_copy_of_a_file_takes_no_name_from_the_others(tmp_path):
    paths = []
    for number, name in ((0, "a.nwb"), (0, "b.nwb"), (1, "c.nwb")):
        write(tmp_path, number).rename(tmp_path / name)
        paths.append(name)
    shutil.copy(tmp_path / "a.nwb", tmp_path / "b.nwb")
    assert proposed_names(tmp_path, paths) == (Renaming("c.nwb", "sub-m1/sub-m1_ses-s1.nwb"),)


def test_a_file_whose_groups_contain_themselves_gets_no_name(tmp_path):
    write(tmp_path).rename(tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb", "r+") as file:
        for number in range(4):
            file[f"general/circle{number}"] = file["general"]
    assert proposed_names(tmp_path, ["a.nwb"]) == ()
